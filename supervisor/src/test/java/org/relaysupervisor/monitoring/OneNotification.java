package org.relaysupervisor.monitoring;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.relaysupervisor.monitoring.Inbox.Notification;
import org.relaysupervisor.station.Station.CommandResult;

/**
 * The long proof of the alerts, run by a script: the stream is stopped by a drill, and whoever is told is told exactly once, and once that it is
 * over. Each time with a Prometheus, an Alertmanager and a Blackbox that know nothing of the times before. The table goes to standard output,
 * progress to standard error.
 */
final class OneNotification {
    /** The exit status, other than that of a run that broke off. */
    private static final int BROKEN_PROMISE = 3;

    /** Of the monitoring's clock: how long the stream is away, until when its return must have been told, and for how long silence must follow. */
    private static final Duration AWAY = Duration.ofMinutes(10);

    private static final Duration TOLD_WITHIN = Duration.ofMinutes(10);
    private static final Duration SILENCE = Duration.ofMinutes(15);

    /** Liquidsoap takes its seconds to start, however fast that clock is. */
    private static final Duration START = Duration.ofSeconds(60);

    private static final List<String> PROMISED = List.of("firing [StreamDown]", "resolved [StreamDown]");

    private final MonitoredStation monitored;
    private final CompressedTime time;

    /** @param fault what was not as promised; empty when all was */
    private record Run(List<Notification> notifications, Instant begun, String fault) {
        String row(int number) {
            return "| %d | %s | %s | %s |%n"
                    .formatted(number, told(0), told(1), fault.isEmpty() ? "nothing" : fault.replace("|", "\\|"));
        }

        private String told(int index) {
            return index >= notifications.size()
                    ? "not"
                    : String.format(
                            Locale.ROOT,
                            "%.1f s",
                            Duration.between(begun, notifications.get(index).at())
                                            .toMillis()
                                    / 1000.0);
        }
    }

    private OneNotification(MonitoredStation monitored, CompressedTime time) {
        this.monitored = monitored;
        this.time = time;
    }

    /** @param arguments a directory of the run's own, how often, and how many times as fast */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        int times = Integer.parseInt(arguments[1]);
        CompressedTime time = new CompressedTime(Long.parseLong(arguments[2]));
        PrintStream out = System.out;
        int kept = 0;
        out.print("| run | told that it is down after | told that it is back after | else |\n|---|---|---|---|\n");
        try (MonitoredStation monitored = MonitoredStation.onAir(directory)) {
            Runtime.getRuntime().addShutdownHook(new Thread(monitored::close));
            OneNotification proof = new OneNotification(monitored, time);
            for (int number = 1; number <= times; number++) {
                Run run = proof.run(Files.createDirectory(directory.resolve("run-" + number)));
                out.print(run.row(number));
                out.flush();
                System.err.printf(
                        "  %d of %d: %s%n", number, times, run.fault().isEmpty() ? "as promised" : run.fault());
                kept += run.fault().isEmpty() ? 1 : 0;
            }
        }
        out.printf("%nExactly one notification, one resolve, and silence otherwise: %d of %d.%n", kept, times);
        out.flush();
        Runtime.getRuntime().halt(kept == times ? 0 : BROKEN_PROMISE);
    }

    private Run run(Path directory) throws IOException, InterruptedException {
        try (Inbox inbox = new Inbox();
                MonitoringStack stack = new MonitoringStack(monitored.rendered, directory, time, inbox.address())) {
            stack.start();
            Instant begun = Instant.now();
            CommandResult drill = drill(stack);
            Instant latest = Instant.now().plus(compressed(TOLD_WITHIN)).plus(START);
            while (inbox.notifications().size() < PROMISED.size()
                    && Instant.now().isBefore(latest)) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
            TimeUnit.MILLISECONDS.sleep(compressed(SILENCE).toMillis());
            return new Run(inbox.notifications(), begun, fault(inbox, stack.fired(), drill));
        }
    }

    private CommandResult drill(MonitoringStack stack) throws IOException, InterruptedException {
        // By force: a show is on, and somebody listens, so that what follows from a silent stream would be told as
        // well.
        return monitored.station.relayctl(
                "drill",
                "stop-stream",
                "--force",
                "--for",
                compressed(AWAY).toSeconds() + "s",
                "--settle",
                compressed(TOLD_WITHIN).plus(START).toSeconds() + "s",
                "--expect",
                "StreamDown",
                "--prometheus",
                stack.prometheus(),
                "--alertmanager",
                stack.alertmanager());
    }

    private Duration compressed(Duration duration) {
        return duration.dividedBy(time.factor());
    }

    private static String fault(Inbox inbox, List<String> fired, CommandResult drill) {
        List<String> told = inbox.notifications().stream().map(Object::toString).toList();
        if (!told.equals(PROMISED)) {
            return "told: " + told;
        }
        if (!fired.equals(List.of("StreamDown"))) {
            return "fired: " + fired;
        }
        return drill.exitCode() == 0
                ? ""
                : "the drill: " + drill.output().strip().replaceAll("\\s*\n\\s*", "; ");
    }
}
