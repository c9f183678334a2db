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

    private final Titles titles;
    private int untilTitle = INTERVAL;
    private Title known;

    /** Whether a listener asks for titles, in a stream that doesn't have its own: Ogg has, by whatever name it goes. */
    static boolean isWanted(RequestHead request, String contentType) {
        return !OGG.matcher(contentType).find()
                && request.header("Icy-MetaData").filter("1"::equals).isPresent();
    }

    IcyWriter(Titles titles) {
        this.titles = titles;
    }

    /**
     * Writes audio with the titles that are due in it, without flushing, and returns how many bytes that made.
     *
     * @param position of the audio in the feed
     * @param audio ours to release
     */
    long write(Channel channel, long position, ByteBuf audio) {
        long written = audio.readableBytes();
        while (audio.readableBytes() >= untilTitle) {
            ByteBuf before = audio.readRetainedSlice(untilTitle);
            position += untilTitle;
            channel.write(before, channel.voidPromise());
            ByteBuf block = block(position);
            written += block.readableBytes();
            channel.write(block, channel.voidPromise());
            untilTitle = INTERVAL;
        }
        untilTitle -= audio.readableBytes();
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
