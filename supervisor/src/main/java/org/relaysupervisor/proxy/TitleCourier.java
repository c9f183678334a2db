package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Brings a feed's titles to Icecast, one at a time and the newest only: at once while Icecast is there, and the last one again
 * when it has come back, since it has forgotten all.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class TitleCourier {
    private final Upstream upstream;
    private final Meters meters;
    private final Duration patience;
    private final EventExecutor loop;
    private byte[] newest;
    private boolean due;
    private Errand errand;

    TitleCourier(Upstream upstream, Meters meters, Duration patience, EventExecutor loop) {
        this.upstream = upstream;
        this.meters = meters;
        this.patience = patience;
        this.loop = loop;
    }

    /** @param request a whole request, credentials included */
    void send(byte[] request, boolean icecastIsThere) {
        newest = request;
        due = icecastIsThere;
        next();
    }

    /** Icecast has this one already. */
    void remember(byte[] request) {
        newest = request;
    }

    void icecastIsBack() {
        due = newest != null;
        next();
    }

    void forget() {
        newest = null;
        due = false;
    }

    private void next() {
        if (due && errand == null) {
            due = false;
            errand = new Errand(newest);
            upstream.connectNow(errand);
        }
    }

    private final class Errand implements Upstream.Caller, TunnelEnd.Owner {
        private final byte[] request;
        private ScheduledFuture<?> deadline;

        Errand(byte[] request) {
            this.request = request;
        }

        @Override
        public void connected(Channel icecast) {
            icecast.pipeline().addLast(new TunnelEnd(this, meters));
            deadline = loop.schedule(() -> icecast.close(), patience.toNanos(), TimeUnit.NANOSECONDS);
            icecast.writeAndFlush(Unpooled.wrappedBuffer(request));
            icecast.config().setAutoRead(true);
        }

        @Override
        public void failed() {
            done();
        }

        @Override
        public void received(ByteBuf data) {
            data.release();
        }

        @Override
        public void receivedAll() {}

        @Override
        public void ended() {
            deadline.cancel(false);
            done();
        }

        private void done() {
            errand = null;
            next();
        }
    }
}
