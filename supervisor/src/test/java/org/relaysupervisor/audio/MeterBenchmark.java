package org.relaysupervisor.audio;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What 100 ms of stereo audio cost. Run by scripts/meter-benchmark, beside libebur128 in C and ffmpeg on the same audio. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class MeterBenchmark {
    /** Path of the audio, for {@link RawAudio}. */
    @Param("")
    public String audio;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private RawAudio file;
    private LoudnessMeter meter;
    private Ebur128 loudness;
    private Metering metering;

    /** The thread's own CPU time, which another process on the machine does not change as it does the time that passes. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Cost {
        public long cpuNanoseconds;
        public long blocks;
    }

    @Setup
    public void open() throws MeteringUnavailableException, IOException {
        file = new RawAudio(Path.of(audio));
        meter = LoudnessMeter.open(2);
        loudness = Ebur128.loudness(2);
        metering = new Metering();
    }

    @TearDown
    public void close() {
        meter.close();
        loudness.close();
        metering.close();
    }

    /** Nothing is read from it. */
    @Benchmark
    public void add(Cost cost) {
        float[] block = file.next();
        long before = threads.getCurrentThreadCpuTime();
        meter.add(block, 0, BlockAnalyzer.BLOCK_FRAMES);
        count(cost, before);
    }

    @Benchmark
    public void addWithoutTruePeak(Cost cost) {
        float[] block = file.next();
        long before = threads.getCurrentThreadCpuTime();
        loudness.add(block, 0, BlockAnalyzer.BLOCK_FRAMES);
        count(cost, before);
    }

    @Benchmark
    public void addAndRead(Cost cost) {
        float[] block = file.next();
        long before = threads.getCurrentThreadCpuTime();
        metering.measure(block);
        count(cost, before);
    }

    @Benchmark
    public void detectDeadAir(Cost cost) {
        float[] block = file.next();
        long before = threads.getCurrentThreadCpuTime();
        metering.analyze(block);
        count(cost, before);
    }

    private void count(Cost cost, long before) {
        cost.cpuNanoseconds += threads.getCurrentThreadCpuTime() - before;
        cost.blocks++;
    }
}
