package org.relaysupervisor.station;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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

    @BeforeEach
    void goOnAir() throws Exception {
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
        station.close();
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
        List<Tape> listeners = new ArrayList<>();
        for (int i = 0; i < LISTENERS; i++) {
            listeners.add(new Tape(station.listenUrl()));
        }
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
        listeners.forEach(this::assertUnbroken);
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
        try (Tape tape = new Tape(station.listenUrl())) {
            station.relayctl("restart", "liquidsoap");
            awaitReplaced(second);
            int then = tape.position();
            await("more is heard").until(() -> tape.position() > then + 64_000);
            assertUnbroken(tape);
        }
    }

    /** Frame follows frame, and no half second is silent. */
    private void assertUnbroken(Tape tape) {
        byte[] heard = tape.between(0, tape.position());
        FrameParser parser = FrameParser.of("audio/mpeg").orElseThrow();
        parser.accept(heard, 0, heard.length, frame -> {});
        assertThat(parser.garbageBytes()).isZero();
        try {
            Path file = Files.write(Files.createTempFile(directory, "heard", ".mp3"), heard);
            Station.CommandResult silences = Station.run(List.of(
                    "ffmpeg",
                    "-nostdin",
                    "-hide_banner",
                    "-i",
                    file.toString(),
                    "-af",
                    "silencedetect=noise=-50dB:duration=0.5",
                    "-f",
                    "null",
                    "-"));
            assertThat(silences.output()).doesNotContain("silence_start");
            Files.delete(file);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void oneThatDoesNotStartIsGivenUpAndItsConfigurationWithIt() throws Exception {
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
            await("the old one plays on").until(() -> tape.position() > then + 32_000);
            assertUnbroken(tape);
        }
    }
}
