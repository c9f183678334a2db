package org.relaysupervisor.frames;

import java.util.Arrays;

/**
 * The bytes of a stream that are not yet decided on, the oldest at position 0. Its memory starts small and grows up to twice the
 * look-ahead that it was made for, so that moving the bytes to the front costs less than one copy of each.
 */
final class Window {
    private static final int FIRST_CAPACITY = 2048;

    private final int limit;
    private byte[] bytes;
    private int start;
    private int end;

    /** @param lookAhead in bytes: whoever has that many can decide, and so leaves fewer behind */
    Window(int lookAhead) {
        limit = 2 * lookAhead;
        bytes = new byte[Math.min(FIRST_CAPACITY, limit)];
    }

    int size() {
        return end - start;
    }

    /** In bytes: what it holds in memory, for tests of the bound. */
    int capacity() {
        return bytes.length;
    }

    /** Takes as many bytes as there is room for, and says how many: at least one of what is offered. */
    int fill(byte[] from, int offset, int length) {
        if (end == bytes.length) {
            makeRoom();
        }
        int taken = Math.min(length, bytes.length - end);
        System.arraycopy(from, offset, bytes, end, taken);
        end += taken;
        return taken;
    }

    private void makeRoom() {
        int size = size();
        byte[] roomy = size <= bytes.length / 2 ? bytes : new byte[Math.min(2 * bytes.length, limit)];
        System.arraycopy(bytes, start, roomy, 0, size);
        bytes = roomy;
        start = 0;
        end = size;
    }

    /** The byte at this position, 0 to 255. */
    int at(int position) {
        return bytes[start + position] & 0xff;
    }

    /** Up to eight bytes as one number, the most significant first. */
    long number(int position, int length) {
        long number = 0;
        for (int i = 0; i < length; i++) {
            number = number << 8 | at(position + i);
        }
        return number;
    }

    /** Whether these characters stand at the front, all of them. */
    boolean startsWith(String characters) {
        if (size() < characters.length()) {
            return false;
        }
        for (int i = 0; i < characters.length(); i++) {
            if (at(i) != characters.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    void skip(int length) {
        start += length;
    }

    /** Takes the first bytes away, as an array of their own. */
    byte[] take(int length) {
        byte[] taken = Arrays.copyOfRange(bytes, start, start + length);
        skip(length);
        return taken;
    }
}
