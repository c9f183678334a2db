package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Ticker;

/**
 * One decoder: a cursor on a feed that hears the newest, or nothing. It begins at the newest frame and has every frame as soon as
 * it is there. When it is too far behind it misses all but the newest frame, at every turn, until it takes one; that is one move.
 *
 * <p>What it has not taken waits in the ring: it is given a few frames at a time, and the next when it has taken these.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class FeedTap extends ChannelInboundHandlerAdapter {
    private static final byte[] NOTHING = {};

    private final Client client;
    private final FrameRing ring;
    private final Mount mount;
    private final Ticker ticker;
    private final int mostBytes;
    private final long lagNanos;
    private byte[] preamble = NOTHING;
    private long position;
    /** Of the position, counted from the feed's beginning: the ring may have let the frames go by then. */
    private long framesBefore;

    private long caughtUpNanos;
    private boolean moving;

    FeedTap(Client client, FrameRing ring, Mount mount, Ticker ticker) {
        this.client = client;
        this.ring = ring;
        this.mount = mount;
        this.ticker = ticker;
        mostBytes = client.limits().decoderBufferBytes();
        lagNanos = client.limits().feed().decoderLag().toNanos();
    }

    void start(Reply head) {
        Channel channel = client.channel();
        Transport.keepLittle(channel, mostBytes);
        channel.pipeline().addLast(this);
        moveToNewest();
        caughtUpNanos = ticker.nanoTime();
        client.begin(head);
        // If only to see it leave.
        channel.config().setAutoRead(true);
        // When it has taken this it has its first turn.
        channel.flush();
    }

    private void moveToNewest() {
        FrameRing.Start newest = ring.startAtNewest();
        position = newest.position();
        preamble = newest.preamble();
        framesBefore = ring.framesBefore(position);
    }

    /** When there may be something new for it. */
    void turn() {
        if (!moving && isTooFarBehind()) {
            moving = true;
            mount.decoderMoved();
        }
        if (moving) {
            long missedFrom = position;
            long framesThen = framesBefore;
            moveToNewest();
            mount.decoderMissed(framesBefore - framesThen, position - missedFrom);
        }
        if (client.channel().isWritable()) {
            give(client.channel());
        }
    }

    /** A source that was late may send more at once than a decoder may be behind: it has that long to take it. */
    private boolean isTooFarBehind() {
        long behind = ring.nanosAt(ring.head()) - ring.nanosAt(position);
        boolean late = behind > lagNanos && ticker.nanoTime() - caughtUpNanos > lagNanos;
        return late || position < ring.tail();
    }

    private void give(Channel channel) {
        moving = false;
        if (preamble.length > 0) {
            write(Unpooled.wrappedBuffer(preamble));
            preamble = NOTHING;
        }
        while (channel.isWritable() && position < ring.head()) {
            ByteBuf frames = ring.read(position, mostBytes);
            position += frames.readableBytes();
            write(frames);
        }
        framesBefore = ring.framesBefore(position);
        if (position == ring.head()) {
            caughtUpNanos = ticker.nanoTime();
        }
        // Last: what is taken at once is followed by the next before this returns.
        channel.flush();
    }

    private void write(ByteBuf bytes) {
        int length = bytes.readableBytes();
        client.sent(length);
        mount.sent(Role.DECODER, length);
        client.channel().write(bytes, client.channel().voidPromise());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            turn();
        }
    }

    /** Closes once it has what was written; nothing more is. */
    void close() {
        client.channel().pipeline().remove(this);
        client.finish();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        client.chatter((ByteBuf) message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failed(cause);
    }

    /** Costs this connection, and nobody else's. */
    void failed(Throwable cause) {
        client.meters().failed("on a tap", cause);
        client.channel().close();
    }
}
