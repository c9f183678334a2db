package org.relaysupervisor.proxy;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Sends what is written, then our FIN, then reads the peer out until its FIN or a deadline. Closing a socket with unread bytes in
 * it makes the kernel send a reset, which may destroy the reply before the peer has read it.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class LingeringClose extends ChannelInboundHandlerAdapter {
    private final Meters meters;
    private ScheduledFuture<?> deadline;

    private LingeringClose(Meters meters) {
        this.meters = meters;
    }

    static void start(Channel channel, Duration within, Meters meters) {
        LingeringClose close = new LingeringClose(meters);
        channel.pipeline().addLast(close);
        close.deadline = channel.eventLoop().schedule(() -> channel.close(), within.toNanos(), TimeUnit.NANOSECONDS);
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (written.isSuccess() && channel instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            } else {
                channel.close();
            }
        });
        channel.config().setAutoRead(true);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        deadline.cancel(false);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        meters.failed("while closing", cause);
        ctx.close();
    }
}
