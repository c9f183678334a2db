package org.relaysupervisor;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.metering.Decoder;
import org.relaysupervisor.process.ProcFs;
import org.relaysupervisor.programs.IcecastProgram;
import org.relaysupervisor.programs.LiquidsoapProgram;
import org.relaysupervisor.recording.Recorder;
import org.relaysupervisor.recording.RecordingSnapshot;
import org.relaysupervisor.supervise.ChildSpec;
import org.relaysupervisor.supervise.RestartPolicy;

/**
 * The children that one configuration asks for, and how each is watched. A new configuration makes a new lineup.
 *
 * <p>How long a hang can go unseen follows from the times here, see {@link ChildSpec#hangBound()}: Icecast 11.5 s, Liquidsoap
 * 19 s, the recorder 22 s, a decoder 11.5 s.
 */
record Lineup(
        RelayConfig config,
        IcecastProgram icecast,
        LiquidsoapProgram liquidsoap,
        Optional<Recorder> recorder,
        List<Decoder> decoders) {
    private static final Duration PROBE_TIMEOUT = Duration.ofMillis(2_500);
    private static final Duration READY_EVERY = Duration.ofMillis(20);

    /**
     * In the order in which they depend on each other. A port that somebody else has is looked for beforehand: Icecast and
     * Liquidsoap would only end, with code 0 or 1 and a line in the log.
     */
    List<ChildSpec> specs(IcecastWatch watch, ProcFs procFs) {
        List<ChildSpec> specs = new ArrayList<>();
        specs.add(new ChildSpec(
                IcecastProgram.NAME,
                List.of(),
                () -> {
                    procFs.requireFree("icecast.port", config.icecast().port());
                    return icecast.prepare();
                },
                pid -> icecast.ready(pid, watch::remember),
                READY_EVERY,
                pid -> icecast.alive(watch::remember),
                Duration.ofSeconds(2),
                2,
                PROBE_TIMEOUT,
                Duration.ofSeconds(15),
                Duration.ofSeconds(5),
                policy()));
        specs.add(new ChildSpec(
                LiquidsoapProgram.NAME,
                List.of(IcecastProgram.NAME),
                () -> {
                    procFs.requireFree("harbor.port", config.harbor().port());
                    return liquidsoap.prepare();
                },
                liquidsoap::ready,
                Duration.ofMillis(100),
                liquidsoap::alive,
                Duration.ofSeconds(3),
                3,
                PROBE_TIMEOUT,
                Duration.ofSeconds(90),
                Duration.ofSeconds(5),
                policy()));
        recorder.ifPresent(present -> specs.add(new ChildSpec(
                Recorder.NAME,
                List.of(LiquidsoapProgram.NAME),
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
                List.of(LiquidsoapProgram.NAME),
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

    /** The same children, but the recorder that is running already. */
    Lineup withRecorder(Optional<Recorder> running) {
        return new Lineup(config, icecast, liquidsoap, running, decoders);
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
        given.put(IcecastProgram.NAME, icecast.given());
        given.put(LiquidsoapProgram.NAME, liquidsoap.given());
        if (recorder.isPresent()) {
            given.put(Recorder.NAME, recorder.get().given());
        }
        decoders.forEach(decoder -> given.put(decoder.name(), decoder.given()));
        return given;
    }
}
