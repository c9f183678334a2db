package org.relaysupervisor.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.config.RelayConfig.Delivery;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.loop.ControlLoop;
import org.relaysupervisor.process.ProcessSpec;
import org.relaysupervisor.programs.OnAir.InputState;

/** Icecast and Liquidsoap as they are rendered, with a real encoder in the part of the DJ. */
@Isolated("a switch has to be known within 500 ms")
class RadioIT {
    private static final Secret SOURCE = new Secret("s-\"#{1}'");
    private static final Secret DJ = new Secret("dj-pa'ss#{word}");

    @TempDir
    Path directory;

    private final Configs configs = new Configs();
    private RealPrograms programs;
    private IcecastProgram icecast;
    private LiquidsoapProgram liquidsoap;
    private Process process;
    private final AtomicLong sourceBytes = new AtomicLong();
    private ControlLoop clock;
    private OnAirWatch watch;
    private PrintedSwitches printed;

    @BeforeEach
    void startARadio() throws Exception {
        programs = new RealPrograms(directory);
        configs.station = Configs.NASTY_NAME;
        configs.mounts =
                List.of(Configs.LIVE, new Mount("/aac", Format.AAC, 96, 44_100, 2, false, Delivery.FEED, "music"));
        configs.icecastPort = RealPrograms.freePort();
        configs.sourcePort = configs.icecastPort;
        icecast = new IcecastProgram(
                configs.build(),
                SOURCE,
                new Secret("admin"),
                directory.resolve("run"),
                RealPrograms.EXECUTABLES,
                (pid, port) -> true);
        Path standby = RealPrograms.standby(directory);
        liquidsoap = new LiquidsoapProgram(
                configs.build(),
                Lane.A,
                SOURCE,
                Map.of(Configs.DJ_PASSWORD, DJ),
                directory.resolve("run"),
                directory.resolve("home"),
                standby,
                new InstalledLiquidsoap(RealPrograms.EXECUTABLES, directory.resolve("home")),
                new LiquidsoapProgram.Observed(icecast::stats, mount -> true, sourceBytes::get, () -> true));
        var icecastSpec = icecast.prepare();
        liquidsoap.version();
        var liquidsoapSpec = liquidsoap.prepare();
        RealPrograms.handOver(directory);
        programs.start(icecastSpec);
        clock = new ControlLoop();
        watch = new OnAirWatch(LiquidsoapProgram.socket(directory.resolve("run")), clock, Thread::new);
        startLiquidsoap(liquidsoapSpec);
        Awaitility.await().atMost(Duration.ofSeconds(60)).ignoreExceptions().untilAsserted(() -> liquidsoap.ready(1));
    }

    private void startLiquidsoap(ProcessSpec spec) throws IOException {
        process = programs.start(spec);
        printed = new PrintedSwitches(programs, watch);
    }

    @AfterEach
    void stop() {
        printed.close();
        watch.close();
        programs.close();
        clock.close();
    }

    private String onAir() {
        return watch.onAir().map(OnAir::source).orElse("unknown");
    }

    private InputState live() {
        return watch.onAir()
                .map(OnAir::inputs)
                .map(inputs -> inputs.get("live"))
                .orElse(null);
    }

    private void awaitOnAir(Duration atMost, String source, InputState live) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(10))
                .atMost(atMost)
                .until(() -> onAir().equals(source) && live() == live);
        Duration late = printed.sinceTheLast();
        assertThat(late)
                .describedAs("known after Liquidsoap's switch to " + source)
                .isLessThan(Duration.ofMillis(500));
    }

    private Process dj(String password, String... filter) throws IOException {
        List<String> argv = new ArrayList<>(List.of("ffmpeg", "-nostdin", "-loglevel", "error", "-re", "-f", "lavfi"));
        argv.addAll(List.of("-i", "sine=frequency=997:sample_rate=44100"));
        argv.addAll(List.of(filter));
        argv.addAll(List.of("-c:a", "libmp3lame", "-b:a", "128k", "-content_type", "audio/mpeg"));
        // ffmpeg puts it into a URL.
        argv.addAll(List.of("-password", URLEncoder.encode(password, StandardCharsets.UTF_8)));
        argv.addAll(List.of(
                "-f", "mp3", "icecast://" + Lane.A.harbor().getHostAddress() + ":" + configs.sourcePort + "/dj"));
        return programs.start("dj", argv);
    }

    @Test
    void aDjIsOnTheAirWithin3SecondsAndTheStandbyWithin10AfterTheDjStopsOrFallsSilent() throws Exception {
        Awaitility.await().atMost(Duration.ofSeconds(6)).until(this::onAir, "standby"::equals);
        assertThat(live()).isEqualTo(InputState.AWAY);

        Process dj = dj(DJ.reveal());
        awaitConnection();
        awaitOnAir(Duration.ofSeconds(3), "live", InputState.READY);
        dj.destroy();
        dj.waitFor(10, TimeUnit.SECONDS);
        awaitOnAir(Duration.ofSeconds(10), "standby", InputState.AWAY);

        Process silent = dj(DJ.reveal(), "-af", "volume=enable='gt(t,4)':volume=0");
        awaitConnection();
        awaitOnAir(Duration.ofSeconds(3), "live", InputState.READY);
        awaitOnAir(Duration.ofSeconds(14), "standby", InputState.SILENT);
        silent.destroy();
        Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> live() == InputState.AWAY);
        assertThat(onAir()).isEqualTo("standby");

        assertThat(programs.output("liquidsoap")).doesNotContain(DJ.reveal()).doesNotContain(SOURCE.reveal());
    }

    @Test
    void whatPlaysIsUnknownWhileLiquidsoapIsAwayAndKnownWhenItIsBack() throws Exception {
        Awaitility.await().atMost(Duration.ofSeconds(6)).until(this::onAir, "standby"::equals);
        printed.close();
        process.destroyForcibly();
        Awaitility.await().atMost(Duration.ofSeconds(4)).until(this::onAir, "unknown"::equals);
        startLiquidsoap(liquidsoap.prepare());
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(this::onAir, "standby"::equals);
    }

    /** The seconds are counted from here: how long an encoder takes to start is its own affair. */
    private void awaitConnection() {
        ControlSocket socket = new ControlSocket(directory.resolve("run/liquidsoap.sock"));
        Awaitility.await()
                .pollInterval(Duration.ofMillis(50))
                .until(() -> socket.ask("live_raw.status"), status -> status.startsWith("source client connected"));
    }

    @Test
    void aWrongPasswordIsRefused() throws Exception {
        Process dj = dj("wrong");
        assertThat(dj.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(programs.output("dj")).contains("401");
        Awaitility.await().atMost(Duration.ofSeconds(6)).until(this::onAir, "standby"::equals);
    }

    @Test
    void theStationsNameAndTypesReachListeners() throws Exception {
        assertThat(header("/live", "icy-name")).isEqualTo(Configs.NASTY_NAME);
        assertThat(header("/live", "content-type")).isEqualTo("audio/mpeg");
        assertThat(header("/aac", "icy-name")).isEqualTo(Configs.NASTY_NAME);
        assertThat(header("/aac", "content-type")).isEqualTo("audio/aac");
    }

    private String header(String mount, String name) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + configs.icecastPort + mount))
                .timeout(Duration.ofSeconds(5))
                .build();
        var response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
        response.body().close();
        // The client reads header bytes as Latin-1.
        return new String(
                response.headers().firstValue(name).orElse("").getBytes(StandardCharsets.ISO_8859_1),
                StandardCharsets.UTF_8);
    }

    @Test
    void aStoppedLiquidsoapAndOneThatSendsNothingAreNotAlive() throws Exception {
        assertThatThrownBy(() -> {
                    liquidsoap.alive(process.pid());
                    liquidsoap.alive(process.pid());
                })
                .hasMessage("answers, but sends no audio");
        new ProcessBuilder("kill", "-STOP", Long.toString(process.pid()))
                .start()
                .waitFor();
        // On a busy machine it takes a moment until all its threads have stopped.
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThatThrownBy(() -> liquidsoap.alive(process.pid()))
                        .hasMessageContaining("no answer within"));
    }

    @Test
    void theSocketAndTheScriptAreForTheDaemonsUserOnly() throws Exception {
        assertThat(Files.getPosixFilePermissions(directory.resolve("run/liquidsoap.sock")))
                .hasSize(2);
        assertThat(Files.getPosixFilePermissions(directory.resolve("run/radio.liq")))
                .hasSize(2);
    }
}
