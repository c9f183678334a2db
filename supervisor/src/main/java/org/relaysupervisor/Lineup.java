package org.relaysupervisor;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.metering.Decoder;
import org.relaysupervisor.process.Fingerprint;
import org.relaysupervisor.process.ProcFs;
import org.relaysupervisor.process.ProcessSpec;
import org.relaysupervisor.programs.IcecastProgram;
import org.relaysupervisor.programs.LiquidsoapProgram;
import org.relaysupervisor.proxy.ProxySettings;
import org.relaysupervisor.recording.Recorder;
import org.relaysupervisor.recording.RecordingSnapshot;
import org.relaysupervisor.supervise.ChildSpec;
import org.relaysupervisor.supervise.RestartPolicy;

/**
 * The children that one configuration asks for, and how each is watched. A new configuration makes a new lineup. An edge has neither
 * Icecast nor Liquidsoap.
 *
 * <p>How long a hang can go unseen follows from the times here, see {@link ChildSpec#hangBound()}: Icecast 11.5 s, Liquidsoap
 * 19 s, the recorder 22 s, a decoder 11.5 s.
 *
 * @param proxy what it is told, secrets included
 */
record Lineup(
        RelayConfig config,
        ProxySettings proxy,
        Optional<IcecastProgram> icecast,
        Optional<LiquidsoapProgram> liquidsoap,
        Optional<Recorder> recorder,
        List<Decoder> decoders) {
    private static final Duration PROBE_TIMEOUT = Duration.ofMillis(2_500);
    private static final Duration READY_EVERY = Duration.ofMillis(20);

    /**
     * In the order in which they depend on each other. A port that somebody else has is looked for beforehand: Icecast and
     * Liquidsoap would only end, with code 0 or 1 and a line in the log.
     *
     * @param heard told, before each start, of the lane of the Liquidsoap that is heard
     */
    List<ChildSpec> specs(IcecastWatch watch, ProcFs procFs, Consumer<Lane> heard) {
        List<ChildSpec> specs = new ArrayList<>();
        icecast.ifPresent(present -> specs.add(new ChildSpec(
                IcecastProgram.NAME,
                List.of(),
                new Lasting(Fingerprint.of(present.given()), () -> {
                    procFs.requireFree("icecast.port", config.icecast().port());
                    return present.prepare();
                }),
                pid -> present.ready(pid, watch::remember),
                READY_EVERY,
                pid -> present.alive(watch::remember),
                Duration.ofSeconds(2),
                2,
                PROBE_TIMEOUT,
                Duration.ofSeconds(15),
                Duration.ofSeconds(5),
                policy())));
        liquidsoap.ifPresent(present -> specs.add(new ChildSpec(
                LiquidsoapProgram.NAME,
                List.of(IcecastProgram.NAME),
                new LiquidsoapLaunch(present, procFs, heard),
                present::ready,
                Duration.ofMillis(100),
                present::alive,
                Duration.ofSeconds(3),
                3,
                PROBE_TIMEOUT,
                Duration.ofSeconds(90),
                Duration.ofSeconds(5),
                policy())));
        List<String> makers = liquidsoap.isPresent() ? List.of(LiquidsoapProgram.NAME) : List.of();
        recorder.ifPresent(present -> specs.add(new ChildSpec(
                Recorder.NAME,
                makers,
                present::prepare,
                present::ready,
                Duration.ofMillis(200),
                present::alive,
                Duration.ofSeconds(4),
                3,
                PROBE_TIMEOUT,
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                policy())));
        decoders.forEach(decoder -> specs.add(new ChildSpec(
                decoder.name(),
                makers,
                decoder::prepare,
                decoder::ready,
                Duration.ofMillis(200),
                decoder::alive,
                Duration.ofSeconds(2),
                2,
                PROBE_TIMEOUT,
                Duration.ofSeconds(15),
                Duration.ofSeconds(2),
                policy())));
        return specs;
    }

    /** A launch of what may outlive the daemon: it holds no connection whose end would be its own. */
    private record Lasting(Fingerprint given, ChildSpec.Launch launch) implements ChildSpec.Launch {
        @Override
        public ProcessSpec prepare() throws IOException {
            return launch.prepare().lasting(given);
        }

        @Override
        public Optional<Fingerprint> lasting() {
            return Optional.of(given);
        }
    }

    /** Where Liquidsoap runs. */
    Lane lane() {
        return liquidsoap.map(LiquidsoapProgram::lane).orElse(Lane.A);
    }

    /** The same children, but Liquidsoap. */
    Lineup withLiquidsoap(LiquidsoapProgram other) {
        return new Lineup(config, proxy, icecast, Optional.of(other), recorder, decoders);
    }

    /** The same children, but the recorder that is running already. */
    Lineup withRecorder(Optional<Recorder> running) {
        return new Lineup(config, proxy, icecast, liquidsoap, running, decoders);
    }

    /** How the recording goes; also when there is none. Any thread. */
    RecordingSnapshot recording() {
        return recorder.map(Recorder::snapshot)
                .orElseGet(() ->
                        RecordingSnapshot.nothing(false, config.recording().mount()));
    }

    private RestartPolicy policy() {
        RelayConfig.Restart restart = config.restart();
        return new RestartPolicy(
                restart.firstDelay(),
                restart.maximumDelay(),
                restart.resetAfter(),
                restart.intensity(),
                restart.window(),
                restart.failedDelay());
    }

    /** What each child is given: arguments and files as one text. Holds secrets; for comparison only. */
    Map<String, String> given() throws IOException {
        Map<String, String> given = new LinkedHashMap<>();
        if (icecast.isPresent()) {
            given.put(IcecastProgram.NAME, icecast.get().given());
        }
        if (liquidsoap.isPresent()) {
            given.put(LiquidsoapProgram.NAME, liquidsoap.get().given());
        }
        if (recorder.isPresent()) {
            given.put(Recorder.NAME, recorder.get().given());
        }
        decoders.forEach(decoder -> given.put(decoder.name(), decoder.given()));
        return given;
    }
}
