package org.relaysupervisor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.config.ConfigReader;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class MonitoringFilesTest {
    private static final Path SHIPPED = Path.of(System.getProperty("basedir", "."), "..", "monitoring");

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void writesEverythingThatIsShipped() throws Exception {
        assertThat(render("{}")).isZero();

        try (Stream<Path> files = Files.walk(SHIPPED)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> SHIPPED.relativize(file).toString())
                            .filter(name -> !name.equals("install") && !name.startsWith("tests/")))
                    .containsExactlyInAnyOrderElementsOf(
                            Stream.concat(MonitoringFiles.TEMPLATES.stream(), MonitoringFiles.COPIES.stream())
                                    .toList())
                    .allSatisfy(name ->
                            assertThat(directory.resolve("out").resolve(name)).isNotEmptyFile());
        }
    }

    @Test
    void scrapesThePortAndProbesEachMountWhereThePublicHearsIt() throws Exception {
        render(
                "{station: {name: \"It's \\\"us\\\": #1\"}, listeners: {public_url: 'https://radio.example'}, metrics: {port: 9777},"
                        + " mounts: [{path: /live}, {path: /b.aac, format: aac}]}");

        List<?> jobs = (List<?>) yaml("prometheus.yml").get("scrape_configs");
        assertThat(jobs.get(0).toString()).contains("targets=[127.0.0.1:9777]", "station=It's \"us\": #1");
        assertThat(jobs.get(1).toString())
                .contains("targets=[https://radio.example/live]", "mount=/live", "__param_module=/live")
                .contains("targets=[https://radio.example/b.aac]", "__param_target=radio.example:443");
        Map<?, ?> module =
                (Map<?, ?>) ((Map<?, ?>) ((Map<?, ?>) yaml("blackbox.yml").get("modules")).get("/b.aac")).get("tcp");
        assertThat(module.get("tls")).isEqualTo(true);
        assertThat(((Map<?, ?>) ((List<?>) module.get("query_response")).get(0))
                        .get("send")
                        .toString())
                .startsWith("GET /b.aac HTTP/1.1\r\nHost: radio.example\r\nUser-Agent: Blackbox")
                .endsWith("\r\n\r");
    }

    @Test
    void probesThisMachineWhenThereIsNothingInFront() throws Exception {
        render("{listeners: {port: 8123}}");

        assertThat(yaml("prometheus.yml").toString())
                .contains("http://127.0.0.1:8123/live", "__param_target=127.0.0.1:8123");
        assertThat(yaml("blackbox.yml").toString())
                .contains("GET /live HTTP/1.0\r\nHost: 127.0.0.1:8123\r\n")
                .doesNotContain("tls");
    }

    @Test
    void probesEachHopOfAFront() throws Exception {
        render(
                "{listeners: {port: 8123, public_url: 'https://radio.example'}, front: {hls: 'https://radio.example/hls/live.m3u8',"
                        + " origins: [{name: here}, {name: near, url: 'http://10.0.0.2:8000'}, {name: secure, url: 'https://s.example:444/'},"
                        + " {name: far, url: 'https://radio.example/health/origin/far'}]}}");

        assertThat(jobs())
                .containsOnlyKeys(
                        "relay",
                        "relay_stream",
                        "relay_here",
                        "relay_origin",
                        "relay_hls",
                        "prometheus",
                        "alertmanager",
                        "blackbox");
        assertThat(jobs().get("relay_stream"))
                .contains("targets=[https://radio.example/live]", "__param_target=radio.example:443")
                .doesNotContain("origin=");
        assertThat(jobs().get("relay_here"))
                .contains("targets=[http://127.0.0.1:8123/live]", "origin=here", "__param_module=here/live");
        assertThat(jobs().get("relay_origin"))
                .contains("mount=/live, origin=near, __param_module=near/live, __param_target=10.0.0.2:8000")
                .contains("mount=/live, origin=secure, __param_module=secure/live, __param_target=s.example:444")
                .contains("mount=/live, origin=far, __param_module=page,"
                        + " __param_target=https://radio.example/health/origin/far");
        assertThat(jobs().get("relay_hls"))
                .contains("__param_module=playlist, __param_target=https://radio.example/hls/live.m3u8")
                .doesNotContain("mount=");
        Map<?, ?> modules = (Map<?, ?>) yaml("blackbox.yml").get("modules");
        assertThat(modules.keySet().stream().map(Object::toString))
                .containsExactlyInAnyOrder("/live", "here/live", "near/live", "secure/live", "page", "playlist");
        assertThat(modules.get("secure/live").toString())
                .contains("tls_config={server_name=s.example}", "GET /live HTTP/1.1\r\nHost: s.example:444\r\n");
        assertThat(modules.get("playlist").toString()).contains("fail_if_not_ssl=true", "#EXTM3U");
    }

    @Test
    void aStationWithoutAFrontHasOneProbeForEachMount() throws Exception {
        render("{}");

        assertThat(jobs()).containsOnlyKeys("relay", "relay_stream", "prometheus", "alertmanager", "blackbox");
        assertThat(((Map<?, ?>) yaml("blackbox.yml").get("modules"))).hasSize(1);
    }

    private Map<String, String> jobs() throws IOException {
        Map<String, String> jobs = new TreeMap<>();
        for (Object job : (List<?>) yaml("prometheus.yml").get("scrape_configs")) {
            jobs.put((String) ((Map<?, ?>) job).get("job_name"), job.toString());
        }
        return jobs;
    }

    @Test
    void writesAnewWhatItWrote() throws Exception {
        render("{}");
        assertThat(render("{metrics: {port: 9777}}")).isZero();

        assertThat(out.toString(UTF_8)).contains("written     prometheus.yml", "as it was   rules/relay.yml");
        assertThat(read("prometheus.yml")).contains("127.0.0.1:9777");
    }

    @Test
    void neverWritesOverWhatTheOperatorChanged() throws Exception {
        render("{}");
        Path theirs = directory.resolve("out/prometheus.yml");
        Files.writeString(theirs, "mine: true\n");
        for (int port : List.of(9777, 9778)) {
            assertThat(render("{metrics: {port: " + port + "}}")).isZero();

            assertThat(theirs).hasContent("mine: true");
            assertThat(read("prometheus.yml.new")).contains("127.0.0.1:" + port);
            assertThat(out.toString(UTF_8)).contains("kept yours  prometheus.yml; ours is prometheus.yml.new");
        }
    }

    @Test
    void putsNothingBesideWhatTheOperatorChangedWhileOursIsTheSame() throws Exception {
        render("{}");
        Path theirs = directory.resolve("out/alertmanager.yml");
        Files.writeString(theirs, "mine: true\n");
        assertThat(render("{metrics: {port: 9777}}")).isZero();

        assertThat(theirs).hasContent("mine: true");
        assertThat(directory.resolve("out/alertmanager.yml.new")).doesNotExist();
        assertThat(out.toString(UTF_8)).contains("kept yours  alertmanager.yml\n");
    }

    @Test
    void neverWritesOverWhatWasThereBefore() throws Exception {
        Files.createDirectories(directory.resolve("out"));
        Files.writeString(directory.resolve("out/alertmanager.yml"), "mine: true\n");
        render("{}");

        assertThat(read("alertmanager.yml")).isEqualTo("mine: true\n");
    }

    @Test
    void saysWhatIsWrongWithTheConfigAndWritesNothing() throws Exception {
        assertThat(render("{metrics: {port: 0}}")).isEqualTo(1);

        assertThat(err.toString(UTF_8)).contains("metrics.port must be a whole number from 1 to 65535");
        assertThat(directory.resolve("out")).doesNotExist();
    }

    @Test
    void refusesAPublicUrlWithAPath() {
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> ConfigReader.parse(
                        "{listeners: {public_url: 'https://radio.example/live'}}", "relay.yaml", directory)))
                .hasMessageContaining("listeners.public_url must end with the host or its port, without a path;"
                        + " the mount's path is added to it");
    }

    private int render(String config) throws IOException {
        out.reset();
        Path file = directory.resolve("relay.yaml");
        Files.writeString(file, config);
        return new MonitoringFiles()
                .render(
                        file,
                        directory.resolve("out"),
                        new PrintStream(out, true, UTF_8),
                        new PrintStream(err, true, UTF_8));
    }

    private Map<?, ?> yaml(String name) throws IOException {
        return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(read(name));
    }

    private String read(String name) throws IOException {
        return Files.readString(directory.resolve("out").resolve(name));
    }
}
