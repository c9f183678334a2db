package org.relaysupervisor.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Makes the connections to Icecast. Sources and our own children are connected at once. Listeners take turns, a few at a time:
 * Icecast's listen backlog is 5, and a connection request that finds it full is dropped and repeated one second later.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class Upstream {
    /** Begins one connection; its channel must not read by itself. */
    interface Connector {
        ChannelFuture connect();
    }

    /** Who wants a connection; exactly one of the two is called, unless the attempt is cancelled. */
    interface Caller {
        void connected(Channel icecast);

        void failed();
    }

    private final Connector connector;
    private final EventExecutor loop;
    private final ProxyLimits limits;
    private final Meters meters;
    private final ArrayDeque<Attempt> waiting = new ArrayDeque<>();
    private int underWay;

    Upstream(Connector connector, EventExecutor loop, ProxyLimits limits, Meters meters) {
        this.connector = connector;
        this.loop = loop;
        this.limits = limits;
        this.meters = meters;
    }

    /** Connects without waiting for a turn. */
    Attempt connectNow(Caller caller) {
        Attempt attempt = new Attempt(caller, false);
        attempt.begin();
        return attempt;
    }

    /** Connects when it is this caller's turn; fails at once when too many wait. */
    Attempt connect(Caller caller) {
        Attempt attempt = new Attempt(caller, true);
        if (waiting.size() >= limits.connectQueue()) {
            attempt.fail();
            return attempt;
        }
        waiting.add(attempt);
        next();
        return attempt;
    }

    /** Fails all that wait: Icecast is known to be away. */
    void failWaiting() {
        List<Attempt> all = List.copyOf(waiting);
        waiting.clear();
        meters.waiting.set(0);
        all.forEach(Attempt::fail);
    }

    private void next() {
        while (underWay < limits.connectsAtOnce() && !waiting.isEmpty()) {
            underWay++;
            waiting.remove().begin();
        }
        meters.waiting.set(waiting.size());
    }

    private void turnOver() {
        underWay--;
        next();
    }

    /** One wish for a connection. */
    final class Attempt {
        private final Caller caller;
        private final boolean takesTurn;
        private boolean cancelled;

        private Attempt(Caller caller, boolean takesTurn) {
            this.caller = caller;
            this.takesTurn = takesTurn;
        }

        /** The caller is not called after this returns. */
        void cancel() {
            cancelled = true;
            if (waiting.remove(this)) {
                meters.waiting.set(waiting.size());
            }
        }

        private void begin() {
            ChannelFuture connecting = connector.connect();
            connecting.addListener(unused -> ended(connecting));
        }

        private void ended(ChannelFuture connecting) {
            if (takesTurn && connecting.isSuccess()) {
                // The kernel said yes; Icecast itself has yet to accept.
                loop.schedule(Upstream.this::turnOver, limits.connectSpacing().toNanos(), TimeUnit.NANOSECONDS);
            } else if (takesTurn) {
                loop.execute(Upstream.this::turnOver);
            }
            if (!connecting.isSuccess()) {
                meters.failed("connecting to Icecast", connecting.cause());
                fail();
            } else if (cancelled) {
                connecting.channel().close();
            } else {
                meters.connects.increment();
                caller.connected(connecting.channel());
            }
        }

        private void fail() {
            meters.connectFailures.increment();
            if (!cancelled) {
                caller.failed();
            }
        }
    }
}
