package org.relaysupervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.archive.FeedPosition;
import org.relaysupervisor.archive.RecordingView;
import org.relaysupervisor.config.Secrets;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.process.SecretMask;
import org.relaysupervisor.process.StateDirectory;
import org.relaysupervisor.programs.Configs;
import org.relaysupervisor.recording.NextFrame;
import org.relaysupervisor.shows.Show;

class StationArchiveTest {
    private final ManualLoop loop = new ManualLoop();

    /** A daemon that died right after the show began has told nobody of it but the file that says which show is on. */
    @Test
    void whatAnEarlierLifeLeftBelongsToTheShowThatWasOnThen(@TempDir Path directory) throws Exception {
        Instant began = loop.now().minus(Duration.ofMinutes(1));
        Show show = new Show("Night Line", Optional.empty(), Set.of(), began, Optional.empty(), Show.Origin.OPERATOR);
        try (StateDirectory state = StateDirectory.open(directory.resolve("state"))) {
            leave(
                    state.spool().resolve("sessions/live/20261122T115930.000Z"),
                    loop.now().minusSeconds(30));
            MaskedSecrets secrets = new MaskedSecrets(new Secrets(state.secrets(), Map.of()), new SecretMask());
            try (StationArchive archive = new StationArchive(
                    new Configs().build(), state, secrets, loop, () -> Optional.of(show), () -> 0L)) {
                archive.start();
                await().until(() -> {
                    loop.runPosted();
                    return !archive.list().isEmpty();
                });
                RecordingView view = archive.list().get(0);
                assertThat(view.show()).contains("Night Line");
                assertThat(view.id()).contains("-night-line-");
                assertThat(archive.left("/live").map(NextFrame::place)).contains(new FeedPosition("a1", 510));
            }
        }
    }

    /** Ten frames of MPEG-1 layer III, 128 kbit/s, 44.1 kHz, and what was known of their session. */
    private static void leave(Path session, Instant started) throws Exception {
        Files.createDirectories(session);
        ByteArrayOutputStream audio = new ByteArrayOutputStream();
        for (int i = 0; i < 10; i++) {
            byte[] frame = new byte[417];
            frame[0] = (byte) 0xFF;
            frame[1] = (byte) 0xFB;
            frame[2] = (byte) 0x90;
            audio.writeBytes(frame);
        }
        Files.write(session.resolve("00000.mp3"), audio.toByteArray());
        Files.writeString(session.resolve("session.json"), """
                {"version": 1, "mount": "/live", "format": "mp3", "started": "%1$s", "expected": "%1$s", "interruption": "daemon",
                 "feed": "a1", "first_frame": 500, "played": "%1$s"}
                """.formatted(started));
    }
}
