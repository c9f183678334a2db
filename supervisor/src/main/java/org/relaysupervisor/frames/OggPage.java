package org.relaysupervisor.frames;

import java.util.Arrays;

/**
 * One whole page of Ogg: RFC 3533 section 6. Numbers have their least significant byte first: 4 capture pattern, 1 version, 1 flags, 8
 * granule position, 4 serial number, 4 page number, 4 checksum, 1 count of segments, and a length of each.
 */
record OggPage(byte[] bytes) {
    static final String CAPTURE_PATTERN = "OggS";

    /** In bytes, without the lengths of the segments. */
    static final int HEADER_LENGTH = 27;

    /** In bytes: 255 segments of 255. */
    static final int LONGEST = HEADER_LENGTH + 255 + 255 * 255;

    /** Of the granule position, when no packet ends on the page. */
    static final long NO_GRANULE = -1;

    private static final int CHECKSUM = 22;
    private static final int SEGMENTS = 26;

    private static final int[] CHECKSUM_STEPS = checksumSteps();

    /** By the byte that is shifted out: the polynomial 0x04c11db7, most significant bit first. */
    private static int[] checksumSteps() {
        int[] steps = new int[256];
        for (int i = 0; i < 256; i++) {
            int step = i << 24;
            for (int bit = 0; bit < 8; bit++) {
                step = step << 1 ^ (step < 0 ? 0x04c1_1db7 : 0);
            }
            steps[i] = step;
        }
        return steps;
    }

    /** In bytes, of the page at the front; 0 when there is none, and negative when more bytes are needed to say. */
    static int length(Window window) {
        int known = Math.min(window.size(), CAPTURE_PATTERN.length());
        for (int i = 0; i < known; i++) {
            if (window.at(i) != CAPTURE_PATTERN.charAt(i)) {
                return 0;
            }
        }
        if (window.size() < HEADER_LENGTH) {
            return -1;
        }
        boolean isKnownVersion = window.at(4) == 0 && window.at(5) < 8;
        int segments = window.at(SEGMENTS);
        if (!isKnownVersion) {
            return 0;
        }
        if (window.size() < HEADER_LENGTH + segments) {
            return -1;
        }
        int length = HEADER_LENGTH + segments;
        for (int i = 0; i < segments; i++) {
            length += window.at(HEADER_LENGTH + i);
        }
        return length;
    }

    /** Whether the page at the front is as its checksum says. */
    static boolean isWhole(Window window, int length) {
        int checksum = 0;
        for (int i = 0; i < length; i++) {
            int octet = i >= CHECKSUM && i < CHECKSUM + 4 ? 0 : window.at(i);
            checksum = checksum << 8 ^ CHECKSUM_STEPS[checksum >>> 24 ^ octet];
        }
        return checksum == Integer.reverseBytes((int) window.number(CHECKSUM, 4));
    }

    boolean isContinued() {
        return (bytes[5] & 1) != 0;
    }

    boolean isFirst() {
        return (bytes[5] & 2) != 0;
    }

    long granule() {
        return Long.reverseBytes(number(6, 8));
    }

    int serial() {
        return Integer.reverseBytes((int) number(14, 4));
    }

    private long number(int position, int length) {
        long number = 0;
        for (int i = 0; i < length; i++) {
            number = number << 8 | at(position + i);
        }
        return number;
    }

    /** The byte at this position, 0 to 255. */
    private int at(int position) {
        return bytes[position] & 0xff;
    }

    int segments() {
        return at(SEGMENTS);
    }

    /** In bytes; a packet ends with the first segment of less than 255. */
    int segment(int index) {
        return at(HEADER_LENGTH + index);
    }

    int bodyPosition() {
        return HEADER_LENGTH + segments();
    }

    /** How many packets end on this page. */
    int packetsEnding() {
        int ending = 0;
        for (int i = 0; i < segments(); i++) {
            ending += segment(i) < 255 ? 1 : 0;
        }
        return ending;
    }

    /** As much of the packet at the page's start as is on this page. */
    byte[] firstPacket() {
        int end = bodyPosition();
        for (int i = 0; i < segments(); i++) {
            end += segment(i);
            if (segment(i) < 255) {
                break;
            }
        }
        return Arrays.copyOfRange(bytes, bodyPosition(), end);
    }
}
