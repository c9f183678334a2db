package org.relaysupervisor.frames;

import java.util.Optional;

/** One logical stream in Ogg: how far its headers and its time have come. */
final class OggStream {
    private static final int[] OPUS_SILK_SAMPLES = {480, 960, 1920, 2880};

    /** 120 ms at 48 kHz. */
    private static final int OPUS_LONGEST_PACKET = 5760;

    private final Optional<OggCodec> codec;
    private int headerPacketsLeft;

    /** In samples, of the end of the newest packet. */
    private long position;

    /** @param first its first page, which is yet to be {@linkplain #isHeader looked at} */
    OggStream(OggPage first) {
        codec = OggCodec.of(first);
        int headerPackets = codec.map(OggCodec::headerPackets).orElse(0);
        headerPacketsLeft = headerPackets == 0 ? Integer.MAX_VALUE : headerPackets;
    }

    /** Empty when it is not audio or its codec is not known. */
    Optional<AudioFormat> format() {
        return codec.map(OggCodec::format);
    }

    /** Whether its next page is a header: all are until the last header packet, and none has a time. */
    boolean isHeader(OggPage page) {
        boolean header = headerPacketsLeft > 0 && page.granule() <= 0;
        headerPacketsLeft = header ? Math.max(0, headerPacketsLeft - page.packetsEnding()) : 0;
        return header;
    }

    /**
     * How long its next page lasts: the difference of granule positions, for Opus without what is not played (RFC 7845 4.3). When positions
     * jump, as where a page is missing or a stream is joined, no more than the packets that end on the page can have.
     */
    int samples(OggPage page) {
        if (page.granule() < 0 || codec.isEmpty()) {
            return 0;
        }
        long end = Math.max(0, page.granule() - codec.get().preSkip());
        long passed = end - position;
        position = end;
        return (int) Math.max(0, Math.min(passed, mostSamples(page)));
    }

    private int mostSamples(OggPage page) {
        int longestPacket = codec.map(OggCodec::longestPacket).orElse(0);
        return longestPacket == 0 ? opusSamples(page) : longestPacket * page.packetsEnding();
    }

    private static int opusSamples(OggPage page) {
        int samples = 0;
        int position = page.bodyPosition();
        boolean starts = !page.isContinued();
        int packet = OPUS_LONGEST_PACKET;
        for (int i = 0; i < page.segments(); i++) {
            packet = starts ? opusPacketSamples(page.bytes(), position) : packet;
            position += page.segment(i);
            starts = page.segment(i) < 255;
            samples += starts ? packet : 0;
        }
        return samples;
    }

    /** RFC 6716 3.1: the first byte says how long a frame is, and with the next one how many there are. */
    private static int opusPacketSamples(byte[] page, int position) {
        if (position + 1 >= page.length) {
            return OPUS_LONGEST_PACKET;
        }
        int configuration = (page[position] & 0xff) >>> 3;
        int count = page[position] & 3;
        int frames = count == 0 ? 1 : count < 3 ? 2 : page[position + 1] & 0x3f;
        return Math.min(frames * opusFrameSamples(configuration), OPUS_LONGEST_PACKET);
    }

    private static int opusFrameSamples(int configuration) {
        if (configuration < 12) {
            return OPUS_SILK_SAMPLES[configuration & 3];
        }
        return configuration < 16 ? OPUS_SILK_SAMPLES[configuration & 1] : 120 << (configuration & 3);
    }
}
