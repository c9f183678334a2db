package org.relaysupervisor.frames;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Pages of Ogg made by hand. */
public final class OggPages {
    static final int CONTINUED = 1;
    static final int FIRST = 2;

    private OggPages() {}

    /** A page with whole packets. */
    static byte[] page(int flags, long granule, int serial, byte[]... packets) {
        List<Integer> segments = new ArrayList<>();
        for (byte[] packet : packets) {
            for (int i = 0; i < packet.length / 255; i++) {
                segments.add(255);
            }
            segments.add(packet.length % 255);
        }
        return page(flags, granule, serial, segments, Cut.join(packets));
    }

    static byte[] page(int flags, long granule, int serial, List<Integer> segments, byte[] body) {
        ByteBuffer page =
                ByteBuffer.allocate(27 + segments.size() + body.length).order(ByteOrder.LITTLE_ENDIAN);
        page.put("OggS".getBytes(StandardCharsets.US_ASCII)).put((byte) 0).put((byte) flags);
        page.putLong(granule).putInt(serial).putInt(0).putInt(0).put((byte) segments.size());
        segments.forEach(segment -> page.put(segment.byteValue()));
        page.put(body);
        return sealed(page.array());
    }

    /** With the checksum that belongs to it, calculated a bit at a time. */
    static byte[] sealed(byte[] page) {
        ByteBuffer fields = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN).putInt(22, 0);
        int checksum = 0;
        for (byte octet : page) {
            checksum ^= octet << 24;
            for (int bit = 0; bit < 8; bit++) {
                checksum = checksum << 1 ^ (checksum < 0 ? 0x04c1_1db7 : 0);
            }
        }
        fields.putInt(22, checksum);
        return page;
    }

    private static ByteBuffer packet(int length, String magic) {
        return ByteBuffer.allocate(length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(0, magic.getBytes(StandardCharsets.ISO_8859_1));
    }

    static byte[] opusHead(int channels, int preSkip) {
        return packet(19, "OpusHead")
                .put(8, (byte) 1)
                .put(9, (byte) channels)
                .putShort(10, (short) preSkip)
                .putInt(12, 44_100)
                .array();
    }

    static byte[] vorbisHead(int channels, int rate) {
        return packet(30, "\1vorbis")
                .put(11, (byte) channels)
                .putInt(12, rate)
                .put(28, (byte) 0xb8)
                .put(29, (byte) 1)
                .array();
    }

    static byte[] flacHead(int furtherHeaders, int channels, int rate) {
        return packet(51, "\177FLAC\1\0")
                .order(ByteOrder.BIG_ENDIAN)
                .putShort(7, (short) furtherHeaders)
                .put(9, "fLaC".getBytes(StandardCharsets.US_ASCII))
                .putShort(17, (short) 4096)
                .putShort(19, (short) 4096)
                .putInt(27, rate << 12 | (channels - 1) << 9)
                .array();
    }

    static byte[] speexHead(int channels, int rate, int extraHeaders) {
        return packet(80, "Speex   ")
                .putInt(36, rate)
                .putInt(48, channels)
                .putInt(56, 320)
                .putInt(64, 2)
                .putInt(68, extraHeaders)
                .array();
    }

    /** So many packets of 20 ms. */
    static byte[][] opusPackets(int count) {
        byte[][] packets = new byte[count][];
        for (int i = 0; i < count; i++) {
            packets[i] = new byte[60 + i];
            packets[i][0] = (byte) 0xfc;
        }
        return packets;
    }

    /** Both header pages and so many seconds of audio, a page each. */
    public static byte[] opus(int serial, int channels, int seconds) {
        return Cut.join(opusHeaders(serial, channels), opusAudio(serial, 1, seconds + 1));
    }

    public static byte[] opusHeaders(int serial, int channels) {
        return Cut.join(page(FIRST, 0, serial, opusHead(channels, 312)), page(0, 0, serial, new byte[100]));
    }

    /** The seconds from one on until before another, counted from 1, a page each. */
    public static byte[] opusAudio(int serial, int from, int to) {
        byte[] pages = {};
        for (int i = from; i < to; i++) {
            pages = Cut.join(pages, page(0, 48_000L * i + 312, serial, opusPackets(50)));
        }
        return pages;
    }
}
