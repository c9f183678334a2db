package org.relaysupervisor.metering;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.audio.DeadAirKind;
import org.relaysupervisor.audio.Loudness;
import org.relaysupervisor.audio.LoudnessMeter;
import org.relaysupervisor.audio.MeteringUnavailableException;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Delivery;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.programs.Configs;

/** Meters with the time in the test's hands, and decoders that send what the test says. */
@Timeout(60)
abstract class MeteringBench {
    static final Executables EXECUTABLES = new Executables("/bin");
    static final int TURN_FRAMES = 4800;
    static final Mount OTHER = new Mount("/other", Format.MP3, 128, 44_100, 2, false, Delivery.FEED, "music");

    @TempDir
    Path directory;

    final ManualLoop loop = new ManualLoop();
    final Map<String, Heard> facts = new HashMap<>();
    final AtomicInteger opened = new AtomicInteger();
    final List<AutoCloseable> open = new ArrayList<>();
    Optional<RuntimeException> fault = Optional.empty();
    Optional<String> missing = Optional.empty();
    long frame;

    RelayConfig config(Mount... mounts) {
        return config(List.of(mounts), List.of());
    }

    RelayConfig config(List<Mount> mounts, List<RelayConfig.Profile> profiles) {
        Configs configs = new Configs();
        configs.mounts = mounts;
        configs.profiles = profiles;
        configs.programs = new RelayConfig.Programs("icecast2", "liquidsoap", "/bin/true");
        configs.metering =
                new RelayConfig.Metering(mounts.stream().map(Mount::path).toList());
        return configs.build();
    }

    Metering metering() {
        return metering(directory);
    }

    Metering metering(Path run) {
        Metering metering = new Metering(
                run,
                loop,
                Optional.empty(),
                mount -> {
                    fault.ifPresent(present -> {
                        throw present;
                    });
                    return facts.getOrDefault(mount, Heard.NOTHING_KNOWN);
                },
                () -> {
                    if (missing.isPresent()) {
                        throw new MeteringUnavailableException(missing.get(), null);
                    }
                    opened.incrementAndGet();
                    return LoudnessMeter.open(2);
                });
        open.add(metering);
        return metering;
    }

    Metering metering(RelayConfig config) {
        Metering metering = metering();
        metering.use(config);
        return metering;
    }

    FakeDecoder decoder(Metering metering, RelayConfig config, String mount) throws IOException {
        Decoder decoder = metering.decoders(config, EXECUTABLES).stream()
                .filter(one -> one.mount().equals(mount))
                .findFirst()
                .orElseThrow();
        decoder.prepare();
        FakeDecoder fake = new FakeDecoder(metering.intake(mount).orElseThrow().socket());
        open.add(fake);
        return fake;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    /** 1 kHz in both channels, a level in dBFS; in phase over all calls. */
    float[] tone(int frames, double level) {
        float[] samples = new float[2 * frames];
        for (int i = 0; i < frames; i++) {
            float sample = (float) (Math.pow(10, level / 20) * Math.sin(2 * Math.PI * 1000 * frame++ / 48_000));
            samples[2 * i] = sample;
            samples[2 * i + 1] = sample;
        }
        return samples;
    }

    void play(Metering metering, FakeDecoder decoder, double seconds, double level) throws IOException {
        for (int i = 0; i < Math.round(seconds * 10); i++) {
            decoder.send(tone(TURN_FRAMES, level));
            loop.advance(Metering.TURN);
            metering.turn();
        }
    }

    void pass(Metering metering, double seconds) {
        for (int i = 0; i < Math.round(seconds * 10); i++) {
            loop.advance(Metering.TURN);
            metering.turn();
        }
    }

    static MeterSnapshot live(Metering metering) {
        return metering.snapshot().get("/live");
    }

    static Loudness reading(Metering metering) {
        return live(metering).reading().orElseThrow();
    }

    static boolean active(Metering metering, DeadAirKind kind) {
        return live(metering).deadAir().get(kind).active();
    }
}
