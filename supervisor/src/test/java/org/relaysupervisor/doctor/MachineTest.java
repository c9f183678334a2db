package org.relaysupervisor.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.http.LocalWebServer;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.status.Finding;
import org.relaysupervisor.status.Finding.Level;

/** What is tried out on the machine: its clock, disk, ffmpeg and control groups. */
class MachineTest {
    @TempDir
    Path directory;

    /** Each reading is so much later than the one before; the wall clock is off by so much. */
    private record OddClock(long[] nanos, long step, long offSeconds) implements Clock {
        static OddClock off(long seconds) {
            return new OddClock(new long[1], 0, seconds);
        }

        static OddClock taking(long nanos) {
            return new OddClock(new long[1], nanos, 0);
        }

        @Override
        public long nanoTime() {
            nanos[0] += step;
            return nanos[0];
        }

        @Override
        public Instant now() {
            return Instant.now().plusSeconds(offSeconds);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, OK", "-20, OK", "-60, WARNING", "60, WARNING", "400, FAILED", "-100000, FAILED"})
    void comparesOurClockWithTheStores(long off, Level level) throws Exception {
        try (LocalWebServer server = new LocalWebServer()) {
            URI endpoint = server.answer("/", 403, "");
            Finding finding = new StoreClock(endpoint, OddClock.off(off)).finding();
            assertThat(finding.level()).isEqualTo(level);
            if (level != Level.OK) {
                assertThat(finding.found()).contains(off < 0 ? " s behind 127.0.0.1" : " s ahead of 127.0.0.1");
            }
        }
    }

    @ParameterizedTest
    // 4 MiB in 26.2 s are 160 kB/s: ten times 128 kbit/s.
    @CsvSource({"26200000000, OK", "26300000000, FAILED", "1, OK"})
    void wantsADiskTenTimesAsQuickAsTheRecording(long nanos, Level level) throws Exception {
        assertThat(new DiskSpeed(directory, OddClock.taking(nanos))
                        .finding(16_000)
                        .level())
                .isEqualTo(level);
        assertThat(files()).isEmpty();
    }

    @Test
    void leavesItToTheDoctorToTellOfADiskThatCannotBeWritten() {
        DiskSpeed speed = new DiskSpeed(directory.resolve("absent"), OddClock.taking(1));
        assertThatThrownBy(() -> speed.finding(16_000)).isInstanceOf(IOException.class);
    }

    @Test
    void asksFfmpegForAllThatTheRecorderNeeds() throws Exception {
        Program whole = arguments -> arguments[1].equals("-demuxers") ? """
                 D  aac             raw ADTS
                 D  mov,mp4,m4a     QuickTime
                 D  mp3             MP2/3
                """ : """
                  E adts            ADTS
                  E hls             Apple
                  E mp3             MP3
                  E mpegts          TS
                  E segment         segment
                  E tee             Multiple
                """;
        Program poor = arguments -> " --\n DE mp3     MP3\n  E segment     segment\n";
        assertThat(new Codec(whole)
                        .finding(mount(RelayConfig.Format.MP3), true, true)
                        .level())
                .isEqualTo(Level.OK);
        assertThat(new Codec(whole)
                        .finding(mount(RelayConfig.Format.AAC), true, false)
                        .level())
                .isEqualTo(Level.OK);
        assertThat(new Codec(poor)
                        .finding(mount(RelayConfig.Format.MP3), false, false)
                        .found())
                .isEqualTo("ffmpeg knows no tee");
        assertThat(new Codec(poor)
                        .finding(mount(RelayConfig.Format.AAC), true, false)
                        .found())
                .isEqualTo("ffmpeg knows no aac, adts, tee, hls, mpegts");
        assertThat(new Codec(whole)
                        .finding(mount(RelayConfig.Format.OPUS), false, false)
                        .level())
                .isEqualTo(Level.FAILED);
    }

    private static RelayConfig.Mount mount(RelayConfig.Format format) {
        return new RelayConfig.Mount("/live", format, 128, 44_100, 2, true, RelayConfig.Delivery.FEED, "music");
    }

    @Test
    void tellsWhetherMemoryIsDelegated() throws Exception {
        Path membership = directory.resolve("cgroup");
        Path group = Files.createDirectories(directory.resolve("fs/system.slice/relay.service"));
        MemoryDelegation memory = new MemoryDelegation(membership, directory.resolve("fs"));

        Files.writeString(membership, "4:memory:/x\n");
        assertThat(memory.finding().found()).contains("no cgroup v2");

        Files.writeString(membership, "1:name=systemd:/\n0::/system.slice/relay.service\n");
        assertThat(memory.finding().found()).contains("not available");

        Files.writeString(group.resolve("cgroup.controllers"), "cpu memory pids\n");
        assertThat(memory.finding().found()).contains("not delegated");

        Files.writeString(group.resolve("cgroup.subtree_control"), "");
        assertThat(memory.finding().level()).isEqualTo(Level.OK);

        Files.writeString(group.resolve("cgroup.controllers"), "cpu pids\n");
        assertThat(memory.finding().level()).isEqualTo(Level.WARNING);
        assertThat(memory.finding().advice()).contains("Delegate=yes");
    }

    private Stream<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList().stream();
        }
    }
}
