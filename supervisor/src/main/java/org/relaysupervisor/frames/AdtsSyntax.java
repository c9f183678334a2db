package org.relaysupervisor.frames;

/**
 * Frames of AAC in ADTS: ISO/IEC 14496-3 1.A.2.2 and 1.A.3. Header bits: 12 sync, 1 ID (MPEG-2), 2 layer (0), 1 not protected, 2 profile,
 * 4 sampling frequency, 1 private, 3 channels, 4 flags, 13 length, 11 buffer fullness, 2 blocks less one. With SBR that only the
 * decoder knows of (HE-AAC as it is always sent in ADTS) the header has the rate and, with PS, the channels of the core, and the
 * duration is right with these.
 */
final class AdtsSyntax implements FrameSyntax {
    /** Sync, layer, profile, sampling frequency and channels. */
    private static final long CONSTANT = 0xfff6_fdc0_0000_00L;

    private static final int SAMPLES_PER_BLOCK = 1024;

    private static final String[] PROFILES = {"Main", "LC", "SSR", "LTP"};

    /** In Hz, by sampling frequency index: ISO/IEC 14496-3 table 1.18. */
    private static final int[] SAMPLE_RATES = {
        96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350
    };

    /** By channel configuration: table 1.19. Configuration 0 is told further in; two are the rule. */
    private static final int[] CHANNELS = {2, 1, 2, 3, 4, 5, 6, 8};

    @Override
    public int headerLength() {
        return 7;
    }

    @Override
    public int longestFrame() {
        return (1 << 13) - 1;
    }

    @Override
    public int length(long header) {
        if (bits(header, 44, 12) != 0xfff || bits(header, 41, 2) != 0 || bits(header, 34, 4) >= SAMPLE_RATES.length) {
            return 0;
        }
        int length = bits(header, 13, 13);
        return length > headerAndChecksums(header) ? length : 0;
    }

    /** A protected frame has a checksum, and the position of each further block. */
    private int headerAndChecksums(long header) {
        boolean isProtected = bits(header, 40, 1) == 0;
        return headerLength() + (isProtected ? 2 * blocks(header) : 0);
    }

    @Override
    public int samples(long header) {
        return SAMPLES_PER_BLOCK * blocks(header);
    }

    private static int blocks(long header) {
        return 1 + bits(header, 0, 2);
    }

    @Override
    public AudioFormat format(long header) {
        return new AudioFormat(
                "AAC " + PROFILES[bits(header, 38, 2)],
                SAMPLE_RATES[bits(header, 34, 4)],
                CHANNELS[bits(header, 30, 3)]);
    }

    @Override
    public boolean agree(long header, long other) {
        return ((header ^ other) & CONSTANT) == 0 && length(other) > 0;
    }

    @Override
    public boolean isInformation(long header, byte[] frame) {
        return false;
    }

    private static int bits(long header, int shift, int count) {
        return (int) (header >>> shift) & (1 << count) - 1;
    }
}
