package org.relaysupervisor.audio;

/**
 * Loudness after EBU R 128 of a stream that never ends, in constant memory. Time is frames counted, so a value belongs to the audio
 * and not to the moment at which it came. Not for use by two threads at once.
 *
 * <p>Integrated loudness, range and true peak are those of a <em>programme</em>: from the last {@link #startProgramme}, and at most
 * {@link #PROGRAMME_FRAMES}, after which the next programme starts by itself. Momentary and short-term loudness don't notice.
 */
public final class LoudnessMeter implements AutoCloseable {
    public static final int SAMPLE_RATE = 48_000;

    /** 24 hours of audio. */
    public static final long PROGRAMME_FRAMES = 24L * 3600 * SAMPLE_RATE;

    static final int MOMENTARY_FRAMES = SAMPLE_RATE * 4 / 10;
    static final int SHORT_TERM_FRAMES = SAMPLE_RATE * 3;

    /** LUFS. What is left of the filters' decay below the last bit of 24 is silence. */
    private static final double SILENCE = -150;

    private final int channels;
    private final long programmeLimit;

    /** Measures momentary and short-term loudness. */
    private Ebur128 windows;

    /** Measures the programme; a state of its own only until it is old enough for the windows too. */
    private Ebur128 programme;

    private final TruePeak truePeak;
    private float[] finite = new float[0];
    private long frames;
    private long contiguousSince;
    private long programmeSince;
    private long notFinite;

    /**
     * @param channels as {@link Ebur128} takes them; the library must be loaded
     * @param programmeLimit frames after which a programme ends by itself, more than {@link #SHORT_TERM_FRAMES}
     */
    LoudnessMeter(int channels, long programmeLimit) {
        this.channels = channels;
        this.programmeLimit = programmeLimit;
        windows = Ebur128.loudness(channels);
        programme = windows;
        truePeak = new TruePeak(channels);
    }

    /**
     * @param channels 1 or 2; one channel is measured as one loudspeaker, 3 LU below the same audio in two
     * @throws MeteringUnavailableException when libebur128 is missing or of the wrong version
     */
    public static LoudnessMeter open(int channels) throws MeteringUnavailableException {
        if (channels != 1 && channels != 2) {
            throw new IllegalArgumentException("channels must be 1 or 2, but are " + channels);
        }
        Ebur128.load(Ebur128.LIBRARY);
        return new LoudnessMeter(channels, PROGRAMME_FRAMES);
    }

    /**
     * @param interleaved samples, full scale is 1; what is not a finite number is measured as 0 and counted
     * @param offset index of the first sample
     * @param count frames: samples of one channel
     */
    public void add(float[] interleaved, int offset, int count) {
        int samples = count * channels;
        if (finite.length < samples) {
            finite = new float[samples];
        }
        System.arraycopy(interleaved, offset, finite, 0, samples);
        if (!allFinite(samples)) {
            removeNotFinite(samples);
        }
        measure(count);
    }

    /** 0 times a number is 0, and anything else makes the sum no number. */
    private boolean allFinite(int samples) {
        float[] checked = finite;
        float even = 0;
        float odd = 0;
        for (int i = 1; i < samples; i += 2) {
            even += 0 * checked[i - 1];
            odd += 0 * checked[i];
        }
        return even + odd + 0 * checked[samples - 1] == 0;
    }

    private void removeNotFinite(int samples) {
        for (int i = 0; i < samples; i++) {
            if (!Float.isFinite(finite[i])) {
                finite[i] = 0;
                notFinite++;
            }
        }
    }

    private void measure(int count) {
        truePeak.add(finite, 0, count);
        windows.add(finite, 0, count);
        if (programme != windows) {
            programme.add(finite, 0, count);
        }
        frames += count;
        if (programme != windows && programmeFrames() >= SHORT_TERM_FRAMES) {
            windows.close();
            windows = programme;
        }
        if (programmeFrames() >= programmeLimit) {
            startProgramme();
        }
    }

    /** The integrated values start anew; momentary and short-term loudness go on. */
    public void startProgramme() {
        Ebur128 fresh = Ebur128.loudness(channels);
        if (programme != windows) {
            programme.close();
        }
        programme = fresh;
        programmeSince = frames;
        truePeak.reset();
    }

    /**
     * Audio is missing before the next frame. Momentary and short-term loudness are not known until their windows hold only audio
     * that belongs together; the programme goes on.
     */
    public void discontinuity() {
        contiguousSince = frames;
    }

    /** Frames heard since the meter was opened. */
    public long frames() {
        return frames;
    }

    /** Samples that were no finite number. */
    public long notFinite() {
        return notFinite;
    }

    /** LUFS over the last 400 ms; NaN while there is less, -Infinity for silence. Costs some 30 microseconds. */
    public double momentary() {
        return contiguous() < MOMENTARY_FRAMES ? Double.NaN : orSilence(windows.momentary());
    }

    /** LUFS over the last 3 s; NaN while there is less, -Infinity for silence. Costs some 240 microseconds. */
    public double shortTerm() {
        return contiguous() < SHORT_TERM_FRAMES ? Double.NaN : orSilence(windows.shortTerm());
    }

    /** LUFS of the programme, gated; NaN in its first 400 ms, -Infinity while nothing passed the gate. */
    public double integrated() {
        return programmeFrames() < MOMENTARY_FRAMES ? Double.NaN : programme.integrated();
    }

    /** LU of the programme, 0 or more; NaN in its first 3 s. */
    public double range() {
        return programmeFrames() < SHORT_TERM_FRAMES ? Double.NaN : programme.range();
    }

    /** dBTP, the highest of the programme in any channel; -Infinity for digital silence. */
    public double truePeak() {
        return 20 * Math.log10(truePeak.peak());
    }

    /** All values at once. */
    public Loudness reading() {
        return new Loudness(frames, momentary(), shortTerm(), integrated(), range(), truePeak(), programmeFrames());
    }

    /** Gives the native memory back. Every later measurement throws; closing again does nothing. */
    @Override
    public void close() {
        windows.close();
        programme.close();
        truePeak.close();
    }

    private long contiguous() {
        return frames - contiguousSince;
    }

    private long programmeFrames() {
        return frames - programmeSince;
    }

    private static double orSilence(double lufs) {
        return lufs < SILENCE ? Double.NEGATIVE_INFINITY : lufs;
    }
}
