package org.relaysupervisor.metering;

import org.relaysupervisor.audio.BlockAnalyzer;
import org.relaysupervisor.audio.BlockFeatures;
import org.relaysupervisor.audio.DeadAirDetector;
import org.relaysupervisor.audio.Loudness;
import org.relaysupervisor.audio.LoudnessMeter;

/**
 * Measures and judges the samples of one mount. Momentary loudness is read every 100 ms of audio, because the detector wants it; the
 * rest, which costs more, every second. For one thread; holds native memory until it is closed.
 */
final class Ear implements AutoCloseable {
    private static final int CHANNELS = 2;
    private static final int BLOCKS_PER_SECOND = 10;

    private final LoudnessMeter meter;
    private final DeadAirDetector detector;
    private final BlockAnalyzer analyzer = new BlockAnalyzer(CHANNELS, this::judge);
    private int blocks;
    private boolean splicing;
    private Loudness reading;

    Ear(LoudnessMeter meter, DeadAirDetector detector) {
        this.meter = meter;
        this.detector = detector;
        this.reading = meter.reading();
    }

    void add(float[] interleaved, int frames) {
        int done = 0;
        while (done < frames) {
            int now = Math.min(frames - done, analyzer.framesMissing());
            // The meter first: at the end of the block its loudness is asked for.
            meter.add(interleaved, done * CHANNELS, now);
            analyzer.add(interleaved, done * CHANNELS, now);
            done += now;
        }
        if (splicing) {
            meter.discontinuity();
        }
    }

    private void judge(BlockFeatures block) {
        double momentary = splicing ? Double.NaN : meter.momentary();
        detector.hear(block, momentary);
        blocks = (blocks + 1) % BLOCKS_PER_SECOND;
        // Short-term loudness comes as soon as it is known: with it the resynchronisation ends.
        boolean all = blocks == 0 || (!splicing && Double.isNaN(reading.shortTerm()));
        reading = all && !splicing ? meter.reading() : reading.with(meter.frames(), momentary, reading.shortTerm());
    }

    /** From here on audio that belongs together and audio that does not may be mixed, until {@link #spliced}. */
    void splicing() {
        splicing = true;
        discontinuity();
    }

    /** From here on all audio belongs together again. */
    void spliced() {
        splicing = false;
        discontinuity();
    }

    private void discontinuity() {
        meter.discontinuity();
        analyzer.discontinuity();
        reading = reading.with(meter.frames(), Double.NaN, Double.NaN);
    }

    void startProgramme() {
        meter.startProgramme();
        Loudness fresh = meter.reading();
        reading = fresh.with(fresh.frames(), reading.momentary(), reading.shortTerm());
    }

    Loudness reading() {
        return reading;
    }

    /** Whether every value that depends on the last seconds is known. */
    boolean settled() {
        return !splicing && !Double.isNaN(reading.shortTerm());
    }

    @Override
    public void close() {
        meter.close();
    }
}
