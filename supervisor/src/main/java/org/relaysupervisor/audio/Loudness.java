package org.relaysupervisor.audio;

/**
 * One reading of a {@link LoudnessMeter}. NaN means not known yet: less audio came than the value needs. -Infinity means silence.
 *
 * @param frames audio heard by then, since the meter was opened, at 48 kHz
 * @param momentary LUFS over the last 400 ms
 * @param shortTerm LUFS over the last 3 s
 * @param integrated LUFS, gated, since the last reset
 * @param range LU since the last reset, 0 or more
 * @param truePeak dBTP, the highest of all channels since the last reset
 * @param programmeFrames audio heard since the last reset, which the last three are of
 */
public record Loudness(
        long frames,
        double momentary,
        double shortTerm,
        double integrated,
        double range,
        double truePeak,
        long programmeFrames) {
    /** The same programme, with other values of the last seconds. */
    public Loudness with(long framesNow, double momentaryNow, double shortTermNow) {
        return new Loudness(framesNow, momentaryNow, shortTermNow, integrated, range, truePeak, programmeFrames);
    }
}
