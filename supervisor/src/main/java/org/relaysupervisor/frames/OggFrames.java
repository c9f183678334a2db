package org.relaysupervisor.frames;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Finds the pages of Ogg (RFC 3533), which their checksums tell from all else. Several logical streams may be interleaved, after a
 * first page of each, and such groups may follow each other. The first audio stream of a group counts the time, pages of the others
 * last nothing. A page whose stream has not begun is garbage: no decoder could use it.
 */
final class OggFrames implements FrameParser {
    /** In one group; one is the rule, and a film in many languages has fewer. */
    private static final int MOST_STREAMS = 16;

    /** How often a byte may be in a page with a wrong checksum before all of these pages are given up. It keeps the work linear. */
    private static final int MOST_WRONG_PAGES = 8;

    /** For the time being in a group that has not begun an audio stream that is known. */
    private static final AudioFormat UNKNOWN = new AudioFormat("unknown codec", 48_000, 1);

    private final Window window = new Window(OggPage.LONGEST);

    /** Of the group, by serial number. */
    private final Map<Integer, OggStream> streams = new HashMap<>();

    /** Whether all pages of the group were first ones. */
    private boolean beginning;

    private OggStream timekeeper;
    private AudioFormat format = UNKNOWN;

    /** Bytes at the front that pages with a wrong checksum have claimed. */
    private int disputed;

    private int wrongPages;
    private long garbageBytes;

    @Override
    public void accept(byte[] bytes, int offset, int length, Consumer<Frame> frames) {
        int end = offset + length;
        int next = offset;
        while (next < end) {
            next += window.fill(bytes, next, end - next);
            while (decideFront(frames)) {
                // until the front needs more bytes
            }
        }
    }

    @Override
    public void end(Consumer<Frame> frames) {
        // A page is handed on with its last byte: none is held back.
    }

    /** Consumes a page or some garbage; false when more bytes are needed to say which it is. */
    private boolean decideFront(Consumer<Frame> frames) {
        int length = OggPage.length(window);
        if (length < 0 || length > window.size()) {
            return false;
        }
        if (length == 0) {
            skipGarbage(1);
        } else if (OggPage.isWhole(window, length)) {
            settle(length);
            take(new OggPage(window.take(length)), frames);
        } else {
            wrongPages++;
            disputed = Math.max(disputed, length);
            skipGarbage(wrongPages < MOST_WRONG_PAGES ? 1 : disputed);
        }
        return true;
    }

    private void skipGarbage(int length) {
        window.skip(length);
        garbageBytes += length;
        settle(length);
    }

    private void settle(int length) {
        disputed = Math.max(0, disputed - length);
        wrongPages = disputed == 0 ? 0 : wrongPages;
    }

    private void take(OggPage page, Consumer<Frame> frames) {
        boolean opensGroup = page.isFirst() && (!beginning || streams.containsKey(page.serial()));
        if (opensGroup) {
            streams.clear();
            timekeeper = null;
        }
        beginning = page.isFirst();
        if (page.isFirst() && streams.size() < MOST_STREAMS) {
            begin(page);
        }
        OggStream stream = streams.get(page.serial());
        if (stream == null) {
            garbageBytes += page.bytes().length;
            return;
        }
        boolean header = stream.isHeader(page);
        Frame.Kind kind = opensGroup ? Frame.Kind.FIRST_HEADER : header ? Frame.Kind.HEADER : Frame.Kind.AUDIO;
        int samples = kind == Frame.Kind.AUDIO && stream == timekeeper ? stream.samples(page) : 0;
        frames.accept(new Frame(page.bytes(), kind, samples, format));
    }

    private void begin(OggPage first) {
        OggStream stream = new OggStream(first);
        streams.put(first.serial(), stream);
        if (timekeeper == null) {
            AudioFormat found = stream.format().orElse(UNKNOWN);
            timekeeper = stream.format().isPresent() ? stream : null;
            format = found.equals(format) ? format : found;
        }
    }

    @Override
    public long garbageBytes() {
        return garbageBytes;
    }

    /** None: in Ogg they are in header packets. */
    @Override
    public long tagBytes() {
        return 0;
    }

    /** In bytes: memory for what is not yet decided. */
    int capacity() {
        return window.capacity();
    }
}
