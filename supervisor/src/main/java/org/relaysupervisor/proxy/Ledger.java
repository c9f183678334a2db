package org.relaysupervisor.proxy;

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
 * What the next daemon must know of each listener whose connection is kept, in memory that outlives this one. It may be read after a death at any
 * moment: what is said of bytes is written down before they are handed to the kernel, and whose line isn't whole yet isn't kept yet.
 */
final class Ledger {
    /** Listeners at most: half of what the unit lets the service manager keep. */
    static final int LINES = 2000;

    private static final int LINE_BYTES = 1024;
    static final int BYTES = LINE_BYTES * (1 + LINES);

    /** In the first line: the number of the listener that is kept next, so that no two have the same name. */
    private static final int NEXT_NUMBER = 0;

    /** Offsets in a line, and sizes. A number of zero means that the line is free. */
    private static final int NUMBER = 0;

    private static final int ACCEPTED_MILLIS = 8;
    private static final int IS_EDGE = 16;
    private static final int ADDRESS_LENGTH = 17;
    private static final int REQUEST_LENGTH = 18;
    private static final int MARKS = 20;
    private static final int ADDRESS = 24;
    private static final int FIRST_MARK = 64;
    private static final int REQUEST = FIRST_MARK + Mark.KEPT * Mark.BYTES;
    private static final int LONGEST_REQUEST = LINE_BYTES - REQUEST;

    private final ByteBuffer memory;
    private final ArrayDeque<Line> free = new ArrayDeque<>();

    /** @param memory of {@link #BYTES}; all zeros, or what an earlier daemon left */
    Ledger(ByteBuffer memory) {
        this.memory = memory;
    }

    /** Frees all lines but these, which go on. To be called once, before any is taken. */
    void freeAllBut(Set<Line> goingOn) {
        Set<Integer> used = goingOn.stream().map(line -> line.index).collect(Collectors.toSet());
        for (int i = 1; i <= LINES; i++) {
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

    /** Takes a line for a listener that has been answered; empty when none is free or it asked too wordily. */
    Optional<Line> begin(Client client, Role role) {
        byte[] request = request(client).getBytes(StandardCharsets.ISO_8859_1);
        if (free.isEmpty() || request.length > LONGEST_REQUEST) {
            return Optional.empty();
        }
        Line line = free.removeFirst();
        line.begin(client, role, request);
        return Optional.of(line);
    }

    /** What is needed of it again: where it listens, and what the access log says. No secret and no cookie. */
    private static String request(Client client) {
        RequestHead head = client.head().orElseThrow();
        StringBuilder text = new StringBuilder(head.requestLine()).append("\r\n");
        for (String name : new String[] {"User-Agent", "Referer"}) {
            head.header(name)
                    .ifPresent(value ->
                            text.append(name).append(": ").append(value).append("\r\n"));
        }
        return text.append("\r\n").toString();
    }

    /** The line of a kept connection's name; empty when that is none of ours. */
    Optional<Line> find(String name) {
        String[] parts = name.split("-", -1);
        if (parts.length != 3 || !parts[1].matches("\\d{1,4}") || !parts[2].matches("\\d{1,18}")) {
            return Optional.empty();
        }
        int at = Integer.parseInt(parts[1]);
        return at < 1 || at > LINES
                ? Optional.empty()
                : Optional.of(new Line(at)).filter(line -> line.name().equals(name));
    }

    /** One listener's. */
    final class Line {
        private final int index;
        private final int at;

        private Line(int index) {
            this.index = index;
            this.at = index * LINE_BYTES;
        }

        private long number() {
            return memory.getLong(at + NUMBER);
        }

        /** That the connection is kept by. */
        String name() {
            return Keeping.PREFIX + index + "-" + number();
        }

        private void begin(Client client, Role role, byte[] request) {
            byte[] address = client.address().getAddress();
            memory.putLong(at + ACCEPTED_MILLIS, client.acceptedAt().toEpochMilli());
            memory.put(at + IS_EDGE, (byte) (role == Role.EDGE ? 1 : 0));
            memory.put(at + ADDRESS_LENGTH, (byte) address.length);
            memory.put(at + ADDRESS, address);
            memory.putShort(at + REQUEST_LENGTH, (short) request.length);
            memory.put(at + REQUEST, request);
            memory.putInt(at + MARKS, 0);
            long number = memory.getLong(NEXT_NUMBER) + 1;
            memory.putLong(NEXT_NUMBER, number);
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

        Role role() {
            return memory.get(at + IS_EDGE) == 1 ? Role.EDGE : Role.LISTENER;
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
            byte[] text = new byte[LONGEST_REQUEST];
            memory.get(at + REQUEST, text);
            int length = Math.min(LONGEST_REQUEST, Math.max(0, memory.getShort(at + REQUEST_LENGTH)));
            return RequestHead.parse(new String(Arrays.copyOf(text, length), StandardCharsets.ISO_8859_1));
        }

        /** The connection isn't kept any more. */
        void end() {
            memory.putLong(at + NUMBER, 0);
            free.add(this);
        }
    }
}
