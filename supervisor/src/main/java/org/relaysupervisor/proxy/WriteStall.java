package org.relaysupervisor.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Notices a peer that doesn't read. The clock runs from the moment the write buffer is full until half of it is gone, so a peer
 * that takes a byte now and then is noticed as well.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class WriteStall extends ChannelInboundHandlerAdapter {
    private final Duration patience;
    private final Runnable stalled;
    private ScheduledFuture<?> timer;

    WriteStall(Duration patience, Runnable stalled) {
        this.patience = patience;
        this.stalled = stalled;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        cancel();
        if (!ctx.channel().isWritable()) {
            timer = ctx.executor().schedule(stalled, patience.toNanos(), TimeUnit.NANOSECONDS);
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        cancel();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        cancel();
    }

    private void cancel() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
