package org.relaysupervisor.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Delivery;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.config.SecretSource;

/** The rendered files against the real Icecast and Liquidsoap. */
class ProgramsIT {
    private static final Secret NASTY_PASSWORD = new Secret("p\"<&'#{x}\\é");

    @TempDir
    Path directory;

    private LiquidsoapProgram liquidsoap(RelayConfig config) throws IOException {
        Path standby = directory.resolve("standby.mp3");
        return new LiquidsoapProgram(
                config,
                Lane.A,
                NASTY_PASSWORD,
                Map.of(Configs.DJ_PASSWORD, NASTY_PASSWORD),
                directory.resolve("run"),
                directory.resolve("home"),
                Files.exists(standby) ? standby : RealPrograms.standby(directory),
                new InstalledLiquidsoap(RealPrograms.EXECUTABLES, directory.resolve("home")),
                new LiquidsoapProgram.Observed(
                        () -> new IcecastStats("", Optional.empty(), 0, List.of()),
                        mount -> false,
                        () -> 0,
                        () -> true));
    }

    @Test
    void liquidsoapFindsNothingWrongWithAnyKindOfInputAndMount() throws Exception {
        Configs configs = new Configs();
        assertNothingWrong(configs.build());

        Files.createDirectory(directory.resolve("music"));
        configs.station = Configs.NASTY_NAME;
        configs.inputs = List.of(
                new RelayConfig.HarborInput(
                        "live",
                        "/dj",
                        List.of(
                                new RelayConfig.Dj("source", Configs.DJ_PASSWORD),
                                new RelayConfig.Dj(Configs.NASTY_NAME, Configs.DJ_PASSWORD))),
                new RelayConfig.UrlInput("studio-2", URI.create("rtmp://127.0.0.1:1/live/%22#x")),
                new RelayConfig.PlaylistInput("night", directory.resolve("music"), true),
                new RelayConfig.PlaylistInput("day", directory.resolve("music"), false));
        configs.mounts = List.of(
                Configs.LIVE,
                new Mount("/mono", Format.MP3, 64, 44_100, 1, false, Delivery.FEED, "music"),
                new Mount("/aac", Format.AAC, 96, 48_000, 2, false, Delivery.FEED, "music"),
                new Mount("/aac-mono", Format.AAC, 48, 44_100, 1, false, Delivery.FEED, "music"),
                new Mount("/opus", Format.OPUS, 96, 48_000, 2, false, Delivery.FEED, "music"),
                new Mount("/opus-mono", Format.OPUS, 32, 48_000, 1, false, Delivery.FEED, "music"));
        assertNothingWrong(configs.build());

        configs.inputs = List.of();
        assertNothingWrong(configs.build());
    }

    /** Neither with all of Liquidsoap's library nor, once its version is known, with the parts of it. */
    private void assertNothingWrong(RelayConfig config) throws IOException {
        LiquidsoapProgram liquidsoap = liquidsoap(config);
        assertThat(liquidsoap.check()).isEmpty();
        liquidsoap.version();
        assertThat(liquidsoap.check()).isEmpty();
    }

    @Test
    void whatLiquidsoapFindsWrongIsToldWithoutSecrets() throws Exception {
        Configs configs = new Configs();
        // No MP3 has this rate.
        configs.mounts = List.of(new Mount("/live", Format.MP3, 128, 12_345, 2, true, Delivery.FEED, "music"));
        Optional<String> wrong = liquidsoap(configs.build()).check();
        assertThat(wrong).isPresent();
        assertThat(wrong.get()).contains("radio.liq").doesNotContain("p\\\"<&").doesNotContain(NASTY_PASSWORD.reveal());
    }

    @Test
    void bothProgramsSayTheirVersion() throws Exception {
        assertThat(liquidsoap(new Configs().build()).version()).matches("Liquidsoap 2\\.[1-9].*");
        assertThat(icecast(new Configs().build()).version()).matches("(?i)icecast.* 2\\..*");
    }

    @Test
    void aProgramThatIsMissingIsNamedWithWhatToDo() {
        Configs configs = new Configs();
        configs.programs = new RelayConfig.Programs("no-icecast", "/nowhere/liquidsoap", "ffmpeg");
        assertThatThrownBy(() -> icecast(configs.build()).prepare())
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "no-icecast was not found in PATH: apt install icecast2, or set programs.icecast in relay.yaml");
        assertThatThrownBy(() -> liquidsoap(configs.build()).prepare())
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "/nowhere/liquidsoap does not exist: apt install liquidsoap, or set programs.liquidsoap in relay.yaml");
    }

    @Test
    void everyStringMeansItselfToLiquidsoap() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<String> texts =
                new ArrayList<>(List.of(Configs.NASTY_NAME, "", "##{{#{#{1+1}}", "%include \"x\"", "\\x41\\\\#{"));
        for (int i = 0; i < 60; i++) {
            // NUL would end what print hands to C.
            texts.add(LiteralsTest.anyText(random, 20).replace('\0', 'x'));
        }
        StringBuilder script = new StringBuilder();
        texts.forEach(text -> script.append("print(newline=false, ")
                .append(Literals.liquidsoap(text))
                .append(" ^ \"\\x1e\")\n"));
        Path file = directory.resolve("strings.liq");
        Files.writeString(file, script);
        RealPrograms.handOver(directory);
        try (RealPrograms programs = new RealPrograms(directory)) {
            Process process = programs.start("strings", List.of("liquidsoap", "--check", file.toString()));
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(programs.output("strings"))
                    .describedAs("seed " + seed)
                    .isEqualTo(String.join("\u001e", texts) + "\u001e");
        }
    }

    private IcecastProgram icecast(RelayConfig config) {
        return new IcecastProgram(
                config,
                NASTY_PASSWORD,
                NASTY_PASSWORD,
                directory.resolve("run"),
                RealPrograms.EXECUTABLES,
                (pid, port) -> Files.readString(Path.of("/proc/net/tcp"))
                        .contains("0100007F:%04X 00000000:0000 0A".formatted(port)));
    }

    @Test
    void icecastTakesItsConfigurationAndAnswersWithItsStatistics() throws Exception {
        Configs configs = new Configs();
        configs.station = Configs.NASTY_NAME;
        configs.icecastPort = RealPrograms.freePort();
        IcecastProgram icecast = icecast(configs.build());
        try (RealPrograms programs = new RealPrograms(directory)) {
            assertThatThrownBy(() -> icecast.ready(1, newest -> {})).hasMessageContaining("does not listen");
            RealPrograms.handOver(directory);
            Process process = programs.start(icecast.prepare());
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> {
                try {
                    icecast.ready(process.pid(), newest -> {});
                    return true;
                } catch (IOException e) {
                    return false;
                }
            });
            icecast.alive(newest -> {});
            IcecastStats stats = icecast.stats();
            assertThat(stats.serverId()).startsWith("Icecast");
            assertThat(stats.serverStart()).isPresent();
            assertThat(stats.sources()).isEmpty();
            // 2.5 would like an element that Icecast-KH complains of, and does well without.
            assertThat(programs.output("icecast").lines().filter(line -> !line.contains("no PRNG seed configured")))
                    .noneMatch(line -> line.contains("WARN") || line.contains("EROR"));
            assertThat(Files.getPosixFilePermissions(directory.resolve("run/icecast.xml")))
                    .hasSize(2);
        }
    }

    @Test
    void aHungIcecastIsNotAliveAndARefusingOneIs() throws Exception {
        Configs configs = new Configs();
        configs.icecastPort = RealPrograms.freePort();
        IcecastProgram icecast = icecast(configs.build());
        RelayConfig config = configs.build();
        IcecastProgram stranger = new IcecastProgram(
                config, NASTY_PASSWORD, new Secret("wrong"), directory, RealPrograms.EXECUTABLES, (pid, port) -> true);
        try (RealPrograms programs = new RealPrograms(directory)) {
            RealPrograms.handOver(directory);
            Process process = programs.start(icecast.prepare());
            Awaitility.await().ignoreExceptions().untilAsserted(() -> icecast.ready(process.pid(), newest -> {}));
            stranger.alive(newest -> {});
            assertThatThrownBy(stranger::stats).hasMessageContaining("401");
            new ProcessBuilder("kill", "-STOP", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertThatThrownBy(() -> icecast.alive(newest -> {})).hasMessageContaining("did not answer within");
        }
    }

    @Test
    void secretSourcesThatWereNotResolvedAreAnError() {
        Configs configs = new Configs();
        configs.inputs = List.of(new RelayConfig.HarborInput(
                "live", "/dj", List.of(new RelayConfig.Dj("x", new SecretSource.Generated("other")))));
        assertThatThrownBy(() -> liquidsoap(configs.build()).check()).hasMessageContaining("DJ x was not resolved");
    }
}
