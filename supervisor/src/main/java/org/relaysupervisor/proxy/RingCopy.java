package org.relaysupervisor.proxy;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.relaysupervisor.frames.Frame;
import org.relaysupervisor.frames.FrameParser;
import org.relaysupervisor.process.DescriptorStore;

/**
 * A feed once more, in memory that outlives the daemon: its name, its newest frames and how many there were, what a decoder needs before
 * them, and the title. The next daemon's feed goes on from it. May be read after a death at any moment; what is being written then is not
 * counted yet.
 */
final class RingCopy {
    /** Some 30 s at 128 kbit/s. */
    private static final int CIRCLE = 512 * 1024;

    /** What may have been written over by a frame that was not counted any more. A larger frame, headers of Ogg put together, is not kept. */
    private static final int MARGIN = 128 * 1024;

    /** Which of the two counts holds. It is written last, so that position and number always belong together. */
    private static final int CURRENT = 0;

    private static final int COUNTS = 8;
    private static final int COUNT_BYTES = 24;
    private static final int FRAMES = 8;
    private static final int NEWEST = 16;

    private static final int NAME = COUNTS + 2 * COUNT_BYTES;
    private static final int ON = NAME + 8;
    private static final int FLOOR = ON + 8;
    private static final Text TYPE = new Text(FLOOR + 8, 240);
    private static final Text TITLE = new Text(TYPE.end(), 4096);
    private static final Text HEADERS = new Text(TITLE.end(), 64 * 1024);
    private static final int AUDIO = HEADERS.end();

    static final int BYTES = AUDIO + CIRCLE;

    private final ByteBuffer memory;
    private final long clockNanos;

    /**
     * @param memory of {@link #BYTES}; all zeros, or what an earlier daemon left
     * @param clockNanos to be added to the event loop's clock, which begins anew in each daemon, for one that does not
     */
    RingCopy(ByteBuffer memory, long clockNanos) {
        this.memory = memory;
        this.clockNanos = clockNanos;
    }

    /** Of the mount at a path; empty where nothing is kept. */
    static Optional<RingCopy> of(DescriptorStore store, String path, long clockNanos) {
        CRC32 number = new CRC32();
        number.update(path.getBytes(StandardCharsets.UTF_8));
        String name = "feed-2-" + HexFormat.of().toHexDigits((int) number.getValue());
        return store.memory(name, BYTES).map(memory -> new RingCopy(memory, clockNanos));
    }

    /** Bytes of some length up to the most that there is room for; longer ones are not kept, and read as none. */
    private record Text(int at, int most) {
        int end() {
            return at + 8 + most;
        }

        void write(ByteBuffer memory, byte[] bytes) {
            memory.putInt(at, 0);
            if (bytes.length <= most) {
                VarHandle.releaseFence();
                memory.put(at + 8, bytes);
                VarHandle.releaseFence();
                memory.putInt(at, bytes.length);
            }
        }

        byte[] read(ByteBuffer memory) {
            byte[] bytes = new byte[Math.min(most, Math.max(0, memory.getInt(at)))];
            memory.get(at + 8, bytes);
            return bytes;
        }
    }

    /** The feed's name: the one that it had under an earlier daemon, or else this one from now on. */
    String name(String fresh) {
        if (memory.getLong(NAME) == 0) {
            memory.putLong(NAME, HexFormat.fromHexDigitsToLong(fresh));
        }
        return HexFormat.of().toHexDigits(memory.getLong(NAME));
    }

    private int count() {
        return COUNTS + (memory.getInt(CURRENT) & 1) * COUNT_BYTES;
    }

    /** The position of the next frame; 0 in the beginning. */
    long head() {
        return memory.getLong(count());
    }

    /** How many frames there were before the {@link #head}. */
    long frames() {
        return memory.getLong(count() + FRAMES);
    }

    /** When the newest frame came, by the event loop's clock. */
    long newestNanos() {
        return memory.getLong(count() + NEWEST) - clockNanos;
    }

    /** @param arrivedNanos by the event loop's clock */
    void append(byte[] frame, long arrivedNanos) {
        long head = head();
        if (frame.length <= MARGIN) {
            int at = (int) (head % CIRCLE);
            int first = Math.min(frame.length, CIRCLE - at);
            memory.put(AUDIO + at, frame, 0, first);
            memory.put(AUDIO, frame, first, frame.length - first);
        } else {
            memory.putLong(FLOOR, head + frame.length);
        }
        int next = 1 - (memory.getInt(CURRENT) & 1);
        int at = COUNTS + next * COUNT_BYTES;
        memory.putLong(at, head + frame.length);
        memory.putLong(at + FRAMES, frames() + 1);
        memory.putLong(at + NEWEST, arrivedNanos + clockNanos);
        VarHandle.releaseFence();
        memory.putInt(CURRENT, next);
    }

    /** What a decoder needs before the next frame, all of it. */
    void headers(byte[] pages) {
        HEADERS.write(memory, pages);
    }

    /** See {@link #headers(byte[])}; nothing when there are none, or too many. */
    byte[] headers() {
        return HEADERS.read(memory);
    }

    /** The request by which the newest title came; nothing when there is none. */
    void title(byte[] request) {
        TITLE.write(memory, request);
    }

    /** See {@link #title(byte[])}. */
    byte[] title() {
        return TITLE.read(memory);
    }

    /** The feed is on, and this is what its listeners were told that it is. */
    void begin(String contentType) {
        TYPE.write(memory, contentType.getBytes(StandardCharsets.UTF_8));
        memory.putInt(ON, 1);
    }

    /** The stream has ended for everybody. */
    void end() {
        memory.putInt(ON, 0);
        headers(new byte[0]);
        title(new byte[0]);
    }

    /** Whether the daemon before has died while the feed was on, and its listeners were told that it is of this type. */
    boolean wasOn(String contentType) {
        String type = new String(TYPE.read(memory), StandardCharsets.UTF_8);
        return memory.getInt(ON) == 1 && type.equals(contentType);
    }

    /** The newest frames, which end at the {@link #head}; none when they can't be told from what there is. */
    List<Frame> newest(String contentType) {
        byte[] bytes = newestBytes();
        List<Frame> frames = new ArrayList<>();
        FrameParser.of(contentType).ifPresent(parser -> {
            byte[] before = headers();
            parser.accept(before, 0, before.length, known -> {});
            parser.accept(bytes, 0, bytes.length, frames::add);
            parser.end(frames::add);
        });
        return isEndOf(bytes, frames) ? frames : List.of();
    }

    /** What was cut may only be before the first. */
    private static boolean isEndOf(byte[] bytes, List<Frame> frames) {
        int at = bytes.length
                - frames.stream().mapToInt(frame -> frame.bytes().length).sum();
        for (Frame frame : frames) {
            int end = at + frame.bytes().length;
            if (!Arrays.equals(bytes, at, end, frame.bytes(), 0, frame.bytes().length)) {
                return false;
            }
            at = end;
        }
        return true;
    }

    private byte[] newestBytes() {
        long head = head();
        int length = (int) Math.max(0, Math.min(head - memory.getLong(FLOOR), CIRCLE - MARGIN));
        byte[] bytes = new byte[length];
        int at = (int) ((head - length) % CIRCLE);
        int first = Math.min(length, CIRCLE - at);
        memory.get(AUDIO + at, bytes, 0, first);
        memory.get(AUDIO, bytes, first, length - first);
        return bytes;
    }
}
