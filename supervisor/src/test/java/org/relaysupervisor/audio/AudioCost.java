package org.relaysupervisor.audio;

import static org.relaysupervisor.audio.Programme.music;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** Not a test: prints what the meter and the detector cost, in CPU time per second of stereo audio. Run by hand. */
final class AudioCost {
    private static final int SECONDS = 60;
    private static final int BLOCK = BlockAnalyzer.BLOCK_FRAMES;

    private AudioCost() {}

    public static void main(String[] args) throws MeteringUnavailableException {
        float[] samples = Signal.stereo().all(SECONDS, music(1)).samples();
        try (LoudnessMeter meter = LoudnessMeter.open(2)) {
            DeadAirDetector detector = new DeadAirDetector(DeadAirThresholds.MUSIC);
            BlockAnalyzer analyzer = new BlockAnalyzer(2, block -> detector.hear(block, -20));
            Steadiness steadiness = new Steadiness();
            LoopFinder loop = new LoopFinder();
            float[] left = new float[BLOCK];
            float[] right = new float[BLOCK];
            for (int round = 0; round < 5; round++) {
                print("meter, add", samples, at -> meter.add(samples, at, BLOCK));
                print("meter, M ten times a second", samples, at -> meter.momentary());
                print("meter, all values ten times a second", samples, at -> meter.reading());
                print("meter, S ten times a second", samples, at -> meter.shortTerm());
                print("of the analyzer, steadiness", samples, at -> {
                    split(samples, at, left, right);
                    steadiness.add(left, right, 0.01);
                });
                print("of the analyzer, loop", samples, at -> {
                    split(samples, at, left, right);
                    loop.add(left, right);
                });
                print("analyzer and detector", samples, at -> analyzer.add(samples, at, BLOCK));
            }
        }
    }

    private static void split(float[] samples, int at, float[] left, float[] right) {
        for (int i = 0; i < BLOCK; i++) {
            left[i] = samples[at + 2 * i];
            right[i] = samples[at + 2 * i + 1];
        }
    }

    @FunctionalInterface
    private interface Work {
        void on(int firstSample);
    }

    private static void print(String what, float[] samples, Work work) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        for (int at = 0; at < samples.length; at += 2 * BLOCK) {
            work.on(at);
        }
        double milliseconds = (threads.getCurrentThreadCpuTime() - before) / 1e6 / SECONDS;
        System.out.printf("%s: %.3f ms/s, %.3f %% of a core%n", what, milliseconds, milliseconds / 10);
    }
}
