package org.relaysupervisor;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.programs.LiquidsoapProgram;
import org.relaysupervisor.programs.OnAir;
import org.relaysupervisor.programs.SampleLevel;
import org.relaysupervisor.proxy.Proxy.Sample;

/**
 * Judges a Liquidsoap that plays beside the one on the air: whether listeners would lose by hearing it instead. On a probe's thread.
 */
final class Audition {
    private static final long NETWORK_MILLIS = 1_000;

    private final Function<String, Future<Sample>> samples;
    private final Supplier<Optional<OnAir>> onAir;
    private final Executables executables;

    /**
     * @param samples what the two sources of a mount sent last
     * @param onAir what plays now
     */
    Audition(Function<String, Future<Sample>> samples, Supplier<Optional<OnAir>> onAir, Executables executables) {
        this.samples = samples;
        this.onAir = onAir;
        this.executables = executables;
    }

    /**
     * Passes when each mount has a second of its audio, it plays an input no less preferred than the one on the air, and it sounds, or
     * the one on the air doesn't either.
     *
     * @return what would be heard, for people
     * @throws IOException when not; the message says what is missing
     */
    String judge(LiquidsoapProgram candidate) throws IOException, InterruptedException {
        RelayConfig config = candidate.config();
        String plays = candidate.onAirAsGoodAs(onAir.get());
        StringBuilder heard = new StringBuilder("it plays " + plays);
        for (RelayConfig.Mount mount : config.mounts()) {
            Sample sample = sample(mount.path());
            if (sample.beside().length < bytesPerSecond(mount)) {
                throw new IOException("it sends no audio to " + mount.path() + " yet");
            }
            double level = SampleLevel.of(executables.ffmpeg(config.programs()), sample.beside());
            if (level < config.silence().threshold() && sounds(config, sample.heard())) {
                throw new IOException(String.format(
                        Locale.ROOT,
                        "it is silent on %s (%.0f dBFS), and what is on the air is not",
                        mount.path(),
                        level));
            }
            heard.append(String.format(Locale.ROOT, ", %.0f dBFS on %s", level, mount.path()));
        }
        return heard.toString();
    }

    private static long bytesPerSecond(RelayConfig.Mount mount) {
        // Some of it: an Opus stream of speech has fewer bits than it may have, and digital silence hardly any.
        return mount.format() == RelayConfig.Format.OPUS ? 1 : mount.bitrate() * 1000L / 8;
    }

    private boolean sounds(RelayConfig config, byte[] audio) throws IOException {
        return audio.length > 0
                && SampleLevel.of(executables.ffmpeg(config.programs()), audio)
                        >= config.silence().threshold();
    }

    private Sample sample(String mount) throws IOException, InterruptedException {
        try {
            return samples.apply(mount).get(NETWORK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IOException("the proxy does not answer", e);
        }
    }
}
