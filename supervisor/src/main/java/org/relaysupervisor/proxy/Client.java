package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** An accepted connection: who it is, what it asked for, and what it was given. Lives on the event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class Client {
    /** What a listener may send after its request before it is taken for something else. */
    private static final int MAXIMUM_CHATTER = 64 * 1024;

    private final Channel channel;
    private final InetAddress peer;
    private final Instant acceptedAt;
    private final long acceptedNanos;
    private final Meters meters;
    private final ProxyLimits limits;
    private InetAddress address;
    private RequestHead head;
    private int status;
    private long sentBytes;
    private int chatter;

    Client(
            Channel channel,
            InetAddress peer,
            Instant acceptedAt,
            long acceptedNanos,
            Meters meters,
            ProxyLimits limits) {
        this.channel = channel;
        this.peer = peer;
        this.address = peer;
        this.acceptedAt = acceptedAt;
        this.acceptedNanos = acceptedNanos;
        this.meters = meters;
        this.limits = limits;
    }

    Meters meters() {
        return meters;
    }

    ProxyLimits limits() {
        return limits;
    }

    Channel channel() {
        return channel;
    }

    /** The other end of the TCP connection. */
    InetAddress peer() {
        return peer;
    }

    /** Whom the connection is for: the peer, or who a trusted front says is behind it. */
    InetAddress address() {
        return address;
    }

    Optional<RequestHead> head() {
        return Optional.ofNullable(head);
    }

    Instant acceptedAt() {
        return acceptedAt;
    }

    long acceptedNanos() {
        return acceptedNanos;
    }

    /** Of the answer, ours or Icecast's; 0 while there was none. */
    int status() {
        return status;
    }

    /** Handed to the connection; at its end a part may not have left the machine. */
    long sentBytes() {
        return sentBytes;
    }

    void requested(RequestHead request, InetAddress onBehalfOf) {
        head = request;
        address = onBehalfOf;
    }

    /** It was answered by an earlier daemon, which has handed so many bytes to the kernel. */
    void resumed(RequestHead request, InetAddress onBehalfOf, long bytes) {
        requested(request, onBehalfOf);
        status = 200;
        sentBytes = bytes;
    }

    void answered(int code) {
        status = code;
    }

    void sent(long bytes) {
        sentBytes += bytes;
    }

    /** Takes what a listener says after its request, and leaves it unread; too much of it ends the connection. */
    void chatter(ByteBuf data) {
        chatter += data.readableBytes();
        data.release();
        if (chatter > MAXIMUM_CHATTER) {
            abort(Refusal.BAD_REQUEST);
        }
    }

    /** Writes the head of an answer that others go on with, without flushing. */
    void begin(Reply reply) {
        byte[] bytes = reply.bytes();
        status = reply.status();
        sentBytes += bytes.length;
        channel.write(Unpooled.wrappedBuffer(bytes), channel.voidPromise());
    }

    /** Counts the refusal, says so, and closes. */
    void refuse(Refusal reason, Reply reply) {
        meters.refused(reason);
        answer(reply);
    }

    /** Sends an answer of ours, the last thing this connection gets. */
    void answer(Reply reply) {
        boolean wanted = head == null || !head.method().equals("HEAD");
        byte[] bytes = wanted ? reply.bytes() : reply.withoutBody().bytes();
        status = reply.status();
        sentBytes += bytes.length;
        channel.write(Unpooled.wrappedBuffer(bytes));
        finish();
    }

    /** Closes once the peer has what was written, in bounded time. What the peer still sends is thrown away. */
    void finish() {
        LingeringClose.start(channel, limits.drain(), meters);
    }

    /** Closes once the peer has what was written, so that even a peer that only writes sees it; resets one that is too slow. */
    void close() {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        channel.eventLoop().schedule(this::giveUp, limits.drain().toNanos(), TimeUnit.NANOSECONDS);
    }

    private void giveUp() {
        if (channel.isOpen()) {
            abort(Refusal.SLOW);
        }
    }

    /** Counts the reason and resets the connection, so that the kernel keeps nothing of it either. */
    void abort(Refusal reason) {
        meters.refused(reason);
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        channel.close();
    }
}
