package org.relaysupervisor.frames;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Frames of MPEG audio: ISO/IEC 11172-3 2.4.1.3 and 2.4.2.3 (MPEG-1), ISO/IEC 13818-3 (MPEG-2, half the sample rates), and the
 * unofficial MPEG-2.5 (a quarter). Header bits: 11 sync, 2 version, 2 layer, 1 not protected, 4 bit rate, 2 sample rate, 1 padding, 1
 * private, 2 channel mode, 2 mode extension, 1 copyright, 1 original, 2 emphasis. The free format (bit rate 0) is not understood,
 * since its frames don't say how long they are.
 */
final class MpegSyntax implements FrameSyntax {
    private static final int MPEG_2_5 = 0;
    private static final int MPEG_1 = 3;
    private static final int LAYER_III = 1;
    private static final int LAYER_I = 3;
    private static final int MONO = 3;

    /** Sync, version, layer and sample rate. */
    private static final long CONSTANT = 0xfffe_0c00L;

    /** In Hz, of MPEG-1. */
    private static final int[] SAMPLE_RATES = {44_100, 48_000, 32_000};

    /** In kbit/s, by bit rate index: MPEG-1 layers III, II, I; then MPEG-2 and 2.5 layers III, II, I. */
    private static final int[][] BIT_RATES = {
        {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
        {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
        {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
        {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
        {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
        {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
    };

    @Override
    public int headerLength() {
        return 4;
    }

    /** Layer II of MPEG-2.5 at 160 kbit/s and 8 kHz, padded. */
    @Override
    public int longestFrame() {
        return 2881;
    }

    /** The formula of 11172-3 2.4.3.1; layer I counts in slots of four bytes. */
    @Override
    public int length(long header) {
        if (!isHeader(header)) {
            return 0;
        }
        int slot = layer(header) == LAYER_I ? 4 : 1;
        int padding = bits(header, 9, 1);
        return (samples(header) / 8 / slot * bitRate(header) / sampleRate(header) + padding) * slot;
    }

    private static boolean isHeader(long header) {
        return bits(header, 21, 11) == 0x7ff
                && version(header) != 1
                && layer(header) != 0
                && bits(header, 12, 4) != 0
                && bits(header, 12, 4) != 15
                && bits(header, 10, 2) != 3;
    }

    @Override
    public int samples(long header) {
        if (layer(header) == LAYER_I) {
            return 384;
        }
        return layer(header) == LAYER_III && version(header) != MPEG_1 ? 576 : 1152;
    }

    @Override
    public AudioFormat format(long header) {
        String version = version(header) == MPEG_1 ? "1" : version(header) == MPEG_2_5 ? "2.5" : "2";
        String codec = "MPEG-" + version + " layer " + "I".repeat(4 - layer(header));
        return new AudioFormat(codec, sampleRate(header), isMono(header) ? 1 : 2);
    }

    @Override
    public boolean agree(long header, long other) {
        return ((header ^ other) & CONSTANT) == 0 && isMono(header) == isMono(other) && isHeader(other);
    }

    /**
     * Whether encoders have put a table for seeking where the audio would be: Xing's right behind the side information (with or
     * without room for the checksum of a protected frame), or Fraunhofer's VBRI 32 bytes behind the header.
     */
    @Override
    public boolean isInformation(long header, byte[] frame) {
        if (layer(header) != LAYER_III) {
            return false;
        }
        int sideInformation = version(header) == MPEG_1 ? isMono(header) ? 17 : 32 : isMono(header) ? 9 : 17;
        int behind = headerLength() + sideInformation;
        boolean hasChecksum = bits(header, 16, 1) == 0;
        return isXing(frame, behind)
                || (hasChecksum && isXing(frame, behind + 2))
                || has(frame, headerLength() + 32, "VBRI");
    }

    private static boolean isXing(byte[] frame, int position) {
        return has(frame, position, "Xing") || has(frame, position, "Info");
    }

    private static boolean has(byte[] frame, int position, String name) {
        byte[] wanted = name.getBytes(StandardCharsets.US_ASCII);
        int end = position + wanted.length;
        return end <= frame.length && Arrays.equals(frame, position, end, wanted, 0, wanted.length);
    }

    private static int version(long header) {
        return bits(header, 19, 2);
    }

    /** Counted backwards, as the header does: 3 is layer I. */
    private static int layer(long header) {
        return bits(header, 17, 2);
    }

    private static boolean isMono(long header) {
        return bits(header, 6, 2) == MONO;
    }

    /** In bit/s. */
    private static int bitRate(long header) {
        int table = layer(header) - 1 + (version(header) == MPEG_1 ? 0 : 3);
        return 1000 * BIT_RATES[table][bits(header, 12, 4)];
    }

    /** In Hz. */
    private static int sampleRate(long header) {
        int rate = SAMPLE_RATES[bits(header, 10, 2)];
        return version(header) == MPEG_1 ? rate : version(header) == MPEG_2_5 ? rate / 4 : rate / 2;
    }

    private static int bits(long header, int shift, int count) {
        return (int) (header >>> shift) & (1 << count) - 1;
    }
}
