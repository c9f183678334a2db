package org.relaysupervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.process.NotifySocket;
import org.relaysupervisor.process.ServiceNotifier;
import org.relaysupervisor.status.Snapshots;
import org.relaysupervisor.supervise.ChildState;

class ServiceReportTest {
    @TempDir
    Path directory;

    private final ManualLoop loop = new ManualLoop();
    private NotifySocket manager;
    private ServiceNotifier notifier;
    private ServiceReport report;
    private String summary = "/live is not on the air; liquidsoap is starting";

    @BeforeEach
    void open() {
        manager = NotifySocket.bind(directory.resolve("notify").toString());
        notifier = ServiceNotifier.of(Map.of("NOTIFY_SOCKET", manager.name(), "WATCHDOG_USEC", "30000000"), 1);
        report = new ServiceReport(loop, notifier);
        report.start(() -> summary);
    }

    @AfterEach
    void close() {
        notifier.close();
        manager.close();
    }

    private List<String> heard() {
        List<String> messages = new ArrayList<>();
        for (Optional<String> next = manager.next(); next.isPresent(); next = manager.next()) {
            messages.add(next.get());
        }
        return messages;
    }

    @Test
    void readyOnlyWhenAListenerGotAudioAndMoreTimeIsAskedForMeanwhile() {
        loop.advance(Duration.ofSeconds(20));
        assertThat(heard())
                .contains("EXTEND_TIMEOUT_USEC=30000000", "STATUS=/live is not on the air; liquidsoap is starting")
                .noneMatch(message -> message.startsWith("READY"));

        summary = "/live is on the air";
        report.serving();
        assertThat(heard()).containsExactly("READY=1\nSTATUS=/live is on the air");
        report.serving();
        assertThat(heard()).isEmpty();
    }

    @Test
    void aStationThatServesNothingIsReadyAfterAMinuteAndSaysWhatIsMissing() {
        loop.advance(Duration.ofSeconds(59));
        assertThat(heard()).noneMatch(message -> message.startsWith("READY"));
        loop.advance(Duration.ofSeconds(2));
        assertThat(heard()).contains("READY=1\nSTATUS=/live is not on the air; liquidsoap is starting");
    }

    @Test
    void theLoopFeedsTheWatchdogThreeTimesInItsPeriod() {
        report.serving();
        heard();
        loop.advance(Duration.ofSeconds(30));
        assertThat(heard()).containsExactly("WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1");
    }

    @Test
    void theStatusIsToldWhenItChangesAndNotElse() {
        report.serving();
        loop.advance(Duration.ofSeconds(9));
        heard();
        summary = "/live is on the air; recorder is failed";
        loop.advance(Duration.ofSeconds(9));
        assertThat(heard()).containsOnlyOnce("STATUS=/live is on the air; recorder is failed");
    }

    @Test
    void aReloadIsAnnouncedAndEnds() {
        report.serving();
        heard();
        assertThat(report.reloading(() -> "done")).isEqualTo("done");
        List<String> messages = heard();
        assertThat(messages).hasSize(2);
        assertThat(messages.get(0)).startsWith("RELOADING=1\nMONOTONIC_USEC=");
        assertThat(messages.get(1)).startsWith("READY=1\n");
    }

    @Test
    void aReloadDuringTheStartDoesNotMakeItReady() {
        report.reloading(() -> "done");
        assertThat(heard()).isEmpty();
    }

    @Test
    void aStopIsTheLastThatIsSaidButTheWatchdogIsFed() {
        report.serving();
        heard();
        report.stopping();
        summary = "/live is not on the air";
        loop.advance(Duration.ofSeconds(12));
        assertThat(heard()).containsExactly("STOPPING=1\nSTATUS=stopping", "WATCHDOG=1");
    }

    @Test
    void theSummaryNamesWhatIsMissing() {
        var snapshot = Snapshots.starting()
                .child(Snapshots.up("icecast", 1, 1, 1, Map.of()))
                .child(Snapshots.dead("liquidsoap", ChildState.BACKOFF, 1, Map.of()))
                .child(Snapshots.dead("recorder", ChildState.STOPPED, 1, Map.of()));
        assertThat(ServiceReport.summary(snapshot.build(), "/live"))
                .endsWith("; liquidsoap is backoff; recorder is stopped by the operator's wish");
    }
}
