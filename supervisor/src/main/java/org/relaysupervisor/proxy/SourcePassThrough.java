package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.relaysupervisor.proxy.Ledger.Kind;
import org.relaysupervisor.proxy.Ledger.Line;

/**
 * One source's connection, or one title update, joined to one connection to Icecast; every byte passes as it is, both ways. When
 * Icecast says no, doesn't answer, stops reading or dies, the source knows at once.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class SourcePassThrough implements Upstream.Caller {
    private final Client client;
    private final Optional<Mount> mount;
    private final Meters meters;
    private final ProxyLimits limits;
    private final Keeping keeping;
    private final Runnable whenAccepted;
    private final byte[] head;
    private final ReplyWatch reply = new ReplyWatch();
    private final TunnelEnd clientEnd;
    private ByteBuf received;
    private Channel icecast;
    private Optional<Keeping.Pair> kept = Optional.empty();
    private ScheduledFuture<?> answerDeadline;
    private long requestedNanos;
    private boolean answered;
    private boolean closing;
    private boolean accepted;
    private long unacceptedBytes;

    /**
     * @param mount empty for a title update
     * @param received the head and perhaps some audio; ours to release
     * @param whenAccepted is told when Icecast says 200
     */
    SourcePassThrough(
            Client client,
            Optional<Mount> mount,
            ByteBuf received,
            int headLength,
            Meters meters,
            ProxyLimits limits,
            Keeping keeping,
            Runnable whenAccepted) {
        this.client = client;
        this.mount = mount;
        this.received = received;
        this.meters = meters;
        this.limits = limits;
        this.keeping = keeping;
        this.whenAccepted = whenAccepted;
        this.head = ByteBufUtil.getBytes(received, received.readerIndex(), headLength);
        this.unacceptedBytes = received.readableBytes() - (long) headLength;
        this.clientEnd = new TunnelEnd(new FromSource(), meters);
    }

    void start(Upstream upstream) {
        enter();
        upstream.connectNow(this);
    }

    /** Goes on for an earlier daemon, for which Icecast had accepted it. */
    void resume(Line line, Channel channel) {
        kept = Optional.of(new Keeping.Pair(line, client.channel(), channel));
        answered = true;
        accepted = true;
        mount.orElseThrow().sourceAccepted();
        enter();
        join(channel);
    }

    private void enter() {
        mount.ifPresent(known -> known.connected(Role.SOURCE));
        client.channel().closeFuture().addListener(closed -> left());
        client.channel()
                .pipeline()
                .addLast(new Idle(limits.sourceIdle().toMillis()))
                .addLast(clientEnd);
    }

    @Override
    public void connected(Channel channel) {
        if (closing) {
            channel.close();
            return;
        }
        requestedNanos = channel.eventLoop().ticker().nanoTime();
        answerDeadline =
                channel.eventLoop().schedule(this::refuse, limits.sourceAnswer().toNanos(), TimeUnit.NANOSECONDS);
        channel.write(received);
        received = null;
        join(channel);
        channel.flush();
    }

    private void join(Channel channel) {
        icecast = channel;
        TunnelEnd icecastEnd = new TunnelEnd(new FromIcecast(), meters);
        icecastEnd.joinedTo(client.channel());
        clientEnd.joinedTo(channel);
        channel.pipeline()
                .addLast(new WriteStall(limits.sourceStall(), this::cutOff))
                .addLast(icecastEnd);
        channel.config().setAutoRead(true);
        client.channel().config().setAutoRead(channel.isWritable());
    }

    @Override
    public void failed() {
        refuse();
    }

    /** Icecast did not answer, and the source has had nothing yet. */
    private void refuse() {
        if (!closing) {
            client.channel().pipeline().remove(clientEnd);
            release();
            client.refuse(Refusal.UPSTREAM_FAILED, Reply.upstreamDown());
        }
    }

    /** Icecast has stopped reading. To hold the source would be to stop its clock. */
    private void cutOff() {
        if (!closing) {
            client.abort(Refusal.UPSTREAM_FAILED);
        }
    }

    private void left() {
        kept.ifPresent(keeping::end);
        release();
        mount.ifPresent(known -> {
            known.disconnected(Role.SOURCE);
            if (accepted) {
                known.acceptedSourceLeft();
            }
        });
    }

    private void release() {
        closing = true;
        if (answerDeadline != null) {
            answerDeadline.cancel(false);
        }
        if (received != null) {
            received.release();
            received = null;
        }
        if (icecast != null) {
            // The source's last bytes still go to Icecast.
            Channel last = icecast;
            last.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            last.eventLoop().schedule(() -> last.close(), limits.drain().toNanos(), TimeUnit.NANOSECONDS);
            icecast = null;
        }
    }

    /** Counts audio, but only what Icecast has let in. */
    private void count(int bytes) {
        unacceptedBytes += bytes;
        if (accepted) {
            mount.ifPresent(known -> known.passed(unacceptedBytes));
            unacceptedBytes = 0;
        }
    }

    private final class FromSource implements TunnelEnd.Owner {
        @Override
        public void received(ByteBuf data) {
            if (closing || icecast == null || mount.isEmpty()) {
                // A title update is one request; a second one behind it would pass unseen.
                data.release();
                return;
            }
            count(data.readableBytes());
            icecast.write(data);
        }

        @Override
        public void receivedAll() {
            if (icecast != null) {
                icecast.flush();
            }
        }

        @Override
        public void ended() {
            // The channel's close future does the rest.
        }
    }

    private final class FromIcecast implements TunnelEnd.Owner {
        @Override
        public void received(ByteBuf data) {
            if (closing) {
                data.release();
                return;
            }
            if (!answered) {
                answered = true;
                answerDeadline.cancel(false);
                meters.answered(icecast.eventLoop().ticker().nanoTime() - requestedNanos);
            }
            if (!accepted && reply.completedBy(data)) {
                client.answered(reply.status());
                accept();
            }
            client.sent(data.readableBytes());
            client.channel().write(data);
        }

        private void accept() {
            if (reply.status() == 200) {
                whenAccepted.run();
            }
            if (mount.isPresent() && reply.status() == 200) {
                accepted = true;
                mount.get().sourceAccepted();
                kept = keeping.keep(Kind.PASSED, client.channel(), icecast, head);
                count(0);
            }
        }

        @Override
        public void receivedAll() {
            client.channel().flush();
        }

        @Override
        public void ended() {
            if (!answered) {
                refuse();
            } else if (!closing && accepted) {
                closing = true;
                client.close();
            } else if (!closing) {
                // It was told why; with a reset it might not get to read that.
                client.channel().pipeline().remove(clientEnd);
                release();
                client.finish();
            }
        }
    }

    /** A source that is connected and silent keeps others from its mount. */
    private final class Idle extends IdleStateHandler {
        Idle(long milliseconds) {
            super(milliseconds, 0, 0, TimeUnit.MILLISECONDS);
        }

        @Override
        protected void channelIdle(ChannelHandlerContext ctx, IdleStateEvent event) {
            if (!closing) {
                client.abort(Refusal.IDLE);
            }
        }
    }
}
