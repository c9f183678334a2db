package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Optional;
import org.relaysupervisor.proxy.ProxySnapshot.RecorderConnection.End;

/**
 * One recorder's connection: a cursor on a feed that neither skips a frame nor repeats one. What it is sent is the feed's frames
 * from {@link #first} on and nothing else, so whoever counts whole frames knows which ones they are. When the ring has let go of
 * the next frame the connection is closed: only another one may begin somewhere else.
 *
 * <p>What it has not taken waits in the ring: it is given one slice at a time, and the next when it has taken this.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class FeedRecorder extends ChannelInboundHandlerAdapter {
    private final Client client;
    private final FrameRing ring;
    private final Mount mount;
    private final Recorders recorders;
    private final String session;
    private final long first;
    private final long missed;
    private final int mostBytes;
    private long position;
    private boolean begun;
    private Optional<End> end = Optional.empty();

    FeedRecorder(Client client, RecorderRequest request, FrameRing ring, Mount mount, Recorders recorders) {
        this.client = client;
        this.ring = ring;
        this.mount = mount;
        this.recorders = recorders;
        session = request.session();
        position = request.after().map(ring::positionOf).orElseGet(ring::tail);
        first = ring.framesBefore(position);
        missed = first - request.after().orElse(first);
        mostBytes = client.limits().recorderBufferBytes();
    }

    void start(Reply head) {
        Channel channel = client.channel();
        Transport.giveSlices(channel);
        channel.pipeline().addLast(this);
        channel.closeFuture().addListener(closed -> ended(End.CLIENT_LEFT));
        client.begin(head);
        // If only to see it leave.
        channel.config().setAutoRead(true);
        // When it has taken this it has its first turn.
        channel.flush();
    }

    String session() {
        return session;
    }

    /** The number of the first frame that it is sent. */
    long first() {
        return first;
    }

    /** How many frames there are between the one that it asked for and the first. */
    long missed() {
        return missed;
    }

    /** Empty as long as it may be sent more. */
    Optional<End> end() {
        return end;
    }

    /** When there may be something new for it. */
    void turn() {
        if (position < ring.tail()) {
            // What the kernel has of it is still sent, without us.
            ended(End.OVERRUN);
            client.channel().close();
        } else if (client.channel().isWritable()) {
            give(client.channel());
        }
    }

    private void give(Channel channel) {
        while (channel.isWritable() && position < ring.head()) {
            write();
        }
        // Last: what is taken at once is followed by the next before this returns.
        channel.flush();
    }

    private void write() {
        if (!begun) {
            begun = true;
            recorders.begun(this, ring.playedNanos(position));
        }
        ByteBuf frames = ring.read(position, mostBytes);
        int length = frames.readableBytes();
        position += length;
        client.sent(length);
        mount.sent(Role.RECORDER, length);
        client.channel().write(frames, client.channel().voidPromise());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            turn();
        }
    }

    /** The feed ends, and with it the ring: it is given all that is left, and has as long to take it as the ring would have kept it. */
    void dismiss() {
        turn();
        if (end.isEmpty()) {
            ended(End.FEED_ENDED);
            client.channel().pipeline().remove(this);
            while (position < ring.head()) {
                write();
            }
            LingeringClose.start(client.channel(), client.limits().feed().hold(), client.meters());
        }
    }

    private void ended(End cause) {
        if (end.isEmpty()) {
            end = Optional.of(cause);
            recorders.ended(this);
        }
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
        client.meters().failed("on a recorder", cause);
        client.channel().close();
    }
}
