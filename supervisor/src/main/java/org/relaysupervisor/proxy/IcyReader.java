package org.relaysupervisor.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Takes one stream apart into audio and the titles in it, whatever pieces it comes in: what {@link IcyWriter} put together. */
final class IcyReader {
    private static final String TITLE = "StreamTitle='";
    private static final String ADDRESS = "StreamUrl='";
    private static final String END = "';";

    /** Who is given the parts, in their order. */
    interface Owner {
        void audio(byte[] bytes, int offset, int length);

        /** Also when it is the one before. */
        void title(String text, String url);
    }

    private final int interval;
    private int untilTitle;
    /** The title being read; empty between two. A length of 0 is a title that has not changed. */
    private byte[] block = {};

    private int blockLength;

    /** @param interval bytes of audio between two titles; 0 when there are no titles */
    IcyReader(int interval) {
        this.interval = interval;
        this.untilTitle = interval;
    }

    void accept(byte[] bytes, Owner owner) {
        int at = 0;
        while (at < bytes.length) {
            if (interval == 0) {
                owner.audio(bytes, at, bytes.length - at);
                return;
            }
            if (block.length > 0) {
                at += readBlock(bytes, at, owner);
            } else if (untilTitle == 0) {
                block = new byte[(bytes[at] & 0xFF) * 16];
                untilTitle = interval;
                at++;
            } else {
                int length = Math.min(untilTitle, bytes.length - at);
                owner.audio(bytes, at, length);
                untilTitle -= length;
                at += length;
            }
        }
    }

    private int readBlock(byte[] bytes, int from, Owner owner) {
        int length = Math.min(block.length - blockLength, bytes.length - from);
        System.arraycopy(bytes, from, block, blockLength, length);
        blockLength += length;
        if (blockLength == block.length) {
            byte[] whole = block;
            block = new byte[0];
            blockLength = 0;
            tell(whole, owner);
        }
        return length;
    }

    /** What is no title is none, and harms nothing. */
    private static void tell(byte[] block, Owner owner) {
        int end = block.length;
        while (end > 0 && block[end - 1] == 0) {
            end--;
        }
        // Latin 1 keeps each byte, so that the quotes are found before the text is understood.
        String raw = new String(Arrays.copyOf(block, end), StandardCharsets.ISO_8859_1);
        if (raw.contains(TITLE)) {
            owner.title(field(raw, TITLE), field(raw, ADDRESS));
        }
    }

    private static String field(String raw, String name) {
        int begin = raw.indexOf(name);
        if (begin < 0) {
            return "";
        }
        int end = raw.indexOf(END, begin + name.length());
        String value = raw.substring(begin + name.length(), end < 0 ? raw.length() : end);
        return TitleUpdate.text(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
