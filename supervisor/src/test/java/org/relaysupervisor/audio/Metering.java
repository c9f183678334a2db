package org.relaysupervisor.audio;

/** Meter, analyzer and detector for one mount, fed and read as the daemon does it. */
final class Metering implements AutoCloseable {
    private final LoudnessMeter meter = LoudnessMeter.open(2);
    private final DeadAirDetector detector = new DeadAirDetector(DeadAirThresholds.MUSIC);
    private final BlockAnalyzer analyzer = new BlockAnalyzer(2, this::judge);
    private double momentary;
    private int blocks;

    Metering() throws MeteringUnavailableException {}

    void hear(float[] block) {
        measure(block);
        analyze(block);
    }

    /** Momentary loudness ten times a second, all values once. */
    void measure(float[] block) {
        meter.add(block, 0, BlockAnalyzer.BLOCK_FRAMES);
        momentary = meter.momentary();
        if (++blocks % 10 == 0) {
            meter.reading();
        }
    }

    void analyze(float[] block) {
        analyzer.add(block, 0, BlockAnalyzer.BLOCK_FRAMES);
    }

    @Override
    public void close() {
        meter.close();
    }

    private void judge(BlockFeatures features) {
        detector.hear(features, momentary);
    }
}
