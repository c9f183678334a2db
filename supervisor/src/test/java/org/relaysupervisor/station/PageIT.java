package org.relaysupervisor.station;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.page.Visitor;

/** The daemon's own page in a real browser, while a real station goes through an ordinary evening and an outage. */
@Timeout(180)
class PageIT {
    private static final Duration SOON = Duration.ofSeconds(40);

    @Test
    void answersTheFiveQuestionsWhateverHappens(@TempDir Path directory) throws Exception {
        Station station = Station.onAir(directory);
        Process dj = station.dj("anoisesrc=sample_rate=44100:amplitude=0.2:color=pink");
        Process listener = new ProcessBuilder(
                        "curl",
                        "--silent",
                        "--output",
                        "/dev/null",
                        station.listenUrl().toString())
                .start();
        try (Visitor visitor = Visitor.come()) {
            visitor.open(station.metricsPort);
            onAir(visitor);
            visitor.looks("on-air");

            long liquidsoap = station.pid("liquidsoap");
            Station.signal("STOP", liquidsoap);
            outage(visitor);
            visitor.looks("outage");

            ProcessHandle.of(liquidsoap).ifPresent(ProcessHandle::destroyForcibly);
            comesBack(visitor);
            assertThat(visitor.complaints()).isEmpty();

            visitor.expectSilence();
            station.close();
            daemonGone(visitor);
            visitor.looks("lost");
            assertThat(visitor.complaints()).isEmpty();
        } finally {
            dj.destroyForcibly();
            listener.destroyForcibly();
            station.close();
        }
    }

    private static void onAir(Visitor visitor) {
        awaitPage(() -> {
            assertThat(visitor.answer("up")).isEqualTo("good: Yes, on the air");
            assertThat(visitor.answer("audible")).matches("good: Yes: −\\d+\\.\\d LUFS");
            assertThat(visitor.answer("listeners")).isEqualTo("good: 1 listener");
            assertThat(visitor.answer("recorded")).isEqualTo("good: Yes, all of it");
            assertThat(visitor.answer("uploaded")).startsWith("good: ");
            assertThat(visitor.read())
                    .containsEntry("verdict", "All is well")
                    .containsEntry("title", "✓ All is well – Relay Radio")
                    .containsEntry("lost", "");
            assertThat(visitor.read().get("events").toString()).contains("The daemon was started", "“live” plays");
            assertThat(visitor.read().get("programs").toString())
                    .contains("Icecast", "Liquidsoap", "Recorder", "Decoder", "MiB");
        });
    }

    private static void outage(Visitor visitor) {
        awaitPage(() -> {
            assertThat(visitor.answer("up")).isEqualTo("attention: Yes, with the standby");
            assertThat(visitor.answer("audible")).isEqualTo("attention: Yes: the standby");
            assertThat(visitor.answer("listeners")).isEqualTo("good: 1 listener");
            assertThat(visitor.read()).containsEntry("verdict", "Worth a look: stream, sound");
            assertThat(visitor.read().get("events").toString())
                    .contains("nothing comes from Liquidsoap; listeners hear the standby");
        });
    }

    /** The DJ's encoder doesn't connect a second time, so the standby plays on. */
    private static void comesBack(Visitor visitor) {
        awaitPage(() -> {
            assertThat(visitor.answer("up")).isEqualTo("good: Yes, on the air");
            assertThat(visitor.answer("audible")).isEqualTo("attention: Yes: the standby");
            assertThat(visitor.answer("listeners")).isEqualTo("good: 1 listener");
            assertThat(visitor.read().get("events").toString())
                    .contains(
                            "Liquidsoap was killed",
                            "Liquidsoap runs again",
                            "1 listener stayed connected while Liquidsoap was away");
        });
    }

    private static void daemonGone(Visitor visitor) {
        awaitPage(() -> {
            assertThat((String) visitor.read().get("lost")).contains("No answer from the daemon since", "SSH tunnel");
            assertThat(visitor.read()).containsEntry("verdict", "No answer");
            for (String question : new String[] {"up", "audible", "listeners", "recorded", "uploaded"}) {
                assertThat(visitor.answer(question)).isEqualTo("unknown: Not known");
            }
        });
    }

    private static void awaitPage(ThrowingRunnable sees) {
        await().atMost(SOON).pollInterval(Duration.ofMillis(300)).untilAsserted(sees);
    }
}
