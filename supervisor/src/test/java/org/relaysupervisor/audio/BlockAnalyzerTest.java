package org.relaysupervisor.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.relaysupervisor.audio.Programme.music;
import static org.relaysupervisor.audio.Programme.panned;
import static org.relaysupervisor.audio.Signal.RATE;
import static org.relaysupervisor.audio.Signal.noise;
import static org.relaysupervisor.audio.Signal.sine;
import static org.relaysupervisor.audio.Signal.stereo;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockAnalyzerTest {
    @Test
    void levelsAreLinear() {
        BlockFeatures block = last(stereo().add(0.1, sine(1000, -20), frame -> 0.25));
        assertThat(block.left()).isCloseTo(0.1 / Math.sqrt(2), within(1e-4));
        assertThat(block.right()).isCloseTo(0, within(1e-4));
        assertThat(block.dc()).isCloseTo(0.25, within(1e-6));
        assertThat(block.peak()).isEqualTo(0.25);
        assertThat(block.correlation()).isZero();
    }

    @Test
    void correlationIsOfTheChannels() {
        assertThat(last(stereo().add(0.1, panned(music(1), 1, 0.5))).correlation())
                .isCloseTo(1, within(1e-6));
        assertThat(last(stereo().add(0.1, panned(music(1), 1, -0.5))).correlation())
                .isCloseTo(-1, within(1e-6));
        assertThat(last(stereo().add(0.1, noise(1, -20), noise(2, -20))).correlation())
                .isCloseTo(0, within(0.1));
    }

    @Test
    void howTheAudioIsCutMakesNoDifference() {
        float[] samples = stereo().add(10, music(3), music(4)).samples();
        List<BlockFeatures> whole = new ArrayList<>();
        new BlockAnalyzer(2, whole::add).add(samples, 0, samples.length / 2);
        List<BlockFeatures> cut = new ArrayList<>();
        BlockAnalyzer analyzer = new BlockAnalyzer(2, cut::add);
        for (int frame = 0; frame < samples.length / 2; frame += 777) {
            analyzer.add(samples, 2 * frame, Math.min(777, samples.length / 2 - frame));
        }
        assertThat(cut).hasSize(100).isEqualTo(whole);
    }

    @Test
    void whatIsNoNumberIsSilence() {
        float[] samples = stereo().all(0.1, sine(1000, -20)).samples();
        samples[17] = Float.NaN;
        samples[18] = Float.NEGATIVE_INFINITY;
        assertThat(features(samples)).last().satisfies(block -> {
            assertThat(block.peak()).isCloseTo(0.1, within(1e-3));
            assertThat(block.left()).isCloseTo(0.0707, within(1e-3));
        });
    }

    @Test
    void aLoopNeedNotBeAWholeNumberOfSamplesLong() {
        double period = 1.3 + 0.37 / RATE;
        List<BlockFeatures> blocks = features(stereo().all(20, frame -> {
                    double time = frame / (double) RATE % period;
                    return Math.exp(-9 * (time % 0.4)) * Math.sin(2 * Math.PI * time * (300 + 900 * time)) / 3;
                })
                .samples());
        assertThat(blocks.get(blocks.size() - 1).repeatedBlocks()).isGreaterThan(150);
    }

    @Test
    void nothingIsComparedAcrossAGap() {
        float[] once = stereo().all(5, music(5)).samples();
        List<BlockFeatures> blocks = new ArrayList<>();
        BlockAnalyzer analyzer = new BlockAnalyzer(2, blocks::add);
        analyzer.add(once, 0, once.length / 2);
        analyzer.add(once, 0, once.length / 4);
        analyzer.discontinuity();
        analyzer.add(once, 0, once.length / 2);
        assertThat(blocks.get(blocks.size() - 1).repeatedBlocks()).isZero();
    }

    @Test
    void channelsAreOneOrTwo() {
        assertThatIllegalArgumentException().isThrownBy(() -> new BlockAnalyzer(6, block -> {}));
    }

    private static BlockFeatures last(Signal signal) {
        List<BlockFeatures> blocks = features(signal.samples());
        return blocks.get(blocks.size() - 1);
    }

    private static List<BlockFeatures> features(float[] samples) {
        List<BlockFeatures> blocks = new ArrayList<>();
        new BlockAnalyzer(2, blocks::add).add(samples, 0, samples.length / 2);
        return blocks;
    }
}
