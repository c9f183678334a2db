package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.relaysupervisor.proxy.Ledger.Kind;
import org.relaysupervisor.proxy.Ledger.Line;
import org.relaysupervisor.proxy.Ledger.Mark;

/**
 * The one connection as which Icecast knows a feed's source. It asks with the head that the source sent, and then carries the
 * feed. When it breaks, the source does not learn of it: as soon as Icecast may be connected to, it is made anew, and begins with
 * a burst, so that Icecast has one for its own listeners.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class IcecastLink implements Pacer.Member {
    /** Who asked for the first connection, and is told how Icecast answered; exactly one is called. */
    interface Asker {
        /** Icecast's answer, whatever it is, in its own words; the asker's to release. */
        void answered(int status, ByteBuf reply);

        void failed();
    }

    private static final int LONGEST_BACKOFF = 8;

    private final Feed feed;
    private final Upstream upstream;
    private final Meters meters;
    private final ProxyLimits limits;
    private final Pacer pacer;
    private final Keeping keeping;
    private final EventExecutor loop;
    private byte[] head;
    private Connection connection;
    private boolean icecastAvailable;
    private long closedSinceNanos;
    private long retryAtNanos;
    private int backoff = 1;

    IcecastLink(
            Feed feed,
            Upstream upstream,
            Meters meters,
            ProxyLimits limits,
            Pacer pacer,
            Keeping keeping,
            EventExecutor loop) {
        this.feed = feed;
        this.upstream = upstream;
        this.meters = meters;
        this.limits = limits;
        this.pacer = pacer;
        this.keeping = keeping;
        this.loop = loop;
    }

    /** Whether Icecast has this feed as a source now. */
    boolean isOpen() {
        return connection != null && connection.accepted;
    }

    /** Whether a source waits for Icecast's word. */
    boolean isAsking() {
        return connection != null && !connection.answered && !(connection.asker instanceof Reopening);
    }

    /** How long it has not been open. */
    long closedNanos() {
        return isOpen() ? 0 : loop.ticker().nanoTime() - closedSinceNanos;
    }

    /**
     * Goes on with the connection that an earlier daemon had.
     *
     * @param from where it stands
     */
    void resume(Channel icecast, Line line, Mark from) {
        head = line.requestBytes();
        connection = new Connection(new Reopening());
        connection.resume(icecast, line, from);
    }

    /** It was open when an earlier daemon ended, and is not. */
    void awaited() {
        closedSinceNanos = loop.ticker().nanoTime();
    }

    /** What to ask with, for a source that Icecast has let in already, if that isn't known. */
    void askWith(byte[] sourceHead) {
        if (head == null) {
            head = sourceHead;
        }
    }

    /** Asks Icecast, for a source that has come. What the head holds, a password above all, is kept until {@link #close}. */
    void open(byte[] sourceHead, Asker asker) {
        close();
        head = sourceHead;
        connection = new Connection(asker);
        connection.begin();
    }

    /** Refuses a source that waits for Icecast's word. */
    void refuseAsker() {
        if (isAsking()) {
            connection.fail();
        }
    }

    /** Ends the connection, and does not make it again. */
    void close() {
        drop();
        head = null;
    }

    void icecastAvailable(boolean available) {
        icecastAvailable = available;
        backoff = 1;
        retryAtNanos = loop.ticker().nanoTime();
        if (available) {
            reopen();
        }
    }

    /** Called regularly: gives up a connection that takes nothing, makes a lost one anew. */
    void check() {
        if (connection != null) {
            connection.checkStall();
        } else if (loop.ticker().nanoTime() - retryAtNanos >= 0) {
            reopen();
        }
    }

    private void reopen() {
        if (connection == null && head != null && icecastAvailable) {
            retryAtNanos =
                    loop.ticker().nanoTime() + backoff * limits.feed().reopen().toNanos();
            backoff = Math.min(2 * backoff, LONGEST_BACKOFF);
            connection = new Connection(new Reopening());
            connection.begin();
        }
    }

    private void drop() {
        if (connection != null) {
            Connection last = connection;
            connection = null;
            last.end();
        }
    }

    private void lost() {
        drop();
        closedSinceNanos = loop.ticker().nanoTime();
        // An Icecast that is being started anew must not be connected to before it listens: we are told when.
        retryAtNanos = closedSinceNanos + limits.feed().reopen().toNanos();
        feed.icecastLost();
    }

    @Override
    public void turn() {
        if (isOpen()) {
            connection.write();
        }
    }

    /** Nobody waits for the answer but we. */
    private final class Reopening implements Asker {
        @Override
        public void answered(int status, ByteBuf reply) {
            reply.release();
            if (status == 401) {
                // The password has changed. Who comes with the new one is asked about as if there had been no source.
                close();
                feed.disowned();
            } else if (status != 200) {
                drop();
                feed.icecastRefused(status);
            } else {
                backoff = 1;
            }
        }

        @Override
        public void failed() {}
    }

    private final class Connection implements Upstream.Caller, TunnelEnd.Owner {
        private final Asker asker;
        private final ReplyWatch reply = new ReplyWatch();
        private final ByteBuf replyBytes = Unpooled.buffer();
        private Upstream.Attempt attempt;
        private Channel channel;
        private ScheduledFuture<?> deadline;
        private Pacer.Place place;
        private Optional<Line> line = Optional.empty();
        private boolean answered;
        private boolean accepted;
        private long position;
        private long sentBytes;
        private long requestedNanos;
        private long writableNanos;

        Connection(Asker asker) {
            this.asker = asker;
        }

        void begin() {
            attempt = upstream.connectNow(this);
        }

        void resume(Channel icecast, Line itsLine, Mark from) {
            channel = icecast;
            line = Optional.of(itsLine);
            itsLine.goOn(from);
            position = from.position();
            sentBytes = from.start();
            answered = true;
            accepted = true;
            writableNanos = loop.ticker().nanoTime();
            channel.pipeline().addLast(new TunnelEnd(this, meters));
            channel.config().setAutoRead(true);
            place = pacer.add(IcecastLink.this);
        }

        @Override
        public void connected(Channel icecast) {
            channel = icecast;
            channel.pipeline().addLast(new TunnelEnd(this, meters));
            requestedNanos = loop.ticker().nanoTime();
            deadline = loop.schedule(this::fail, limits.sourceAnswer().toNanos(), TimeUnit.NANOSECONDS);
            channel.writeAndFlush(Unpooled.wrappedBuffer(head));
            channel.config().setAutoRead(true);
        }

        @Override
        public void failed() {
            fail();
        }

        private void fail() {
            if (!answered) {
                answered = true;
                drop();
                asker.failed();
            }
        }

        @Override
        public void received(ByteBuf data) {
            if (!answered) {
                boolean complete = reply.completedBy(data);
                replyBytes.writeBytes(data);
                if (complete) {
                    answered();
                }
            }
            data.release();
        }

        private void answered() {
            answered = true;
            deadline.cancel(false);
            meters.answered(loop.ticker().nanoTime() - requestedNanos);
            if (reply.status() == 200) {
                accept();
            }
            asker.answered(reply.status(), replyBytes.retain());
        }

        private void accept() {
            accepted = true;
            writableNanos = loop.ticker().nanoTime();
            sentBytes = head.length;
            line = keeping.keep(Kind.ICECAST, channel, head);
            startWithBurst();
            place = pacer.add(IcecastLink.this);
            write();
            feed.icecastHas();
        }

        private void startWithBurst() {
            FrameRing.Start start = feed.ring().startBehind(feed.burst());
            position = start.position();
            int preamble = start.preamble().length;
            line.ifPresent(its -> its.note(new Mark(sentBytes, preamble, Mark.NO_TITLES, position)));
            sentBytes += preamble;
            channel.write(Unpooled.wrappedBuffer(start.preamble()));
        }

        void write() {
            if (channel.isWritable()) {
                writableNanos = loop.ticker().nanoTime();
                if (position < feed.ring().tail()) {
                    startWithBurst();
                }
            }
            while (channel.isWritable() && position < feed.ring().head()) {
                ByteBuf audio = feed.ring().read(position);
                position += audio.readableBytes();
                sentBytes += audio.readableBytes();
                channel.write(audio, channel.voidPromise());
            }
            channel.flush();
        }

        void checkStall() {
            long stall = limits.feed().icecastStall().toNanos();
            if (accepted && !channel.isWritable() && loop.ticker().nanoTime() - writableNanos > stall) {
                lost();
            }
        }

        @Override
        public void receivedAll() {}

        @Override
        public void ended() {
            if (!answered) {
                fail();
            } else if (connection == this) {
                lost();
            }
        }

        /** Whatever was going on. */
        void end() {
            answered = true;
            accepted = false;
            if (attempt != null) {
                attempt.cancel();
            }
            replyBytes.release();
            if (deadline != null) {
                deadline.cancel(false);
            }
            if (place != null) {
                place.leave();
            }
            if (channel != null) {
                channel.close();
                line.ifPresent(its -> keeping.end(its, channel));
            }
        }
    }
}
