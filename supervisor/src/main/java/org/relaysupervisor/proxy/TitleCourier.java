package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Brings a feed's titles to Icecast, one at a time and the newest only: at once while Icecast is there, and the last one again
 * when it has come back, since it has forgotten all. One that Icecast did not answer is brought a few times more.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class TitleCourier {
    private static final int MOST_ATTEMPTS = 4;

    private final Upstream upstream;
    private final Meters meters;
    private final FeedLimits limits;
    private final BooleanSupplier icecastIsThere;
    private final EventExecutor loop;
    private byte[] newest;
    private boolean due;
    private int attempts;
    private Errand errand;
    private ScheduledFuture<?> repetition;

    TitleCourier(
            Upstream upstream, Meters meters, FeedLimits limits, BooleanSupplier icecastIsThere, EventExecutor loop) {
        this.upstream = upstream;
        this.meters = meters;
        this.limits = limits;
        this.icecastIsThere = icecastIsThere;
        this.loop = loop;
    }

    /** @param request a whole request, credentials included */
    void send(byte[] request) {
        remember(request);
        bring();
    }

    /** Icecast has this one already. */
    void remember(byte[] request) {
        forget();
        newest = request;
    }

    void icecastIsBack() {
        attempts = 0;
        bring();
    }

    void forget() {
        newest = null;
        due = false;
        attempts = 0;
        notAgain();
    }

    private void bring() {
        due = newest != null && icecastIsThere.getAsBoolean();
        next();
    }

    private void next() {
        if (due && errand == null) {
            due = false;
            notAgain();
            attempts++;
            errand = new Errand(newest);
            upstream.connectNow(errand);
        }
    }

    private void notAgain() {
        if (repetition != null) {
            repetition.cancel(false);
            repetition = null;
        }
    }

    /** The title may have changed meanwhile: then this one is of no interest. */
    private void unanswered(byte[] request) {
        if (request == newest && attempts < MOST_ATTEMPTS) {
            long delay = limits.reopen().toNanos() << (attempts - 1);
            repetition = loop.schedule(this::bring, delay, TimeUnit.NANOSECONDS);
        }
    }

    private final class Errand implements Upstream.Caller, TunnelEnd.Owner {
        private final byte[] request;
        private ScheduledFuture<?> deadline;
        private boolean answered;

        Errand(byte[] request) {
            this.request = request;
        }

        @Override
        public void connected(Channel icecast) {
            icecast.pipeline().addLast(new TunnelEnd(this, meters));
            deadline = loop.schedule(() -> icecast.close(), limits.titleAnswer().toNanos(), TimeUnit.NANOSECONDS);
            icecast.writeAndFlush(Unpooled.wrappedBuffer(request));
            icecast.config().setAutoRead(true);
        }

        @Override
        public void failed() {
            done();
        }

        @Override
        public void received(ByteBuf data) {
            answered = true;
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
            if (!answered) {
                unanswered(request);
            }
            next();
        }
    }
}
