package org.relaysupervisor.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.MonitoringFiles;

/** What the programs' own checkers say. */
class RulesIT {
    @TempDir
    private Path directory;

    private final Path checkout = Path.of(System.getProperty("relay.checkout")).normalize();

    @Test
    void eachAlertFiresWhenItShouldAndIsOver() throws Exception {
        Path tests = checkout.resolve("monitoring/tests");
        succeed(List.of(
                List.of("promtool", "test", "rules", tests.resolve("relay.yml").toString()),
                List.of("promtool", "test", "rules", tests.resolve("edge.yml").toString()),
                List.of("promtool", "test", "rules", tests.resolve("front.yml").toString()),
                List.of("promtool", "test", "rules", tests.resolve("uptime.yml").toString())));
    }

    @Test
    void theProgramsAcceptTheirFiles() throws Exception {
        Path config = directory.resolve("relay.yaml");
        Files.writeString(
                config,
                "{listeners: {public_url: 'https://radio.example'}, mounts: [{path: /a}, {path: /b.aac, format: aac}],"
                        + " front: {hls: 'https://radio.example/hls/live.m3u8', origins: [{name: x}, {name: y, url: 'https://y.example'},"
                        + " {name: z, url: 'https://radio.example/health/origin/z'}]}}");
        PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream(), false, UTF_8);
        assertThat(new MonitoringFiles().render(config, directory.resolve("out"), nowhere, nowhere))
                .isZero();
        succeed(List.of(
                List.of(
                        "promtool",
                        "check",
                        "config",
                        directory.resolve("out/prometheus.yml").toString()),
                List.of(
                        "amtool",
                        "check-config",
                        directory.resolve("out/alertmanager.yml").toString()),
                List.of(
                        "prometheus-blackbox-exporter",
                        "--config.check",
                        "--config.file=" + directory.resolve("out/blackbox.yml"))));
    }

    /** All at once. */
    private void succeed(List<List<String>> commands) throws Exception {
        List<Process> processes = new ArrayList<>();
        for (List<String> command : commands) {
            processes.add(new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log(processes.size()).toFile())
                    .start());
        }
        for (int i = 0; i < processes.size(); i++) {
            assertThat(processes.get(i).waitFor(5, TimeUnit.MINUTES)).isTrue();
            assertThat(processes.get(i).exitValue())
                    .as(Files.readString(log(i)))
                    .isZero();
        }
    }

    private Path log(int number) {
        return directory.resolve("check" + number + ".log");
    }
}
