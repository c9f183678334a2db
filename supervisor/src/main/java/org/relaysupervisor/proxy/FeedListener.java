package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Optional;
import org.relaysupervisor.proxy.Ledger.Mark;

/**
 * One listener or probe: a cursor on a feed. It is given the newest frames at each of its turns, and when it has not
 * taken them yet it is given nothing, so that what waits for it is in the ring and not in buffers of its own.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class FeedListener extends ChannelInboundHandlerAdapter implements Pacer.Member, IcyWriter.Owner {
    private final Feed feed;
    private final Client client;
    private final Role role;
    private final IcyWriter titles;
    private final long arrival;
    private Optional<Ledger.Line> line = Optional.empty();
    private Pacer.Place place;
    private long position;
    private long reachedNanos;
    private long stalledSinceNanos;
    private boolean stalled;

    /** @param titles null for a listener who did not ask for them */
    FeedListener(Feed feed, Client client, Role role, IcyWriter titles, long arrival) {
        this.feed = feed;
        this.client = client;
        this.role = role;
        this.titles = titles;
        this.arrival = arrival;
    }

    Role role() {
        return role;
    }

    /** How many had come to the feed before. */
    long arrival() {
        return arrival;
    }

    void start(Reply head, Pacer pacer, Keeping keeping) {
        Channel channel = client.channel();
        place = pacer.add(this);
        channel.pipeline().addLast(this);
        channel.closeFuture().addListener(closed -> ended());
        client.begin(head);
        line = keeping.keep(client, role);
        begin(feed.ring().startBehind(feed.burst()));
        // If only to see it leave.
        channel.config().setAutoRead(true);
        turn();
        // The head, when there is no audio yet.
        channel.flush();
    }

    /**
     * Goes on with one whom an earlier daemon has served.
     *
     * @param from where its connection stands; the ring has what follows
     */
    void resume(Ledger.Line itsLine, Mark from, Pacer pacer) {
        Channel channel = client.channel();
        line = Optional.of(itsLine);
        itsLine.goOn(from);
        place = pacer.add(this);
        channel.pipeline().addLast(this);
        channel.closeFuture().addListener(closed -> ended());
        if (from.length() > 0) {
            // The rest of a title that was cut off.
            count(from.length());
            channel.write(Unpooled.wrappedBuffer(new byte[from.length()]), channel.voidPromise());
        }
        position = from.position();
        reachedNanos = feed.ring().nanosAt(position);
        channel.config().setAutoRead(true);
        turn();
        // The rest of the title, when no audio follows yet.
        channel.flush();
    }

    private void begin(FrameRing.Start start) {
        position = start.position();
        reachedNanos = feed.ring().nanosAt(position);
        int preamble = start.preamble().length;
        note(0, preamble, titles == null ? Mark.NO_TITLES : titles.untilTitle(), position);
        if (preamble > 0) {
            count(preamble);
            client.channel()
                    .write(
                            Unpooled.wrappedBuffer(start.preamble()),
                            client.channel().voidPromise());
        }
    }

    /** @param before bytes that come before it and are not counted as sent yet */
    private void note(long before, int length, int untilTitle, long audio) {
        line.ifPresent(its -> its.note(new Mark(client.sentBytes() + before, length, untilTitle, audio)));
    }

    @Override
    public void block(long before, int length, long audio) {
        note(before, length, IcyWriter.INTERVAL, audio);
    }

    @Override
    public void turn() {
        Channel channel = client.channel();
        if (channel.isWritable()) {
            stalled = false;
            write(channel);
        } else if (!stalled) {
            stalled = true;
            stalledSinceNanos = feed.now();
        } else if (feed.now() - stalledSinceNanos
                > client.limits().listenerStall().toNanos()) {
            feed.readers().stalled(this);
            client.abort(Refusal.SLOW);
        }
    }

    private void write(Channel channel) {
        if (position < feed.ring().tail()) {
            catchUp();
        }
        boolean wrote = false;
        while (channel.isWritable() && position < feed.ring().head()) {
            give(channel, feed.ring().read(position));
            wrote = true;
        }
        if (wrote) {
            reachedNanos = feed.ring().nanosAt(position);
            channel.flush();
        }
    }

    private void give(Channel channel, ByteBuf audio) {
        int length = audio.readableBytes();
        if (titles == null) {
            channel.write(audio, channel.voidPromise());
            count(length);
        } else {
            count(titles.write(channel, position, audio, this));
        }
        position += length;
    }

    /** It is behind all that is kept: it goes on with what a listener who comes now would begin with. */
    private void catchUp() {
        long before = reachedNanos;
        begin(feed.ring().startBehind(feed.burst()));
        client.meters().moved(reachedNanos - before);
    }

    private void count(long bytes) {
        client.sent(bytes);
        feed.sent(role, bytes);
    }

    /** Closes once it has what was written; nothing more is. */
    void close() {
        left();
        client.close();
    }

    private void ended() {
        left();
        line.ifPresent(its -> feed.readers().forget(its, client));
    }

    /** Has no effect the second time. */
    private void left() {
        place.leave();
        feed.readers().left(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        client.chatter((ByteBuf) message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        client.meters().failed("on a feed", cause);
        ctx.close();
    }
}
