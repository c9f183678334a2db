package org.relaysupervisor.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.station.Station.CommandResult;

/**
 * What {@code relayctl drill} says of the shipped rules and the shipped Alertmanager's file, thirty times as fast, while a show is on. Each
 * drill has a monitoring of its own, which knows nothing of those before.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class AlertDrillIT {
    private static final CompressedTime TIME = new CompressedTime(30);
    private static final Duration SOON = Duration.ofSeconds(60);

    /** More than group_interval, after which a second notification would come. */
    private static final Duration SILENCE = Duration.ofMinutes(6).dividedBy(TIME.factor());

    @TempDir
    private static Path directory;

    private MonitoredStation monitored;
    private Inbox inbox;
    private MonitoringStack stack;

    @BeforeAll
    void goOnAir() throws Exception {
        monitored = MonitoredStation.onAir(directory);
    }

    @AfterAll
    void leaveTheAir() {
        monitored.close();
    }

    @BeforeEach
    void watch(TestInfo test) throws Exception {
        Path own = Files.createDirectory(
                directory.resolve(test.getTestMethod().orElseThrow().getName()));
        inbox = new Inbox();
        stack = new MonitoringStack(monitored.rendered, own, TIME, inbox.address());
        stack.start();
    }

    @AfterEach
    void unwatch() {
        stack.close();
        inbox.close();
    }

    @Test
    void aStoppedStreamIsToldOnceAndOnceThatItIsBack() throws Exception {
        String scorecard = drill("stop-stream", "20s", "StreamDown");

        assertThat(scorecard)
                .contains("StreamDown{")
                .containsPattern("Alertmanager has StreamDown\\{.*, for on-call")
                .containsPattern("StreamDown\\{.* after the repair  on-call\n")
                .contains("\nnotifications: webhook ");
        assertToldOnceAndResolved("StreamDown");
    }

    @Test
    void aShowThatIsNotRecordedIsToldOnceAndOnceThatItIs() throws Exception {
        assertThat(drill("stop-recorder", "12s", "RecordingMissing"))
                .containsPattern("Alertmanager has RecordingMissing\\{.*, for on-call");
        assertToldOnceAndResolved("RecordingMissing");
    }

    @Test
    void silenceIsToldOnceAndOnceThatTheProgrammeIsBack() throws Exception {
        assertThat(drill("silence", "20s", "DeadAir")).containsPattern("Alertmanager has DeadAir\\{.*, for on-call");
        assertToldOnceAndResolved("DeadAir");
    }

    @Test
    void aRecorderThatIsKilledOnceWakesNobody() throws Exception {
        assertThat(drill("kill-recorder", "10s", "none")).contains("  no alert fired\n");
        assertThat(inbox.notifications()).isEmpty();
    }

    @Test
    void aDrillOfWhichNobodyCanBeToldIsNotGood() throws Exception {
        inbox.close();
        inbox = new Inbox();
        CommandResult drill = attempt("stop-recorder", "12s", "RecordingMissing");
        assertThat(drill.exitCode()).as(drill.output()).isEqualTo(1);
        assertThat(drill.output())
                .containsPattern(
                        "\nnotifications: webhook 0 \\(\\d+ failed\\)\n  \\d+ attempts? to notify by webhook failed")
                .endsWith("result: NOT GOOD\n");
    }

    private String drill(String name, String length, String expected) throws IOException, InterruptedException {
        CommandResult drill = attempt(name, length, expected);
        assertThat(drill.exitCode()).as(drill.output()).isZero();
        assertThat(drill.output()).contains("\nSCORECARD " + name + "\n").endsWith("result: good\n");
        return drill.output();
    }

    /** By force: a show is on, and somebody listens. */
    private CommandResult attempt(String name, String length, String expected)
            throws IOException, InterruptedException {
        return monitored.station.relayctl(
                "drill",
                name,
                "--force",
                "--for",
                length,
                "--settle",
                "60s",
                "--expect",
                expected,
                "--prometheus",
                stack.prometheus(),
                "--alertmanager",
                stack.alertmanager());
    }

    private void assertToldOnceAndResolved(String alert) throws IOException, InterruptedException {
        await("told that it is over")
                .atMost(SOON)
                .until(() -> inbox.notifications().size() > 1);
        TimeUnit.MILLISECONDS.sleep(SILENCE.toMillis());
        assertThat(inbox.notifications())
                .extracting(Object::toString)
                .containsExactly("firing [" + alert + "]", "resolved [" + alert + "]");
        assertThat(stack.fired()).containsExactly(alert);
    }
}
