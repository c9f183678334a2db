package org.relaysupervisor.audio;

/**
 * What tells a programme from dead air in 100 ms of audio. Levels are linear, full scale is 1.
 *
 * @param stereo whether the right channel is one of its own; if not, its values are the left's
 * @param peak largest sample of any channel
 * @param left RMS of the left channel without its DC
 * @param right RMS of the right channel without its DC
 * @param dc largest DC offset of any channel
 * @param correlation of the channels, -1 to 1; 0 when one of them is silent
 * @param clipped share of samples at full scale, 0 to 1
 * @param steadiness how much the spectrum is that of 100 ms and of 1 s before, 0 to 1; 0 while that isn't known,
 *     and while the level changes by more than {@link Steadiness#SAME_LEVEL}
 * @param levelChange dB, the larger difference in level to those two
 * @param repeatedBlocks how many blocks, this one included, repeat what was heard before; 0 for none
 */
public record BlockFeatures(
        boolean stereo,
        double peak,
        double left,
        double right,
        double dc,
        double correlation,
        double clipped,
        double steadiness,
        double levelChange,
        int repeatedBlocks) {
    /** RMS of the louder channel without its DC. */
    double louder() {
        return Math.max(left, right);
    }

    double quieter() {
        return Math.min(left, right);
    }
}
