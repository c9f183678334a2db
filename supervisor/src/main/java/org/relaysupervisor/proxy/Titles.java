package org.relaysupervisor.proxy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;

/**
 * What plays, and from which position of the feed on: a listener whose burst began earlier is shown the title of what it hears.
 */
final class Titles {
    /** Of the title block: its length is one byte, in units of 16. */
    private static final int LARGEST_BLOCK = 255 * 16;

    private static final int KEPT = 32;

    /**
     * One title as it stands between the audio: a length byte, then text that is filled up with zeros.
     *
     * @param from the position of the first frame that it is about
     */
    record Title(long from, String text, byte[] block) {}

    private static final Title NONE = new Title(0, "", block("", ""));

    private final ArrayDeque<Title> titles = new ArrayDeque<>();

    /**
     * Takes up a title for what comes from this position on.
     *
     * @param url empty for none
     */
    void add(long from, String text, String url) {
        if (titles.size() == KEPT) {
            titles.removeFirst();
        }
        titles.addLast(new Title(from, text, block(text, url)));
    }

    /** Drops what is about audio before the tail of the ring. */
    void dropBefore(long tail) {
        while (titles.size() > 1) {
            Iterator<Title> oldest = titles.iterator();
            oldest.next();
            if (oldest.next().from() > tail) {
                return;
            }
            titles.removeFirst();
        }
    }

    void clear() {
        titles.clear();
    }

    /** The title at a position; one without text when none is known. */
    Title at(long position) {
        Iterator<Title> newestFirst = titles.descendingIterator();
        while (newestFirst.hasNext()) {
            Title title = newestFirst.next();
            if (title.from() <= position || !newestFirst.hasNext()) {
                return title;
            }
        }
        return NONE;
    }

    Optional<String> newest() {
        return Optional.ofNullable(titles.peekLast()).map(Title::text).filter(text -> !text.isEmpty());
    }

    /** In UTF-8, as players expect it; a title that is too long loses first its address, then its end. */
    private static byte[] block(String text, String url) {
        String wanted = url.isEmpty() ? "" : "StreamUrl='" + quoted(url) + "';";
        int room = LARGEST_BLOCK - "StreamTitle='';".length();
        // Half of an address is of no use.
        String address = length(quoted(text)) + length(wanted) <= room ? wanted : "";
        byte[] title = utf8(quoted(text), room - length(address));
        byte[] whole = ("StreamTitle='" + new String(title, StandardCharsets.UTF_8) + "';" + address)
                .getBytes(StandardCharsets.UTF_8);
        int units = (whole.length + 15) / 16;
        byte[] block = new byte[1 + units * 16];
        block[0] = (byte) units;
        System.arraycopy(whole, 0, block, 1, whole.length);
        return block;
    }

    /** Players look for a quote and a semicolon as the end of the text. */
    private static String quoted(String text) {
        return text.replace("';", "' ;");
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Not longer than this many bytes, and cut between two characters. */
    private static byte[] utf8(String text, int limit) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, limit);
        while (length > 0 && length < bytes.length && (bytes[length] & 0xC0) == 0x80) {
            length--;
        }
        return Arrays.copyOf(bytes, length);
    }
}
