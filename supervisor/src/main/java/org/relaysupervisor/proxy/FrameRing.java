package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.relaysupervisor.frames.Frame;

/**
 * The newest frames of a feed. A position counts bytes since the feed began, and always lies between two frames; it never goes
 * back, not even when the ring is emptied.
 *
 * <p>The bytes lie in chunks that are only ever appended to, so a reader is given a slice of a chunk and nothing is copied for
 * it. A chunk lives until the ring has dropped it and the last slice of it was written.
 */
final class FrameRing {
    private static final byte[] NOTHING = {};
    private static final int CHUNK = 64 * 1024;
    /** Against a stream that never gets beyond its headers. */
    private static final int MAXIMUM_HEADERS = 1 << 20;

    /** Not pooled: a chunk's reference count is asked for after we let it go, and a pool would have given it to others. */
    private static final ByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(true, true);

    private final long holdNanos;
    private final int holdBytes;
    private final List<Chunk> chunks = new ArrayList<>();
    private final List<Chunk> dropped = new ArrayList<>();
    private final List<Headers> headers = new ArrayList<>();
    private final FrameIndex index = new FrameIndex();
    private final Optional<RingCopy> copy;
    private long head;
    private long headNanos;

    /** @param copy of an earlier ring; positions and numbers go on where that one ended */
    FrameRing(FeedLimits limits, Optional<RingCopy> copy) {
        this(limits.hold(), limits.holdBytes(), copy);
    }

    /** @param hold how much audio is kept, or so many bytes of it, whichever is less */
    FrameRing(Duration hold, int holdBytes) {
        this(hold, holdBytes, Optional.empty());
    }

    private FrameRing(Duration hold, int holdBytes, Optional<RingCopy> copy) {
        this.copy = copy;
        head = copy.map(RingCopy::head).orElse(0L);
        index.beginAt(copy.map(RingCopy::frames).orElse(0L));
        holdNanos = hold.toNanos();
        this.holdBytes = holdBytes;
    }

    private static final class Chunk {
        private final long start;
        private final ByteBuf bytes;

        Chunk(long start, int capacity) {
            this.start = start;
            bytes = ALLOCATOR.directBuffer(capacity, capacity);
        }

        long end() {
            return start + bytes.writerIndex();
        }
    }

    /** The header pages of one Ogg stream, which stand in the ring from start to end as well. */
    private static final class Headers {
        private final long start;
        private long end;
        private byte[] bytes = {};

        Headers(long start) {
            this.start = start;
        }

        void add(byte[] page) {
            int length = bytes.length;
            bytes = Arrays.copyOf(bytes, length + page.length);
            System.arraycopy(page, 0, bytes, length, page.length);
        }
    }

    /**
     * Where a reader may begin.
     *
     * @param preamble what a decoder needs before; not to be written to
     */
    record Start(long position, byte[] preamble) {}

    /** @param arrivedNanos when it came, by the event loop's clock */
    void append(Frame frame, long arrivedNanos) {
        noteHeader(frame);
        copy.ifPresent(kept -> {
            if (frame.kind() != Frame.Kind.AUDIO) {
                kept.headers(newestHeaders());
            }
            kept.append(frame.bytes(), arrivedNanos);
        });
        store(frame, arrivedNanos);
    }

    private void store(Frame frame, long arrivedNanos) {
        byte[] bytes = frame.bytes();
        index.add(head, headNanos, arrivedNanos);
        room(bytes.length).bytes.writeBytes(bytes);
        head += bytes.length;
        headNanos += frame.nanos();
        while (isTooMuch()) {
            index.removeFirst();
        }
        dropChunks();
    }

    /** The newest frame stays, however large it is and however long it plays. */
    private boolean isTooMuch() {
        boolean over = index.firstPosition() < head - holdBytes || index.firstNanos() < headNanos - holdNanos;
        return over && index.hasSeveral();
    }

    private void noteHeader(Frame frame) {
        if (frame.kind() == Frame.Kind.FIRST_HEADER) {
            headers.add(new Headers(head));
        }
        if (frame.kind() != Frame.Kind.AUDIO && !headers.isEmpty()) {
            Headers newest = headers.get(headers.size() - 1);
            if (newest.bytes.length + frame.bytes().length <= MAXIMUM_HEADERS) {
                newest.add(frame.bytes());
                newest.end = head + frame.bytes().length;
            }
        }
    }

    private Chunk room(int length) {
        if (!chunks.isEmpty()) {
            Chunk last = chunks.get(chunks.size() - 1);
            if (last.bytes.writableBytes() >= length) {
                return last;
            }
        }
        Chunk chunk = new Chunk(head, Math.max(CHUNK, length));
        chunks.add(chunk);
        return chunk;
    }

    private void dropChunks() {
        long tail = tail();
        while (!chunks.isEmpty() && chunks.get(0).end() <= tail) {
            Chunk chunk = chunks.remove(0);
            chunk.bytes.release();
            dropped.add(chunk);
        }
        dropped.removeIf(chunk -> chunk.bytes.refCnt() == 0);
        while (headers.size() > 1 && headers.get(1).start <= tail) {
            headers.remove(0);
        }
    }

    /** From now on it is heard, as audio of this type. */
    void begin(String contentType) {
        copy.ifPresent(kept -> kept.begin(contentType));
    }

    /**
     * Goes on from what an earlier daemon left, if its listeners were to hear more of this type. Of what can't be told into frames
     * only the position is known. To be called before anything is appended.
     *
     * @return whether they were to
     */
    boolean resume(String contentType, long nowNanos) {
        Optional<RingCopy> left = copy.filter(kept -> kept.wasOn(contentType));
        left.ifPresent(kept -> restore(kept, kept.newest(contentType), nowNanos));
        return left.isPresent();
    }

    /** When each came isn't known but for the newest: there is no pause between them then. */
    private void restore(RingCopy kept, List<Frame> frames, long nowNanos) {
        head -= frames.stream().mapToLong(frame -> frame.bytes().length).sum();
        index.beginAt(kept.frames() - frames.size());
        byte[] before = kept.headers();
        if (before.length > 0 && frames.stream().limit(1).noneMatch(first -> first.kind() == Frame.Kind.FIRST_HEADER)) {
            Headers stream = new Headers(head);
            stream.add(before);
            stream.end = head;
            headers.add(stream);
        }
        long arrivedNanos = Math.min(nowNanos, kept.newestNanos());
        for (int i = 0; i < frames.size() - 1; i++) {
            arrivedNanos -= frames.get(i).nanos();
        }
        for (Frame frame : frames) {
            noteHeader(frame);
            store(frame, arrivedNanos);
            arrivedNanos += frame.nanos();
        }
    }

    /** Forgets all audio, not the position: nobody is to hear more of it. */
    void clear() {
        copy.ifPresent(RingCopy::end);
        index.clear();
        headers.clear();
        dropChunks();
    }

    /** Where the next frame will begin. */
    long head() {
        return head;
    }

    /** The oldest position that can be read. */
    long tail() {
        return index.isEmpty() ? head : index.firstPosition();
    }

    /** What follows a position, up to the end of its chunk; the caller's to release. Empty at the head. */
    ByteBuf read(long position) {
        for (int i = chunks.size() - 1; i >= 0; i--) {
            Chunk chunk = chunks.get(i);
            if (chunk.start <= position) {
                int offset = (int) (position - chunk.start);
                return chunk.bytes.retainedSlice(offset, chunk.bytes.writerIndex() - offset);
            }
        }
        return Unpooled.EMPTY_BUFFER;
    }

    /** The same, but no more than the frames that begin within so many bytes. */
    ByteBuf read(long position, int bytes) {
        ByteBuf all = read(position);
        int length = (int) (index.ceiling(position + bytes, head) - position);
        return length < all.readableBytes() ? all.writerIndex(length) : all;
    }

    /** How many frames there were before a position that can be read. */
    long framesBefore(long position) {
        return index.framesBefore(position);
    }

    /** Where the frame of this number begins or, when the ring has let go of it, the oldest; the head when there is none yet. */
    long positionOf(long frame) {
        return index.positionOf(frame, head);
    }

    /** When the frame at a position before the head was played, by the event loop's clock. */
    long playedNanos(long position) {
        return index.playedNanos(position);
    }

    /** When the newest frame came, by the event loop's clock; empty when there is none. */
    OptionalLong newestNanos() {
        return index.isEmpty() ? OptionalLong.empty() : OptionalLong.of(index.lastArrival());
    }

    /** Where a reader begins who is to have this many bytes of the newest audio, or a little less. */
    Start startBehind(int bytes) {
        return startAt(index.ceiling(head - bytes, head));
    }

    /** Where a reader begins who is to have no more than the newest frame. */
    Start startAtNewest() {
        return startAt(index.isEmpty() ? head : index.lastPosition());
    }

    private Start startAt(long position) {
        for (int i = headers.size() - 1; i >= 0; i--) {
            Headers stream = headers.get(i);
            if (stream.start <= position) {
                boolean within = position < stream.end;
                boolean readable = stream.start >= tail();
                return within && readable
                        ? new Start(stream.start, NOTHING)
                        : new Start(Math.max(position, stream.end), stream.bytes);
            }
        }
        return new Start(position, NOTHING);
    }

    /** A copy of so many bytes of the newest audio, or a little less, behind what a decoder needs before. */
    byte[] newest(int bytes) {
        Start start = startBehind(bytes);
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        copy.writeBytes(start.preamble());
        long position = start.position();
        while (position < head) {
            ByteBuf part = read(position);
            position += part.readableBytes();
            copy.writeBytes(ByteBufUtil.getBytes(part));
            part.release();
        }
        return copy.toByteArray();
    }

    /** The header pages of the newest stream; nothing unless it is Ogg. */
    byte[] newestHeaders() {
        return headers.isEmpty()
                ? new byte[0]
                : headers.get(headers.size() - 1).bytes.clone();
    }

    /** When the frame at a position plays, counted from the feed's beginning. */
    long nanosAt(long position) {
        return index.isEmpty() || position >= head ? headNanos : index.nanosAt(position);
    }

    /** How long all of it plays. */
    long heldNanos() {
        return index.isEmpty() ? 0 : headNanos - index.firstNanos();
    }

    /** The memory in use, what slow readers have not taken yet included. */
    long heldBytes() {
        long bytes = 0;
        for (Chunk chunk : chunks) {
            bytes += chunk.bytes.capacity();
        }
        for (Chunk chunk : dropped) {
            bytes += chunk.bytes.refCnt() > 0 ? chunk.bytes.capacity() : 0;
        }
        return bytes;
    }
}
