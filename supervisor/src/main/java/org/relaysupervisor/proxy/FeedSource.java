package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.relaysupervisor.frames.FrameParser;
import org.relaysupervisor.proxy.Ledger.Kind;
import org.relaysupervisor.proxy.Ledger.Line;

/**
 * One source's connection to a feed. The first time it is Icecast who says whether it may send; afterwards the connection lives on
 * whatever becomes of Icecast. It is read at the feed's pace, a few times a second: until then its bytes wait in the kernel, which
 * has room for several seconds of them.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class FeedSource implements AudioSource, IcecastLink.Asker, TunnelEnd.Owner {
    private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
    private static final String OK = "HTTP/1.0 200 OK\r\n\r\n";

    /** In bytes; whoever has sent so much has probably sent more. */
    private static final int LARGE_READ = 8 * 1024;

    /** In one turn. */
    private static final int MOST_READS = 16;

    private final Client client;
    private final RequestHead head;
    private final Feed feed;
    private final Mount mount;
    private final FrameParser parser;
    private final Keeping keeping;
    private final byte[] headBytes;
    private Optional<Line> line = Optional.empty();
    private byte[] early;
    private int readBytes;
    private int reads;
    private boolean attached;
    private boolean closing;
    private long garbageBytes;
    private long tagBytes;

    /**
     * @param headBytes the request's head as it came
     * @param early what came behind it
     */
    FeedSource(
            Client client,
            RequestHead head,
            byte[] headBytes,
            Feed feed,
            Mount mount,
            FrameParser parser,
            Keeping keeping,
            byte[] early) {
        this.client = client;
        this.head = head;
        this.headBytes = headBytes;
        this.keeping = keeping;
        this.feed = feed;
        this.mount = mount;
        this.parser = parser;
        this.early = early;
    }

    /** Has Icecast decide. */
    void ask() {
        open();
        if (!closing) {
            feed.icecast().open(headBytes, this);
        }
    }

    /** Goes on where a source with the same credentials ended; Icecast need not be asked, nor be there. */
    void takeOver() {
        open();
        accepted();
    }

    /** Sends beside the feed's source, until it takes that one's place. */
    void rehearse() {
        open();
        admit(() -> feed.understudy().enter(this));
    }

    /** Goes on as the feed's source, as which an earlier daemon had it; what that one had of a frame is lost. */
    void resume(Line itsLine) {
        line = Optional.of(itsLine);
        byte[] headers = feed.ring().newestHeaders();
        parser.accept(headers, 0, headers.length, known -> {});
        open();
        attached = true;
        feed.icecast().askWith(headBytes);
        feed.attach(this, head.header("Authorization"), headers());
    }

    /** It is the feed's source, and is to be that of the next daemon's. Has no effect the second time. */
    void keep() {
        if (line.isEmpty()) {
            line = keeping.keep(Kind.SOURCE, client.channel(), headBytes);
        }
    }

    /** It ends with this daemon. Has no effect the second time. */
    void keepNoMore() {
        line.ifPresent(its -> keeping.end(its, client.channel()));
        line = Optional.empty();
    }

    StreamHeaders headers() {
        return StreamHeaders.of(head);
    }

    private void open() {
        Channel channel = client.channel();
        mount.connected(Role.SOURCE);
        channel.pipeline().addLast(new TunnelEnd(this, client.meters()));
        channel.closeFuture().addListener(closed -> left());
    }

    @Override
    public void answered(int status, ByteBuf reply) {
        if (closing) {
            reply.release();
        } else if (status == 200) {
            reply.release();
            accepted();
        } else {
            closing = true;
            feed.icecast().close();
            client.answered(status);
            client.sent(reply.readableBytes());
            client.channel().write(reply);
            // It was told why; with a reset it might not get to read that.
            client.finish();
        }
    }

    @Override
    public void failed() {
        if (!closing) {
            closing = true;
            feed.icecast().close();
            client.refuse(Refusal.UPSTREAM_FAILED, Reply.upstreamDown());
        }
    }

    /** In our own words, as the Icecasts differ in theirs, and the feed takes a source without asking them, too. */
    private void accepted() {
        admit(() -> {
            feed.attach(this, head.header("Authorization"), headers());
            keep();
        });
    }

    private void admit(Runnable entry) {
        boolean expects = head.header("Expect").isPresent();
        byte[] answer = (expects ? CONTINUE + OK : OK).getBytes(StandardCharsets.US_ASCII);
        attached = true;
        client.answered(200);
        client.sent(answer.length);
        entry.run();
        client.channel().writeAndFlush(Unpooled.wrappedBuffer(answer));
        if (!closing) {
            take(early, early.length);
        }
        early = null;
    }

    /** What has come arrives by {@link #received}. */
    @Override
    public void read() {
        reads = 1;
        readBytes = 0;
        client.channel().read();
    }

    @Override
    public void received(ByteBuf data) {
        int length = data.readableBytes();
        readBytes += length;
        byte[] bytes = ByteBufUtil.getBytes(data);
        data.release();
        if (attached && !closing) {
            take(bytes, length);
        }
    }

    private void take(byte[] bytes, int length) {
        if (feed.understudy().is(this)) {
            parser.accept(bytes, 0, length, feed.understudy()::append);
            garbageBytes = parser.garbageBytes();
            tagBytes = parser.tagBytes();
            return;
        }
        mount.received(length);
        parser.accept(bytes, 0, length, feed::append);
        long garbage = parser.garbageBytes() - garbageBytes;
        long tags = parser.tagBytes() - tagBytes;
        garbageBytes += garbage;
        tagBytes += tags;
        feed.skipped(garbage, tags);
    }

    /** A read takes 16 KiB at most, and FLAC needs more of them. */
    @Override
    public void receivedAll() {
        if (readBytes >= reads * LARGE_READ && reads < MOST_READS) {
            reads++;
            client.channel().read();
        }
        feed.readers().turn();
    }

    @Override
    public void ended() {
        // The channel's close future does the rest.
    }

    /** So that the source notices at once. */
    @Override
    public void cutOff(Refusal reason) {
        closing = true;
        client.abort(reason);
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    private void left() {
        keepNoMore();
        mount.disconnected(Role.SOURCE);
        boolean asking = !attached && !closing;
        closing = true;
        if (attached) {
            feed.understudy().left(this);
            feed.detached(this);
        } else if (asking) {
            feed.icecast().close();
        }
    }
}
