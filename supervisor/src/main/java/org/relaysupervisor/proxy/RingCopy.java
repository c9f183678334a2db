package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32;
import org.relaysupervisor.process.DescriptorStore;

/**
 * The newest bytes of a feed once more, in memory that outlives the daemon: the next one gives those who were listening what they have not
 * had yet, up to the last whole frame. May be read after a death at any moment; what is being written then is not counted yet.
 */
final class RingCopy {
    /** Some 30 s at 128 kbit/s. */
    private static final int CIRCLE = 512 * 1024;

    /** What may have been written over by a frame that was not counted any more. A larger frame, headers of Ogg put together, is not kept. */
    private static final int MARGIN = 128 * 1024;

    private static final int HEAD = 0;
    private static final int ON = 8;
    private static final int TYPE_LENGTH = 12;
    private static final int FLOOR = 16;
    private static final int TYPE = 24;
    private static final int LONGEST_TYPE = 240;
    private static final int AUDIO = TYPE + LONGEST_TYPE;

    static final int BYTES = AUDIO + CIRCLE;

    private final ByteBuffer memory;

    /** @param memory of {@link #BYTES}; all zeros, or what an earlier daemon left */
    RingCopy(ByteBuffer memory) {
        this.memory = memory;
    }

    /** Of the mount at a path; empty where nothing is kept. */
    static Optional<RingCopy> of(DescriptorStore store, String path) {
        CRC32 number = new CRC32();
        number.update(path.getBytes(StandardCharsets.UTF_8));
        String name = "feed-1-" + HexFormat.of().toHexDigits((int) number.getValue());
        return store.memory(name, BYTES).map(RingCopy::new);
    }

    /** The position of the next frame; 0 in the beginning. */
    long head() {
        return memory.getLong(HEAD);
    }

    void append(byte[] frame) {
        long head = head();
        if (frame.length <= MARGIN) {
            int at = (int) (head % CIRCLE);
            int first = Math.min(frame.length, CIRCLE - at);
            memory.put(AUDIO + at, frame, 0, first);
            memory.put(AUDIO, frame, first, frame.length - first);
        } else {
            memory.putLong(FLOOR, head + frame.length);
        }
        memory.putLong(HEAD, head + frame.length);
    }

    /** The feed is on, and this is what its listeners were told that it is. */
    void begin(String contentType) {
        byte[] type = contentType.getBytes(StandardCharsets.UTF_8);
        boolean fits = type.length <= LONGEST_TYPE;
        memory.putInt(TYPE_LENGTH, fits ? type.length : 0);
        memory.put(TYPE, type, 0, fits ? type.length : 0);
        memory.putInt(ON, 1);
    }

    /** The stream has ended for everybody. */
    void end() {
        memory.putInt(ON, 0);
    }

    /** Whether the daemon before has died while the feed was on, and its listeners were told that it is of this type. */
    boolean wasOn(String contentType) {
        byte[] type = new byte[Math.min(LONGEST_TYPE, Math.max(0, memory.getInt(TYPE_LENGTH)))];
        memory.get(TYPE, type);
        return memory.getInt(ON) == 1 && new String(type, StandardCharsets.UTF_8).equals(contentType);
    }

    /** All that can be read, which ends at the {@link #head}. */
    ByteBuf newest() {
        long head = head();
        int length = (int) Math.max(0, Math.min(head - memory.getLong(FLOOR), CIRCLE - MARGIN));
        byte[] bytes = new byte[length];
        int at = (int) ((head - length) % CIRCLE);
        int first = Math.min(length, CIRCLE - at);
        memory.get(AUDIO + at, bytes, 0, first);
        memory.get(AUDIO, bytes, first, length - first);
        return Unpooled.wrappedBuffer(bytes);
    }
}
