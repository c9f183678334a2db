package org.relaysupervisor.recording;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.frames.Frame;
import org.relaysupervisor.frames.FrameParser;
import org.relaysupervisor.store.Content;
import org.relaysupervisor.store.ContentDigest;

/**
 * A file with audio as far as it has been read: its frames, counted, and what belongs to none, which is kept all the same. Whoever writes it
 * may go on while it is read. For one thread at a time.
 */
final class CountedFile {
    /** More than any parser holds back: what it has not decided on is at most a few frames. */
    private static final int BUFFER_BYTES = 128 << 10;

    private final Path path;
    private final FrameParser parser;
    private final ContentDigest digest = new ContentDigest();

    /** Bytes that were read and not yet digested, since the parser doesn't know yet whether they are a frame. */
    private final ByteBuffer undecided = ByteBuffer.allocate(BUFFER_BYTES);

    private long read;
    private long frames;
    private long frameBytes;
    private boolean cut;

    // Of the frames since the sample rate last changed, which no mount's does as a rule.
    private Duration earlier = Duration.ZERO;
    private long samples;
    private int sampleRate = 1;

    CountedFile(Path path, Format format) {
        this.path = path;
        parser = FrameParser.of(format.contentType()).orElseThrow();
    }

    Path path() {
        return path;
    }

    /** Reads what was appended, up to about so many bytes, and says how many they were; 0 at the file's end, or without a file. */
    long readOn(long most) throws IOException {
        if (!Files.exists(path)) {
            return 0;
        }
        long before = read;
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            while (read - before < most && file.read(undecided, read) > 0) {
                int appended = undecided.position() - (int) (read - digest.length());
                int from = undecided.position() - appended;
                read += appended;
                parser.accept(undecided.array(), from, appended, this::count);
                digestDecided();
            }
        }
        return read - before;
    }

    private void count(Frame frame) {
        frames++;
        frameBytes += frame.bytes().length;
        int rate = frame.format().sampleRate();
        if (rate != sampleRate) {
            earlier = duration();
            samples = 0;
            sampleRate = rate;
        }
        samples += frame.samples();
    }

    private void digestDecided() {
        int decided = (int) (frameBytes + otherBytes() - digest.length());
        digest.accept(undecided.array(), 0, decided);
        undecided.flip().position(decided);
        undecided.compact();
    }

    /** To be called once, when nobody writes it any more and all of it was read: cuts off a frame that is not whole. */
    void end() throws IOException {
        parser.end(this::count);
        digestDecided();
        cut = digest.length() < read;
        if (cut) {
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
                file.truncate(digest.length());
                file.force(true);
            }
        }
    }

    /** Whether a frame was cut off. */
    boolean wasCut() {
        return cut;
    }

    /** In bytes: how far it was read. */
    long length() {
        return read;
    }

    long frames() {
        return frames;
    }

    /** In bytes: garbage and tags, of which a feed has none. */
    long otherBytes() {
        return parser.garbageBytes() + parser.tagBytes();
    }

    /** Of the frames, by their count. */
    Duration duration() {
        return earlier.plus(Duration.ofSeconds(samples / sampleRate))
                .plusNanos(samples % sampleRate * 1_000_000_000L / sampleRate);
    }

    /** Of what was decided on; of the whole file after {@link #end}, which this ends. */
    Content content() {
        return digest.content();
    }
}
