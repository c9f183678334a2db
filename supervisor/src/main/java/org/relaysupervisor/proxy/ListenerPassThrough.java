package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * One listener with a connection to Icecast of its own: the way for every format that can be passed on without being understood.
 * The request goes up as it came, everything that Icecast says comes down as it is.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class ListenerPassThrough implements Upstream.Caller {
    private final Client client;
    private final Mount mount;
    private final Role role;
    private final Meters meters;
    private final ProxyLimits limits;
    private final ReplyWatch reply = new ReplyWatch();
    private final TunnelEnd clientEnd;
    private ByteBuf request;
    private Upstream.Attempt attempt;
    private Channel icecast;
    private ScheduledFuture<?> answerDeadline;
    private long requestedNanos;
    private boolean answered;
    private boolean closing;

    /** @param request ours to release */
    ListenerPassThrough(Client client, Mount mount, Role role, ByteBuf request, Meters meters, ProxyLimits limits) {
        this.client = client;
        this.mount = mount;
        this.role = role;
        this.request = request;
        this.meters = meters;
        this.limits = limits;
        this.clientEnd = new TunnelEnd(new FromClient(), meters);
    }

    void start(Upstream upstream) {
        Channel channel = client.channel();
        channel.pipeline()
                .addLast(new WriteStall(limits.listenerStall(), () -> client.abort(Refusal.SLOW)))
                .addLast(clientEnd);
        answerDeadline = channel.eventLoop()
                .schedule(this::noAnswer, limits.listenerAnswer().toNanos(), TimeUnit.NANOSECONDS);
        channel.closeFuture().addListener(closed -> release());
        // Read from now on, if only to see it leave.
        channel.config().setAutoRead(true);
        attempt = role.isOurs() ? upstream.connectNow(this) : upstream.connect(this);
    }

    @Override
    public void connected(Channel channel) {
        if (closing) {
            channel.close();
            return;
        }
        icecast = channel;
        TunnelEnd icecastEnd = new TunnelEnd(new FromIcecast(), meters);
        clientEnd.joinedTo(channel);
        channel.pipeline().addLast(icecastEnd);
        requestedNanos = channel.eventLoop().ticker().nanoTime();
        channel.writeAndFlush(request);
        request = null;
        channel.config().setAutoRead(true);
    }

    @Override
    public void failed() {
        refuse();
    }

    private void noAnswer() {
        refuse();
    }

    /** Icecast did not answer, and the listener has had nothing yet. */
    private void refuse() {
        if (!closing) {
            client.channel().pipeline().remove(clientEnd);
            release();
            client.refuse(Refusal.UPSTREAM_FAILED, Reply.upstreamDown());
        }
    }

    private void release() {
        closing = true;
        answerDeadline.cancel(false);
        if (request != null) {
            request.release();
            request = null;
        }
        if (attempt != null) {
            attempt.cancel();
        }
        if (icecast != null) {
            icecast.close();
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
            if (reply.completedBy(data)) {
                client.answered(reply.status());
                if (reply.status() == 200) {
                    mount.learn(reply.headerLines());
                }
            }
            client.sent(data.readableBytes());
            mount.sent(role, data.readableBytes());
            client.channel().write(data);
        }

        @Override
        public void receivedAll() {
            client.channel().flush();
        }

        @Override
        public void ended() {
            if (!answered) {
                refuse();
            } else if (!closing) {
                closing = true;
                client.close();
            }
        }
    }

    private final class FromClient implements TunnelEnd.Owner {
        @Override
        public void received(ByteBuf data) {
            if (closing) {
                data.release();
            } else {
                client.chatter(data);
            }
        }

        @Override
        public void receivedAll() {}

        @Override
        public void ended() {
            release();
        }
    }
}
