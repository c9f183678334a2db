package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * One of the two handlers of a tunnel, in the pipeline of one of its two channels. Hands on what its channel receives, and holds
 * the other channel's reading while its own cannot be written to; that is all the backpressure there is.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class TunnelEnd extends ChannelInboundHandlerAdapter {
    /** What a tunnel does with its channel's events. */
    interface Owner {
        /** The bytes are the owner's to release. */
        void received(ByteBuf data);

        /** No more bytes for now: what was written to the other channel may go out. */
        void receivedAll();

        /** The channel is closed. Called once. */
        void ended();
    }

    private final Owner owner;
    private final Meters meters;
    private Channel other;

    TunnelEnd(Owner owner, Meters meters) {
        this.owner = owner;
        this.meters = meters;
    }

    /** From now on this channel's writability drives the reading of that one. */
    void joinedTo(Channel channel) {
        other = channel;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        owner.received((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        owner.receivedAll();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (other != null) {
            other.config().setAutoRead(ctx.channel().isWritable());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        owner.ended();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        meters.failed("in a tunnel", cause);
        ctx.close();
    }
}
