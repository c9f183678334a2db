package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * The first handler of every accepted connection: gathers one request head, in bounded time and memory, hands it to the route and
 * leaves the pipeline.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class HeadReader extends ChannelInboundHandlerAdapter {
    private static final int INITIAL_BYTES = 512;

    private final Client client;
    private final RequestHandler route;
    private final ProxyLimits limits;
    private ByteBuf received;
    private final HeadEnd end = new HeadEnd();
    private int scanned;
    private ScheduledFuture<?> deadline;
    private boolean done;

    HeadReader(Client client, RequestHandler route, ProxyLimits limits) {
        this.client = client;
        this.route = route;
        this.limits = limits;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline =
                ctx.executor().schedule(() -> timedOut(), limits.headTimeout().toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf data = (ByteBuf) message;
        if (received == null) {
            received = ctx.alloc().buffer(Math.max(INITIAL_BYTES, data.readableBytes()));
        }
        try {
            received.writeBytes(data);
        } finally {
            data.release();
        }
        if (!received.isReadable()) {
            return;
        }
        int length = endOfHead();
        if (length > 0 && length <= limits.headBytes()) {
            complete(ctx, length);
        } else if (received.getByte(0) < 'A' || received.getByte(0) > 'Z') {
            // A TLS hello, for one, would otherwise be waited for until the deadline.
            finish();
            client.refuse(Refusal.BAD_REQUEST, Reply.badRequest("this port speaks plain HTTP"));
        } else if (received.readableBytes() >= limits.headBytes()) {
            finish();
            client.refuse(Refusal.HEAD_TOO_LARGE, Reply.headTooLarge(limits.headBytes()));
        }
    }

    /** The head's length with its empty line, or 0 when that has not come yet. */
    private int endOfHead() {
        while (scanned < received.writerIndex()) {
            if (end.isAt(received.getByte(scanned++))) {
                return scanned;
            }
        }
        return 0;
    }

    private void complete(ChannelHandlerContext ctx, int length) {
        // What comes next is read when the route has found where it goes.
        ctx.channel().config().setAutoRead(false);
        RequestHead head;
        try {
            head = RequestHead.parse(received.toString(0, length, StandardCharsets.ISO_8859_1));
        } catch (MalformedHeadException e) {
            finish();
            client.refuse(Refusal.BAD_REQUEST, Reply.badRequest(e.getMessage()));
            return;
        }
        ByteBuf bytes = received;
        received = null;
        finish();
        route.request(client, head, bytes, length);
    }

    private void timedOut() {
        if (!done) {
            boolean silent = received == null;
            finish();
            client.refuse(Refusal.HEAD_TIMEOUT, silent ? Reply.NONE : Reply.headTimeout());
        }
    }

    private void finish() {
        client.channel().pipeline().remove(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!done) {
            finish();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        done = true;
        deadline.cancel(false);
        if (received != null) {
            received.release();
            received = null;
        }
    }
}
