package org.relaysupervisor.audio;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Meter, analyzer and detector in a row, as the daemon joins them, and when each kind first was active. */
final class Listening implements AutoCloseable {
    private static final int CHUNK = 1111;

    final DeadAirDetector detector;
    private final LoudnessMeter meter;
    private final BlockAnalyzer analyzer;
    private final int channels;
    private final Map<DeadAirKind, Double> firstActive = new EnumMap<>(DeadAirKind.class);
    private double heard;
    private BlockFeatures last;

    Listening(int channels, DeadAirThresholds thresholds) throws MeteringUnavailableException {
        this.channels = channels;
        meter = LoudnessMeter.open(channels);
        detector = new DeadAirDetector(thresholds);
        analyzer = new BlockAnalyzer(channels, this::block);
    }

    static Listening stereo() throws MeteringUnavailableException {
        return new Listening(2, DeadAirThresholds.MUSIC);
    }

    Listening hear(Signal signal) {
        return hear(signal.samples());
    }

    /** In chunks that are no multiple of a block. */
    Listening hear(float[] samples) {
        int frames = samples.length / channels;
        for (int frame = 0; frame < frames; frame += CHUNK) {
            int now = Math.min(CHUNK, frames - frame);
            meter.add(samples, frame * channels, now);
            analyzer.add(samples, frame * channels, now);
        }
        return this;
    }

    /** Audio is missing. */
    void gap() {
        meter.discontinuity();
        analyzer.discontinuity();
    }

    Set<DeadAirKind> active() {
        Set<DeadAirKind> active = EnumSet.noneOf(DeadAirKind.class);
        for (DeadAir state : detector.states().values()) {
            if (state.active()) {
                active.add(state.kind());
            }
        }
        return active;
    }

    /** Kinds that were active at any time, and after how many seconds. */
    Map<DeadAirKind, Double> firstActive() {
        return firstActive;
    }

    DeadAir state(DeadAirKind kind) {
        return detector.states().get(kind);
    }

    BlockFeatures last() {
        return last;
    }

    @Override
    public void close() {
        meter.close();
    }

    private void block(BlockFeatures features) {
        last = features;
        heard += 0.1;
        detector.hear(features, meter.momentary());
        for (DeadAirKind kind : active()) {
            firstActive.putIfAbsent(kind, heard);
        }
    }
}
