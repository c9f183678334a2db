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
    private int inBlock;
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
            int now = Math.min(frames - done, BlockAnalyzer.BLOCK_FRAMES - inBlock);
            // The meter first: at the end of the block its loudness is asked for.
            meter.add(interleaved, done * CHANNELS, now);
            inBlock = (inBlock + now) % BlockAnalyzer.BLOCK_FRAMES;
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
        reading = all && !splicing ? meter.reading() : momentarily(momentary);
    }

    private Loudness momentarily(double momentary) {
        return new Loudness(
                meter.frames(),
                momentary,
                reading.shortTerm(),
                reading.integrated(),
                reading.range(),
                reading.truePeak(),
                reading.programmeFrames());
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
        inBlock = 0;
        reading = new Loudness(
                meter.frames(),
                Double.NaN,
                Double.NaN,
                reading.integrated(),
                reading.range(),
                reading.truePeak(),
                reading.programmeFrames());
    }

    void startProgramme() {
        meter.startProgramme();
        double momentary = reading.momentary();
        double shortTerm = reading.shortTerm();
        Loudness fresh = meter.reading();
        reading = new Loudness(
                fresh.frames(),
                momentary,
                shortTerm,
                fresh.integrated(),
                fresh.range(),
                fresh.truePeak(),
                fresh.programmeFrames());
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
