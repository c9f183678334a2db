package org.relaysupervisor.doctor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.status.Finding;

/** How quickly the spool's disk really has what was written. */
final class DiskSpeed {
    private static final String NAME = "disk: speed";
    static final int BYTES = 4 << 20;
    private static final int BLOCK = 64 << 10;
    /** So many times quicker than the recording it must be: it has other things to do. */
    private static final int MARGIN = 10;

    private final Path directory;
    private final Clock clock;

    DiskSpeed(Path directory, Clock clock) {
        this.directory = directory;
        this.clock = clock;
    }

    Finding finding(int bytesPerSecond) throws IOException {
        double seconds = Math.max(1e-6, write() / 1e9);
        double speed = BYTES / seconds;
        String found = String.format(Locale.ROOT, "%.1f MB/s", speed / 1e6);
        return speed >= (double) MARGIN * bytesPerSecond
                ? Finding.ok(NAME, found)
                : Finding.failed(
                        NAME,
                        found + String.format(Locale.ROOT, ", the recording takes %.3f MB/s", bytesPerSecond / 1e6),
                        "find out what keeps the disk busy (iostat -x 1), or set recording.spool to a quicker one");
    }

    /** In nanoseconds, until the disk has it. */
    private long write() throws IOException {
        Path file = Files.createTempFile(directory, ".doctor-", ".probe");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long begun = clock.nanoTime();
            for (int written = 0; written < BYTES; ) {
                written += channel.write(ByteBuffer.allocate(BLOCK));
            }
            channel.force(true);
            return clock.nanoTime() - begun;
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
