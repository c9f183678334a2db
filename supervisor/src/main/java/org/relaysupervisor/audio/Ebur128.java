package org.relaysupervisor.audio;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.DoubleByReference;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;

/**
 * One measuring state of libebur128 1.2, either for loudness and its range, the integrated values from histograms, so that memory is
 * constant, or for true peaks. All native access of this package is here.
 */
final class Ebur128 implements AutoCloseable {
    static final String LIBRARY = "libebur128.so.1";

    /** Frames that one native call takes; longer input is cut. */
    private static final int CHUNK_FRAMES = 4800;

    private static final long SAMPLE_RATE = 48_000;
    private static final int FLOAT_BYTES = 4;

    private static final int MODE_SHORT_TERM = 0b11;
    private static final int MODE_INTEGRATED = 0b101;
    private static final int MODE_RANGE = 0b1011;
    private static final int MODE_TRUE_PEAK = 0b110001;
    private static final int MODE_HISTOGRAM = 0b1000000;

    private static final int SUCCESS = 0;

    private final int channels;
    private final Memory chunk;
    private final DoubleByReference result = new DoubleByReference();
    private Pointer state;

    private Ebur128(int channels, int mode) {
        this.channels = channels;
        chunk = new Memory((long) CHUNK_FRAMES * channels * FLOAT_BYTES);
        state = Functions.ebur128_init(channels, SAMPLE_RATE, mode);
        if (state == null) {
            throw new OutOfMemoryError("libebur128 could not make a state for " + channels + " channels");
        }
    }

    /** @param channels 1, 2, or 5 (L, R, C, Ls, Rs); {@link #load} must have succeeded */
    static Ebur128 loudness(int channels) {
        return new Ebur128(channels, MODE_SHORT_TERM | MODE_INTEGRATED | MODE_RANGE | MODE_HISTOGRAM);
    }

    /** @param channels as for {@link #loudness} */
    static Ebur128 truePeak(int channels) {
        return new Ebur128(channels, MODE_TRUE_PEAK);
    }

    /**
     * @param library the file's name as the dynamic linker finds it, or a path
     * @throws MeteringUnavailableException when it is missing, or not of version 1.2 or a later 1.x
     */
    static void load(String library) throws MeteringUnavailableException {
        NativeLibrary loaded;
        try {
            loaded = NativeLibrary.getInstance(library);
        } catch (LinkageError e) {
            throw new MeteringUnavailableException(library + " can't be loaded; apt install libebur128-1", e);
        }
        requireVersion(library, loaded);
        try {
            Functions.register(loaded);
        } catch (LinkageError e) {
            throw new MeteringUnavailableException(
                    library + " lacks a function of libebur128 1.2; apt install libebur128-1", e);
        }
    }

    private static void requireVersion(String library, NativeLibrary loaded) throws MeteringUnavailableException {
        IntByReference major = new IntByReference();
        IntByReference minor = new IntByReference();
        IntByReference patch = new IntByReference();
        try {
            loaded.getFunction("ebur128_get_version").invokeVoid(new Object[] {major, minor, patch});
        } catch (LinkageError e) {
            throw new MeteringUnavailableException(library + " is not libebur128; apt install libebur128-1", e);
        }
        if (major.getValue() != 1 || minor.getValue() < 2) {
            throw new MeteringUnavailableException(
                    "%s is version %d.%d.%d, but 1.2 or a later 1.x is needed; apt install libebur128-1"
                            .formatted(library, major.getValue(), minor.getValue(), patch.getValue()),
                    null);
        }
    }

    /** Samples must be finite: the filters would never forget one that is not. */
    void add(float[] interleaved, int offset, int frames) {
        Pointer measuring = open();
        int done = 0;
        while (done < frames) {
            int now = Math.min(CHUNK_FRAMES, frames - done);
            chunk.write(0, interleaved, offset + done * channels, now * channels);
            check(Functions.ebur128_add_frames_float(measuring, chunk, now));
            done += now;
        }
    }

    /** LUFS of the last 400 ms, -Infinity for none. */
    double momentary() {
        check(Functions.ebur128_loudness_momentary(open(), result));
        return result.getValue();
    }

    /** LUFS of the last 3 s, -Infinity for none. */
    double shortTerm() {
        check(Functions.ebur128_loudness_shortterm(open(), result));
        return result.getValue();
    }

    /** LUFS of all since the beginning, gated; -Infinity while nothing passed the gate. */
    double integrated() {
        check(Functions.ebur128_loudness_global(open(), result));
        return result.getValue();
    }

    /** LU; 0 while nothing passed the gate. */
    double range() {
        check(Functions.ebur128_loudness_range(open(), result));
        return result.getValue();
    }

    /** Largest of all channels in what was last added, at most {@link #CHUNK_FRAMES}; full scale is 1. */
    double latestTruePeak() {
        double peak = 0;
        for (int channel = 0; channel < channels; channel++) {
            check(Functions.ebur128_prev_true_peak(open(), channel, result));
            peak = Math.max(peak, result.getValue());
        }
        return peak;
    }

    @Override
    public void close() {
        if (state != null) {
            Functions.ebur128_destroy(new PointerByReference(state));
            state = null;
            chunk.close();
        }
    }

    private Pointer open() {
        if (state == null) {
            throw new IllegalStateException("the meter is closed");
        }
        return state;
    }

    private static void check(int error) {
        if (error != SUCCESS) {
            throw new IllegalStateException("libebur128 refused the call with error " + error);
        }
    }

    /** As in ebur128.h; {@code size_t} and {@code unsigned long} are 64 bits wide on the systems that the daemon runs on. */
    private static final class Functions {
        private static boolean registered;

        private Functions() {}

        static synchronized void register(NativeLibrary library) {
            if (!registered) {
                Native.register(Functions.class, library);
                registered = true;
            }
        }

        static native Pointer ebur128_init(int channels, long sampleRate, int mode);

        static native void ebur128_destroy(PointerByReference state);

        static native int ebur128_add_frames_float(Pointer state, Pointer interleaved, long frames);

        static native int ebur128_loudness_momentary(Pointer state, DoubleByReference lufs);

        static native int ebur128_loudness_shortterm(Pointer state, DoubleByReference lufs);

        static native int ebur128_loudness_global(Pointer state, DoubleByReference lufs);

        static native int ebur128_loudness_range(Pointer state, DoubleByReference loudnessUnits);

        static native int ebur128_prev_true_peak(Pointer state, int channel, DoubleByReference peak);
    }
}
