package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ConnectTimeoutException;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import org.relaysupervisor.frames.Frame;
import org.relaysupervisor.frames.FrameParser;

/** One connection to a primary, from dialling to its end, and the way of its audio into the mount's feed. Lives on the event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class PrimaryConnection implements TunnelEnd.Owner, IcyReader.Owner {
    /** Who made the connection. After {@link #failed}, and after {@link PrimaryConnection#end}, nothing is called any more. */
    interface Owner {
        /** It is open, and the mount has been asked for. */
        void connected();

        /** The primary sends the mount; from now on the feed reads. */
        void accepted(StreamHeaders headers);

        /** Before the frame is played. */
        void heard(Frame frame);

        /** All frames of one reading have been heard. */
        void heardAll();

        /** @param what for people, to stand behind the primary's name */
        void failed(PrimaryFault fault, String what);
    }

    /** In bytes; whoever has sent so much has probably sent more. */
    private static final int LARGE_READ = 8 * 1024;

    /** In one turn. */
    private static final int MOST_READS = 16;

    /** In bytes: more than any frame, so that what has none in so many is no audio. */
    private static final int LONGEST_WITHOUT_FRAME = 256 * 1024;

    /** In bytes: a stream that stops in the middle of a frame has stopped; one that goes on without any is none. */
    private static final int MOST_BETWEEN_FRAMES = 4 * 1024;

    private final Owner owner;
    private final Mount mount;
    private final PrimaryLimits limits;
    private final Meters meters;
    private final Ticker ticker;
    private final PrimaryReply reply = new PrimaryReply();
    private boolean over;
    private Future<Channel> dialling;
    private Channel channel;
    private IcyReader icy;
    private FrameParser parser;
    private Rejoin rejoin;
    private int reads;
    private int readBytes;
    private int withoutFrame;
    private boolean heard;
    private long garbageBytes;
    private long tagBytes;

    PrimaryConnection(Owner owner, Mount mount, PrimaryLimits limits, Meters meters, Ticker ticker) {
        this.owner = owner;
        this.mount = mount;
        this.limits = limits;
        this.meters = meters;
        this.ticker = ticker;
    }

    private long now() {
        return ticker.nanoTime();
    }

    void begin(PrimaryLink.Dialler dialler, Primary primary, String path) {
        dialling = dialler.dial(primary);
        dialling.addListener(unused -> {
            if (over && dialling.isSuccess()) {
                dialling.getNow().close();
            } else if (!over && dialling.isSuccess()) {
                connected(dialling.getNow(), primary.request(path));
            } else if (!over) {
                notConnected(dialling.cause());
            }
        });
    }

    private void notConnected(Throwable cause) {
        if (cause instanceof UnknownHostException) {
            owner.failed(PrimaryFault.RESOLVE, "is not found: " + cause.getMessage());
        } else {
            owner.failed(PrimaryFault.CONNECT, "cannot be connected to: " + reason(cause));
        }
    }

    /** Netty's own words are of system calls and error numbers, if there are any. */
    private static String reason(Throwable cause) {
        if (cause instanceof ConnectTimeoutException) {
            return "no answer";
        }
        if (cause instanceof NoRouteToHostException) {
            return "no way leads there";
        }
        String words = String.valueOf(cause.getMessage());
        return words.contains("refused") ? "refused" : words;
    }

    private void connected(Channel opened, String request) {
        channel = opened;
        owner.connected();
        channel.pipeline().addLast(new TunnelEnd(this, meters));
        channel.writeAndFlush(Unpooled.copiedBuffer(request.getBytes(StandardCharsets.ISO_8859_1)));
        channel.config().setAutoRead(true);
    }

    /** The time of what is being waited for is over. */
    void overdue(PrimaryFault fault) {
        String limit = " within " + limits.answer().toSeconds() + " s";
        switch (fault) {
            case CONNECT -> owner.failed(fault, "did not accept a connection" + limit);
            case NO_ANSWER -> owner.failed(fault, "accepted the connection, and did not answer" + limit);
            default -> {
                if (withoutFrame > MOST_BETWEEN_FRAMES) {
                    noAudio();
                } else {
                    owner.failed(fault, "sent nothing for " + limits.stall().toSeconds() + " s");
                }
            }
        }
    }

    private void noAudio() {
        owner.failed(PrimaryFault.NO_AUDIO, "sends what is no " + mount.contentType());
    }

    /** It isn't wanted any more. */
    void end() {
        over = true;
        dialling.cancel(false);
        if (channel != null) {
            channel.close();
        }
    }

    /** Takes what has come. */
    void read() {
        if (icy != null) {
            reads = 1;
            readBytes = 0;
            channel.read();
        }
    }

    @Override
    public void received(ByteBuf data) {
        try {
            if (!over && icy == null) {
                answer(data);
            }
            if (!over && icy != null) {
                take(ByteBufUtil.getBytes(data));
            }
        } finally {
            data.release();
        }
    }

    private void answer(ByteBuf data) {
        if (reply.completedBy(data)) {
            reply.refused(mount.contentType())
                    .ifPresentOrElse(refused -> owner.failed(refused.fault(), refused.message()), this::accepted);
        } else if (reply.isTooLong()) {
            owner.failed(
                    PrimaryFault.BAD_ANSWER,
                    "does not come to the end of its answer's head within " + PrimaryReply.LONGEST + " bytes");
        }
    }

    private void accepted() {
        icy = new IcyReader(reply.interval());
        parser = FrameParser.of(mount.contentType()).orElseThrow();
        // From here on the feed reads, at its own pace.
        channel.config().setAutoRead(false);
        if (mount.feed().hasPlayed()) {
            rejoin = new Rejoin(now() + limits.burst().toNanos());
        }
        owner.accepted(reply.streamHeaders());
    }

    private void take(byte[] bytes) {
        readBytes += bytes.length;
        icy.accept(bytes, this);
        if (over) {
            return;
        }
        if (withoutFrame > LONGEST_WITHOUT_FRAME) {
            noAudio();
        } else {
            owner.heardAll();
        }
    }

    @Override
    public void audio(byte[] bytes, int offset, int length) {
        mount.received(length);
        withoutFrame += length;
        parser.accept(bytes, offset, length, this::frame);
        long garbage = parser.garbageBytes() - garbageBytes;
        long tags = parser.tagBytes() - tagBytes;
        garbageBytes += garbage;
        tagBytes += tags;
        mount.feed().skipped(garbage, tags);
    }

    @Override
    public void title(String text, String url) {
        mount.feed().titles().came(text, url);
    }

    private void frame(Frame frame) {
        if (over) {
            return;
        }
        owner.heard(frame);
        withoutFrame = 0;
        Feed feed = mount.feed();
        if (!heard) {
            heard = true;
            feed.carries(frame.format());
        }
        if (rejoin == null && feed.isBridging()) {
            // It was silent for long enough for the standby, and now it sends what it owes.
            rejoin = new Rejoin(now() + limits.burst().toNanos());
        }
        if (rejoin == null) {
            feed.append(frame);
        } else {
            rejoin.add(frame);
        }
    }

    @Override
    public void receivedAll() {
        if (over || icy == null) {
            return;
        }
        if (rejoin != null && rejoin.isOver(now())) {
            Rejoin burst = rejoin;
            rejoin = null;
            burst.newest(mount.feed().missingNanos()).forEach(mount.feed()::append);
        }
        if (readBytes >= reads * LARGE_READ && reads < MOST_READS) {
            reads++;
            channel.read();
        }
        mount.feed().readers().turn();
    }

    @Override
    public void ended() {
        if (!over) {
            owner.failed(PrimaryFault.CLOSED, heard ? "ended the stream" : "closed the connection");
        }
    }
}
