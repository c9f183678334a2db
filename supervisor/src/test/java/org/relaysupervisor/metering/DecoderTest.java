package org.relaysupervisor.metering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Delivery;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.process.ProcessSpec;
import org.relaysupervisor.programs.Configs;

class DecoderTest extends MeteringBench {
    private static final Mount DEEP =
            new Mount("/studio/one", Format.OPUS, 64, 48_000, 1, false, Delivery.FEED, "music");

    private Decoder only(Metering metering, RelayConfig config) {
        return metering.decoders(config, EXECUTABLES).get(0);
    }

    @Test
    void theMainMountsDecoderHasThePlainNameAndComesFirst() {
        RelayConfig config = config(DEEP, Configs.LIVE);
        assertThat(metering(config).decoders(config, EXECUTABLES))
                .extracting(Decoder::name, Decoder::mount)
                .containsExactly(tuple("decoder", "/live"), tuple("decoder-studio+one", "/studio/one"));
    }

    @Test
    void ffmpegIsToldTheFormatAndWhereToBringTheSamples() throws Exception {
        RelayConfig config = config(DEEP);
        ProcessSpec spec = only(metering(config), config).prepare();
        assertThat(spec.name()).isEqualTo("decoder-studio+one");
        assertThat(spec.argv())
                .startsWith("/bin/true")
                .containsSequence("-f", "ogg")
                .containsSequence("-user_agent", "relay-supervisor-decoder")
                .containsSequence("-recv_buffer_size", "2048")
                .containsSequence("-i", "http://127.0.0.1:8000/studio/one")
                .endsWith("-f", "f32le", "unix:" + directory.resolve("samples+studio+one"));
        assertThat(spec.environment()).containsOnlyKeys("PATH", "LANG");
        assertThat(directory.resolve("samples+studio+one")).exists();
    }

    @Test
    void whatItIsGivenChangesWithTheMountAndNotWithAProfile() {
        RelayConfig config = config(DEEP);
        Mount talk = new Mount("/studio/one", Format.OPUS, 64, 48_000, 1, false, Delivery.FEED, "talk");
        Mount aac = new Mount("/studio/one", Format.AAC, 64, 48_000, 1, false, Delivery.FEED, "music");
        Metering metering = metering(config);
        String given = only(metering, config).given();
        assertThat(only(metering, config(talk)).given()).isEqualTo(given);
        assertThat(only(metering, config(aac)).given()).isNotEqualTo(given);
    }

    @Test
    void itIsReadyOnceSamplesOfThisStartCame() throws Exception {
        RelayConfig config = config(Configs.LIVE);
        Metering metering = metering(config);
        Decoder decoder = only(metering, config);
        FakeDecoder first = decoder(metering, config, "/live");
        assertThatThrownBy(() -> decoder.ready(1)).hasMessageContaining("not decoded anything");
        play(metering, first, 1, -20);
        decoder.ready(1);
        // The next start has to bring some of its own, and what the last one still had is not it.
        FakeDecoder second = decoder(metering, config, "/live");
        first.send(tone(TURN_FRAMES, -20));
        assertThatThrownBy(() -> decoder.ready(2)).hasMessageContaining("not decoded anything");
        play(metering, second, 0.2, -20);
        decoder.ready(2);
    }

    @Test
    void itIsAliveWhileSamplesComeOrThereIsNothingToDecode() throws Exception {
        RelayConfig config = config(Configs.LIVE);
        Metering metering = metering(config);
        Decoder decoder = only(metering, config);
        FakeDecoder fake = decoder(metering, config, "/live");
        play(metering, fake, 1, -20);
        decoder.alive(1);
        assertThatThrownBy(() -> decoder.alive(1)).hasMessageContaining("decodes nothing");
        play(metering, fake, 0.1, -20);
        decoder.alive(1);
        facts.put("/live", new Heard(Duration.ofSeconds(2), Duration.ZERO, 0));
        assertThatCode(() -> decoder.alive(1)).doesNotThrowAnyException();
        decoder(metering, config, "/live");
        assertThatCode(() -> decoder.ready(2)).doesNotThrowAnyException();
    }

    @Test
    void aSocketPathThatTheKernelCannotTakeIsRefusedWithTheWayOut() throws Exception {
        Path deep = Files.createDirectories(directory.resolve("d".repeat(100)));
        RelayConfig config = config(Configs.LIVE);
        Metering metering = metering(deep);
        metering.use(config);
        assertThatThrownBy(() -> only(metering, config).prepare())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("107")
                .hasMessageContaining("shorter state directory");
        pass(metering, 0.1);
        assertThat(metering.failures()).isZero();
    }

    @Test
    void aMissingProgramIsNamedWithTheRemedy() {
        Configs configs = new Configs();
        configs.programs = new RelayConfig.Programs("icecast2", "liquidsoap", "no-such-program");
        configs.metering = new RelayConfig.Metering(List.of("/live"));
        RelayConfig config = configs.build();
        Metering metering = metering(config);
        assertThatThrownBy(() -> only(metering, config).prepare())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("apt install ffmpeg");
    }
}
