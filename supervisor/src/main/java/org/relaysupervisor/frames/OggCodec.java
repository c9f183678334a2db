package org.relaysupervisor.frames;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * What the first page of a logical stream tells of its audio.
 *
 * @param headerPackets how many there are, the first included; 0 when the stream doesn't say
 * @param preSkip samples at the start that are not played
 * @param longestPacket samples that no packet exceeds; 0 when each Opus packet tells its own
 */
record OggCodec(AudioFormat format, int headerPackets, int preSkip, int longestPacket) {
    /** In Hz; what the 20 bits of FLAC can say. */
    private static final int HIGHEST_RATE = 0xf_ffff;

    private static final int OPUS_RATE = 48_000;

    /** Recognized by the first packet; empty when it is not audio or not known. */
    static Optional<OggCodec> of(OggPage page) {
        byte[] packet = page.firstPacket();
        ByteBuffer fields = ByteBuffer.wrap(packet).order(ByteOrder.LITTLE_ENDIAN);
        Optional<OggCodec> codec = Optional.empty();
        if (begins(packet, "OpusHead", 19)) {
            codec = Optional.of(opus(fields));
        } else if (begins(packet, "\1vorbis", 30)) {
            codec = Optional.of(vorbis(fields));
        } else if (begins(packet, "\177FLAC", 51)) {
            codec = Optional.of(flac(fields.order(ByteOrder.BIG_ENDIAN)));
        } else if (begins(packet, "Speex   ", 80)) {
            codec = Optional.of(speex(fields));
        }
        return codec.filter(OggCodec::isPossible);
    }

    private static boolean begins(byte[] packet, String magic, int length) {
        byte[] wanted = magic.getBytes(StandardCharsets.ISO_8859_1);
        return packet.length >= length && Arrays.equals(packet, 0, wanted.length, wanted, 0, wanted.length);
    }

    private boolean isPossible() {
        return format.sampleRate() >= 1
                && format.sampleRate() <= HIGHEST_RATE
                && format.channels() >= 1
                && format.channels() <= 255;
    }

    /** RFC 7845 5.1: granules always count 48 kHz, whatever the input was. */
    private static OggCodec opus(ByteBuffer head) {
        int channels = head.get(9) & 0xff;
        return new OggCodec(new AudioFormat("Opus", OPUS_RATE, channels), 2, head.getShort(10) & 0xffff, 0);
    }

    /** Vorbis I specification 4.2.2; two blocks of the longer size overlap by half. */
    private static OggCodec vorbis(ByteBuffer head) {
        int longerBlock = 1 << ((head.get(28) & 0xff) >>> 4);
        return new OggCodec(new AudioFormat("Vorbis", head.getInt(12), head.get(11) & 0xff), 3, 0, longerBlock / 2);
    }

    /** The mapping of FLAC to Ogg: STREAMINFO (RFC 9639 8.2) starts at byte 17. */
    private static OggCodec flac(ByteBuffer head) {
        int further = head.getShort(7) & 0xffff;
        int rate = head.getInt(27) >>> 12;
        int channels = 1 + (head.get(29) >>> 1 & 7);
        int longestBlock = head.getShort(19) & 0xffff;
        return new OggCodec(new AudioFormat("FLAC", rate, channels), further == 0 ? 0 : 1 + further, 0, longestBlock);
    }

    /** The Speex manual, its header in Ogg. */
    private static OggCodec speex(ByteBuffer head) {
        int extra = Math.min(Math.max(head.getInt(68), 0), 0xff);
        long packet = (long) head.getInt(56) * head.getInt(64);
        int longest = (int) Math.min(Math.max(packet, 0), 0xffff);
        return new OggCodec(new AudioFormat("Speex", head.getInt(36), head.getInt(48)), 2 + extra, 0, longest);
    }
}
