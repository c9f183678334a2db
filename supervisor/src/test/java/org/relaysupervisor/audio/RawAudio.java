package org.relaysupervisor.audio;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;

/** A file of interleaved stereo 32-bit float samples, read in blocks of 100 ms again and again: more of it than fits into the heap. */
final class RawAudio {
    private final FloatBuffer samples;
    private final float[] block = new float[2 * BlockAnalyzer.BLOCK_FRAMES];

    RawAudio(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            samples = channel.map(MapMode.READ_ONLY, 0, channel.size())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
        }
    }

    /** The next block, in the same array each time. */
    float[] next() {
        if (samples.remaining() < block.length) {
            samples.rewind();
        }
        samples.get(block);
        return block;
    }
}
