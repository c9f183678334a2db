package org.relaysupervisor.frames;

import java.util.function.Consumer;

/**
 * Finds frames that each begin with a header, and tags between them. Few bits of a header are fixed, so much looks like one that
 * is none, in pictures of ID3 tags above all. A header is believed when a frame of the same format ended before it, or when the next
 * two headers, where it says that they are, have its format. So a real change of format costs no frame, and a false one never counts.
 *
 * <p>Each byte of garbage costs at most three headers, and each call at most three more: linear, whatever comes.
 */
final class SyncedFrames implements FrameParser {
    private static final int CONFIRMING_HEADERS = 2;

    private static final int ID3V1_LENGTH = 128;
    private static final int ID3V2_HEADER_LENGTH = 10;

    private enum Verdict {
        FRAME,
        NO_FRAME,
        MORE_BYTES_NEEDED
    }

    private final FrameSyntax syntax;
    private final Window window;

    private boolean inSync;
    private boolean ended;

    /** Of the newest frame. */
    private long lastHeader;

    private AudioFormat format = new AudioFormat("", 1, 1);

    /** What is left of a tag. */
    private int tagToSkip;

    private long garbageBytes;
    private long tagBytes;

    SyncedFrames(FrameSyntax syntax) {
        this.syntax = syntax;
        window = new Window(CONFIRMING_HEADERS * syntax.longestFrame() + ID3V2_HEADER_LENGTH);
    }

    @Override
    public void accept(byte[] bytes, int offset, int length, Consumer<Frame> frames) {
        int end = offset + length;
        int next = offset;
        while (next < end) {
            if (tagToSkip > 0) {
                int skipped = Math.min(tagToSkip, end - next);
                next += skipped;
                tagToSkip -= skipped;
                tagBytes += skipped;
            } else {
                next += window.fill(bytes, next, end - next);
                while (decideFront(frames)) {
                    // until the front needs more bytes
                }
            }
        }
    }

    @Override
    public void end(Consumer<Frame> frames) {
        ended = true;
        while (decideFront(frames)) {
            // until what is left is no whole frame
        }
    }

    /** Consumes a frame, a tag or a byte of garbage; false when more bytes are needed to say which it is. */
    private boolean decideFront(Consumer<Frame> frames) {
        if (window.size() < syntax.headerLength()) {
            return false;
        }
        long header = window.number(0, syntax.headerLength());
        return switch (verdict(header)) {
            case MORE_BYTES_NEEDED -> false;
            case FRAME -> {
                takeFrame(header, frames);
                yield true;
            }
            case NO_FRAME -> skipTagOrByte();
        };
    }

    private Verdict verdict(long header) {
        int length = syntax.length(header);
        if (length == 0) {
            return Verdict.NO_FRAME;
        }
        if (inSync && syntax.agree(lastHeader, header)) {
            return window.size() >= length ? Verdict.FRAME : Verdict.MORE_BYTES_NEEDED;
        }
        int next = length;
        for (int i = 0; i < CONFIRMING_HEADERS; i++) {
            if (window.size() < next + syntax.headerLength()) {
                return ended && window.size() >= length ? Verdict.FRAME : Verdict.MORE_BYTES_NEEDED;
            }
            long nextHeader = window.number(next, syntax.headerLength());
            if (!syntax.agree(header, nextHeader)) {
                return Verdict.NO_FRAME;
            }
            next += syntax.length(nextHeader);
        }
        return Verdict.FRAME;
    }

    private void takeFrame(long header, Consumer<Frame> frames) {
        byte[] bytes = window.take(syntax.length(header));
        if (!inSync || !syntax.agree(lastHeader, header)) {
            AudioFormat found = syntax.format(header);
            format = found.equals(format) ? format : found;
        }
        inSync = true;
        lastHeader = header;
        if (syntax.isInformation(header, bytes)) {
            tagBytes += bytes.length;
        } else {
            frames.accept(new Frame(bytes, Frame.Kind.AUDIO, syntax.samples(header), format));
        }
    }

    private boolean skipTagOrByte() {
        boolean isId3v2 = window.startsWith("ID3");
        if (isId3v2 && window.size() < ID3V2_HEADER_LENGTH) {
            return false;
        }
        int tag = isId3v2 ? id3v2Length() : window.startsWith("TAG") ? ID3V1_LENGTH : 0;
        if (tag == 0) {
            inSync = false;
            garbageBytes++;
            window.skip(1);
            return true;
        }
        int here = Math.min(tag, window.size());
        window.skip(here);
        tagBytes += here;
        tagToSkip = tag - here;
        return true;
    }

    /**
     * Header and footer included; 0 when this is no tag. The size has seven bits in each of four bytes, so the longest tag is 256 MB (the
     * informal standard ID3v2.4.0, 3.1).
     */
    private int id3v2Length() {
        int version = window.at(3);
        long flags = window.at(5);
        long size = window.number(6, 4);
        if (version < 2 || version > 4 || (flags & 0x0f) != 0 || (size & 0x8080_8080L) != 0) {
            return 0;
        }
        boolean hasFooter = (flags & 0x10) != 0;
        int length = window.at(6) << 21 | window.at(7) << 14 | window.at(8) << 7 | window.at(9);
        return ID3V2_HEADER_LENGTH + length + (hasFooter ? ID3V2_HEADER_LENGTH : 0);
    }

    @Override
    public long garbageBytes() {
        return garbageBytes;
    }

    @Override
    public long tagBytes() {
        return tagBytes;
    }

    /** In bytes: memory for what is not yet decided. */
    int capacity() {
        return window.capacity();
    }
}
