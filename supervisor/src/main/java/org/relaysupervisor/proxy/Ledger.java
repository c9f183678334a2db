package org.relaysupervisor.proxy;

import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the next daemon must know of each connection that is kept, in memory that outlives this one. It may be read after a death at any
 * moment: what is said of bytes is written down before they are handed to the kernel, and whose line isn't whole yet isn't kept yet.
 */
final class Ledger {
    /** What a connection is kept as. */
    enum Kind {
        LISTENER(0, "listener-"),
        EDGE(1, "listener-"),
        /** Of a feed. */
        SOURCE(2, "source-"),
        /** A feed's own to Icecast. */
        ICECAST(3, "icecast-"),
        DJ(4, "dj-"),
        /** A source past the feed. */
        PASSED(5, "passed-");

        /** As it is written down. */
        private final int code;

        private final String prefix;

        Kind(int code, String prefix) {
            this.code = code;
            this.prefix = prefix;
        }

        private static Kind of(int code) {
            return Arrays.stream(values())
                    .filter(kind -> kind.code == code)
                    .findFirst()
                    .orElse(LISTENER);
        }

        /** Of the names of all such connections. */
        String prefix() {
            return prefix;
        }
    }

    /**
     * How much is written down at the most.
     *
     * @param name of the memory, another one for another layout
     */
    record Size(String name, int lines, int lineBytes) {
        /** Half of what the unit lets the service manager keep. */
        static final Size OF_LISTENERS = new Size("ledger-1", 2000, 1024);

        /** Sources, Icecast and DJs, whose requests are kept whole. */
        static final Size OF_NEIGHBOURS = new Size("ledger-neighbours-1", 100, 4096);

        int bytes() {
            return lineBytes * (1 + lines);
        }
    }

    /** In the first line: the number of the connection that is kept next, so that no two have the same name. */
    private static final int NEXT_NUMBER = 0;

    /** Offsets in a line, and sizes. A number of zero means that the line is free. */
    private static final int NUMBER = 0;

    private static final int ACCEPTED_MILLIS = 8;
    private static final int KIND = 16;
    private static final int ADDRESS_LENGTH = 17;
    private static final int REQUEST_LENGTH = 18;
    private static final int MARKS = 20;
    private static final int ADDRESS = 24;
    private static final int FIRST_MARK = 64;
    private static final int REQUEST = FIRST_MARK + Mark.KEPT * Mark.BYTES;

    private final ByteBuffer memory;
    private final Size size;
    private final ArrayDeque<Line> free = new ArrayDeque<>();

    /** @param memory of this size; all zeros, or what an earlier daemon left */
    Ledger(ByteBuffer memory, Size size) {
        this.memory = memory;
        this.size = size;
    }

    private int longestRequest() {
        return size.lineBytes() - REQUEST;
    }

    /** Frees all lines but these, which go on. To be called once, before any is taken. */
    void freeAllBut(Set<Line> goingOn) {
        Set<Integer> used = goingOn.stream().map(line -> line.index).collect(Collectors.toSet());
        for (int i = 1; i <= size.lines(); i++) {
            if (!used.contains(i)) {
                new Line(i).end();
            }
        }
    }

    /**
     * One point of a connection, counted in its bytes from the first one on: from here on it has some that are no audio, a title or what
     * a decoder needs before, and then audio of the feed.
     *
     * @param length of what is no audio
     * @param untilTitle audio bytes after it up to the next title; {@link #NO_TITLES} where there are none
     * @param position of the audio in the feed
     */
    record Mark(long start, int length, int untilTitle, long position) {
        static final int NO_TITLES = -1;
        static final int BYTES = 24;

        /** One for each 16,000 bytes: twice what can be in our memory between here and the kernel. */
        static final int KEPT = 16;

        /**
         * Where the connection goes on when the kernel has taken so many bytes; empty when it can't, or when this contradicts itself.
         */
        Optional<Mark> after(long taken) {
            long audio = taken - start - length;
            if (audio < 0) {
                // What is left of a title may be anything. What a decoder needs may not.
                return untilTitle == NO_TITLES
                        ? Optional.empty()
                        : Optional.of(new Mark(taken, (int) -audio, untilTitle, position));
            }
            if (untilTitle == NO_TITLES) {
                return Optional.of(new Mark(taken, 0, NO_TITLES, position + audio));
            }
            return audio <= untilTitle
                    ? Optional.of(new Mark(taken, 0, (int) (untilTitle - audio), position + audio))
                    : Optional.empty();
        }
    }

    /**
     * Takes a line; empty when none is free or the request is too long.
     *
     * @param address whom the connection is for
     */
    Optional<Line> begin(Kind kind, Instant acceptedAt, InetAddress address, byte[] request) {
        if (free.isEmpty() || request.length > longestRequest()) {
            return Optional.empty();
        }
        Line line = free.removeFirst();
        line.begin(kind, acceptedAt, address, request);
        return Optional.of(line);
    }

    /** The line of a kept connection's name; empty when that is none of ours. */
    Optional<Line> find(String name) {
        String[] parts = name.split("-", -1);
        if (parts.length != 3 || !parts[1].matches("\\d{1,4}") || !parts[2].matches("\\d{1,18}")) {
            return Optional.empty();
        }
        int at = Integer.parseInt(parts[1]);
        return at < 1 || at > size.lines()
                ? Optional.empty()
                : Optional.of(new Line(at)).filter(line -> line.name().equals(name));
    }

    /** One connection's. */
    final class Line {
        private final int index;
        private final int at;

        private Line(int index) {
            this.index = index;
            this.at = index * size.lineBytes();
        }

        private long number() {
            return memory.getLong(at + NUMBER);
        }

        /** That the connection is kept by. */
        String name() {
            return name(kind().prefix());
        }

        /** Of a second connection that belongs to it. */
        String name(String prefix) {
            return prefix + index + "-" + number();
        }

        private void begin(Kind kind, Instant acceptedAt, InetAddress whom, byte[] request) {
            byte[] address = whom.getAddress();
            memory.putLong(at + ACCEPTED_MILLIS, acceptedAt.toEpochMilli());
            memory.put(at + KIND, (byte) kind.code);
            memory.put(at + ADDRESS_LENGTH, (byte) address.length);
            memory.put(at + ADDRESS, address);
            memory.putShort(at + REQUEST_LENGTH, (short) request.length);
            memory.put(at + REQUEST, request);
            memory.putInt(at + MARKS, 0);
            long number = memory.getLong(NEXT_NUMBER) + 1;
            memory.putLong(NEXT_NUMBER, number);
            VarHandle.releaseFence();
            memory.putLong(at + NUMBER, number);
        }

        /** A connection of an earlier daemon's goes on here; what that one had handed to nobody but itself counts no more. */
        void goOn(Mark mark) {
            memory.putInt(at + MARKS, 0);
            note(mark);
        }

        /** To be called before any byte of it is written; the oldest is forgotten. */
        void note(Mark mark) {
            int count = memory.getInt(at + MARKS);
            int to = at + FIRST_MARK + count % Mark.KEPT * Mark.BYTES;
            memory.putLong(to, mark.start());
            memory.putInt(to + 8, mark.length());
            memory.putInt(to + 12, mark.untilTitle());
            memory.putLong(to + 16, mark.position());
            VarHandle.releaseFence();
            memory.putInt(at + MARKS, count + 1);
        }

        /** Where the connection goes on when the kernel has taken so many bytes; empty when it can't. */
        Optional<Mark> after(long taken) {
            Mark newest = null;
            int count = memory.getInt(at + MARKS);
            // The oldest may have been overwritten in part when the daemon died.
            for (int i = Math.max(0, count - Mark.KEPT + 1); i < count; i++) {
                Mark mark = mark(i);
                if (mark.start() <= taken && (newest == null || mark.start() >= newest.start())) {
                    newest = mark;
                }
            }
            return Optional.ofNullable(newest).flatMap(mark -> mark.after(taken));
        }

        private Mark mark(int number) {
            int from = at + FIRST_MARK + number % Mark.KEPT * Mark.BYTES;
            return new Mark(
                    memory.getLong(from), memory.getInt(from + 8), memory.getInt(from + 12), memory.getLong(from + 16));
        }

        Kind kind() {
            return Kind.of(memory.get(at + KIND));
        }

        Instant acceptedAt() {
            return Instant.ofEpochMilli(memory.getLong(at + ACCEPTED_MILLIS));
        }

        /** Whom the connection is for. */
        InetAddress address() throws UnknownHostException {
            byte[] address = new byte[memory.get(at + ADDRESS_LENGTH) == 16 ? 16 : 4];
            memory.get(at + ADDRESS, address);
            return InetAddress.getByAddress(address);
        }

        RequestHead request() throws MalformedHeadException {
            return RequestHead.parse(new String(requestBytes(), StandardCharsets.ISO_8859_1));
        }

        byte[] requestBytes() {
            int length = Math.min(longestRequest(), Math.max(0, memory.getShort(at + REQUEST_LENGTH)));
            byte[] request = new byte[length];
            memory.get(at + REQUEST, request);
            return request;
        }

        /** The connection isn't kept any more. */
        void end() {
            memory.putLong(at + NUMBER, 0);
            free.add(this);
        }
    }
}
