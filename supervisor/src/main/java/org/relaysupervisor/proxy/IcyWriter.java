package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.util.regex.Pattern;
import org.relaysupervisor.proxy.Titles.Title;

/**
 * Weaves titles into one listener's audio: after every {@link #INTERVAL} bytes of audio a title block, or a single zero when the
 * title is the one that the listener knows.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class IcyWriter {
    /** In bytes of audio; what Icecast uses. */
    static final int INTERVAL = 16_000;

    private static final Pattern OGG = Pattern.compile("ogg|opus|speex|vorbis", Pattern.CASE_INSENSITIVE);
    private static final ByteBuf UNCHANGED =
            Unpooled.unreleasableBuffer(Unpooled.directBuffer(1).writeByte(0));

    /** Is told of each block before it is written. */
    interface Owner {
        /**
         * @param before bytes of the same write that come before it
         * @param position of the audio behind it
         */
        void block(long before, int length, long position);
    }

    private final Titles titles;
    private int untilTitle;
    private Title known;

    /** Whether a listener asks for titles, in a stream that doesn't have its own: Ogg has, by whatever name it goes. */
    static boolean isWanted(RequestHead request, String contentType) {
        return !OGG.matcher(contentType).find()
                && request.header("Icy-MetaData").filter("1"::equals).isPresent();
    }

    IcyWriter(Titles titles) {
        this.titles = titles;
        untilTitle = INTERVAL;
    }

    /**
     * Of a listener who was here before.
     *
     * @param untilTitle audio bytes up to the next title, 0 to {@link #INTERVAL}
     * @param position where it goes on: what is known of there, it knows
     */
    IcyWriter(Titles titles, int untilTitle, long position) {
        this.titles = titles;
        this.untilTitle = untilTitle;
        known = titles.at(position);
    }

    /** Audio bytes up to the next title. */
    int untilTitle() {
        return untilTitle;
    }

    /**
     * Writes audio with the titles that are due in it, without flushing, and returns how many bytes that made.
     *
     * @param position of the audio in the feed
     * @param audio ours to release
     */
    long write(Channel channel, long position, ByteBuf audio, Owner owner) {
        long written = 0;
        while (audio.readableBytes() >= untilTitle) {
            ByteBuf before = audio.readRetainedSlice(untilTitle);
            position += untilTitle;
            written += untilTitle;
            channel.write(before, channel.voidPromise());
            ByteBuf block = block(position);
            owner.block(written, block.readableBytes(), position);
            written += block.readableBytes();
            channel.write(block, channel.voidPromise());
            untilTitle = INTERVAL;
        }
        untilTitle -= audio.readableBytes();
        written += audio.readableBytes();
        channel.write(audio, channel.voidPromise());
        return written;
    }

    private ByteBuf block(long position) {
        Title now = titles.at(position);
        if (now.equals(known)) {
            return UNCHANGED.duplicate();
        }
        known = now;
        return Unpooled.wrappedBuffer(now.block());
    }
}
