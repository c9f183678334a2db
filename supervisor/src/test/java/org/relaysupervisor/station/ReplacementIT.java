package org.relaysupervisor.station;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.ShortBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.relaysupervisor.frames.FrameParser;

/** Liquidsoap is replaced while it is on the air: nobody loses the connection, a frame, or the sound. */
@Order(9)
@Execution(ExecutionMode.CONCURRENT)
class ReplacementIT {
    private static final int LISTENERS = 20;
    private static final Duration REPLACED_WITHIN = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private Station station;

    private void playFiles() throws Exception {
        Path files = Files.createDirectory(directory.resolve("files"));
        tone(files.resolve("tone.mp3"));
        station = Station.prepare(directory);
        station.edit(
                "(?s)  - name: live\n.*?password: generated\n",
                "  - name: files\n    type: playlist\n    directory: " + files + "\n");
        station.goOnAir();
        await("the playlist plays").atMost(Station.ON_AIR_WITHIN).until(() -> plays("files"));
    }

    @AfterEach
    void goOffAir() {
        if (station != null) {
            station.close();
        }
    }

    private static void tone(Path file) throws Exception {
        Station.CommandResult made = Station.run(List.of(
                "ffmpeg",
                "-nostdin",
                "-loglevel",
                "error",
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=1000:sample_rate=44100:duration=600",
                "-b:a",
                "64k",
                file.toString()));
        assertThat(made.exitCode()).as(made.output()).isZero();
    }

    private boolean plays(String input) throws Exception {
        return station.status().toString().contains("source=" + input);
    }

    private void awaitReplaced(long pid) {
        await("another liquidsoap is on the air; the daemon said:\n" + station.output())
                .atMost(REPLACED_WITHIN)
                .until(() -> station.pid("liquidsoap") != pid && !Station.alive(pid));
    }

    @Test
    void aRestartIsNotHeard() throws Exception {
        playFiles();
        List<Tape> listeners = new ArrayList<>();
        for (int i = 0; i < LISTENERS; i++) {
            listeners.add(new Tape(station.listenUrl()));
        }
        List<Integer> before = listeners.stream().map(Tape::position).toList();
        long pid = station.pid("liquidsoap");
        Station.CommandResult answer = station.relayctl("restart", "liquidsoap");
        assertThat(answer.exitCode()).as(answer.output()).isZero();
        assertThat(answer.output()).contains("being replaced");
        awaitReplaced(pid);
        List<Integer> positions = listeners.stream().map(Tape::position).toList();
        for (int i = 0; i < LISTENERS; i++) {
            Tape tape = listeners.get(i);
            int then = positions.get(i);
            await("listener " + i + " hears more").until(() -> tape.position() > then + 64_000);
        }
        for (int i = 0; i < LISTENERS; i++) {
            assertUnbroken(listeners.get(i), before.get(i));
        }
        assertThat(station.child("liquidsoap").get("restarts").toString()).contains("operator=1");
        listeners.forEach(Tape::close);

        // Where it runs now is known to the next daemon, and the next one takes the other place again.
        long second = station.pid("liquidsoap");
        Station.signal("KILL", station.daemon().pid());
        station.daemon().waitFor();
        Files.delete(directory.resolve("daemon.log"));
        station.start();
        station.awaitOnAir();
        assertThat(station.pid("liquidsoap")).isEqualTo(second);
        assertThat(station.child("liquidsoap").get("adopted")).isEqualTo(true);
        await("the playlist is seen to play").until(() -> plays("files"));
        replaceUnheard(second);
    }

    private void replaceUnheard(long pid) throws Exception {
        try (Tape tape = new Tape(station.listenUrl())) {
            await("something is heard").until(() -> tape.position() > 80_000);
            int before = tape.position();
            Station.CommandResult answer = station.relayctl("restart", "liquidsoap");
            assertThat(answer.output()).contains("being replaced");
            awaitReplaced(pid);
            int then = tape.position();
            await("more is heard").until(() -> tape.position() > then + 64_000);
            assertUnbroken(tape, before);
        }
    }

    @Test
    void aDjStaysConnectedAndOnTheAir() throws Exception {
        station = Station.onAir(directory);
        Process dj = station.dj("sine=frequency=1000:sample_rate=44100");
        try {
            await("the DJ is on the air").atMost(Duration.ofSeconds(20)).until(() -> plays("live"));
            replaceUnheard(station.pid("liquidsoap"));
            assertThat(dj.isAlive()).isTrue();
            // And back, in the first lane.
            replaceUnheard(station.pid("liquidsoap"));
            assertThat(dj.isAlive()).isTrue();
        } finally {
            dj.destroyForcibly();
        }
        await("the standby plays without the DJ").atMost(Duration.ofSeconds(30)).until(() -> plays("standby"));
    }

    /** From a position on frame follows frame, and but for half a second it is the tone. */
    private void assertUnbroken(Tape tape, int from) throws Exception {
        byte[] heard = tape.between(0, tape.position());
        FrameParser parser = FrameParser.of("audio/mpeg").orElseThrow();
        parser.accept(heard, 0, heard.length, frame -> {});
        assertThat(parser.garbageBytes()).isZero();
        Path encoded = Files.write(directory.resolve("heard.mp3"), tape.between(from, tape.position()));
        Path decoded = directory.resolve("heard.raw");
        Station.CommandResult decoding = Station.run(List.of(
                "ffmpeg",
                "-nostdin",
                "-loglevel",
                "error",
                "-y",
                "-i",
                encoded.toString(),
                "-ac",
                "1",
                "-ar",
                "8000",
                "-f",
                "s16be",
                decoded.toString()));
        assertThat(decoding.exitCode()).as(decoding.output()).isZero();
        ShortBuffer samples = ByteBuffer.wrap(Files.readAllBytes(decoded)).asShortBuffer();
        double[] window = new double[800];
        int changed = 0;
        int windows = 0;
        while (samples.remaining() >= window.length) {
            for (int i = 0; i < window.length; i++) {
                window[i] = samples.get() / 32_768.0;
            }
            windows++;
            changed += Ear.classify(window) == Ear.Heard.TONE ? 0 : 1;
        }
        assertThat(windows).isGreaterThan(50);
        assertThat(changed)
                .as("tenths of a second of %d that are not the tone", windows)
                .isLessThanOrEqualTo(5);
    }

    @Test
    void aCanarySaysWhatWouldBeHeardAndChangesNothing() throws Exception {
        playFiles();
        long pid = station.pid("liquidsoap");
        Station.CommandResult good = station.relayctl("reload", "--canary");
        assertThat(good.output()).contains("it would be taken: it plays files", "dBFS on /live");
        assertThat(good.exitCode()).isZero();
        await("it is ended").until(() -> station.child("liquidsoap").get("note").equals(""));

        Path empty = Files.createDirectory(directory.resolve("empty"));
        station.edit("directory: .*", "directory: " + empty);
        Station.CommandResult bad = station.relayctl("reload", "--canary");
        assertThat(bad.output()).contains("it would not be taken", "it plays standby, while files is on the air");
        assertThat(bad.exitCode()).isNotZero();
        assertThat(station.pid("liquidsoap")).isEqualTo(pid);
        assertThat(station.metric("relay_replacements_total{child=\"liquidsoap\",outcome=\"failed\"}"))
                .isZero();
    }

    @Test
    void oneThatDoesNotStartIsGivenUpAndItsConfigurationWithIt() throws Exception {
        playFiles();
        Path broken = Files.createFile(
                directory.resolve("broken"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Files.writeString(broken, """
                #!/bin/sh
                case "$*" in *--version*) echo Liquidsoap 2.1.3; exit 0;; esac
                echo no such encoder
                exit 3
                """);
        long pid = station.pid("liquidsoap");
        try (Tape tape = new Tape(station.listenUrl())) {
            station.edit("(?m)^  # liquidsoap: liquidsoap$|^  liquidsoap: liquidsoap\\b.*$", "  liquidsoap: " + broken);
            Station.CommandResult reload = station.relayctl("reload");
            assertThat(reload.output()).contains("being replaced");
            await("it is given up").until(() -> station.output().contains("liquidsoap was not replaced"));
            assertThat(station.output()).contains("no such encoder");
            assertThat(station.pid("liquidsoap")).isEqualTo(pid);
            assertThat(station.status().get("config").toString()).contains("generation=1");
            int then = tape.position();
            await("the old one plays on").until(() -> tape.position() > then + 100_000);
            assertUnbroken(tape, then);
        }
    }
}
