package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.ByteArrayOutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.relaysupervisor.frames.Frame;
import org.relaysupervisor.frames.FrameParser;
import org.relaysupervisor.proxy.Ledger.Kind;
import org.relaysupervisor.proxy.Ledger.Line;

/**
 * One DJ's connection and where it leads: to the Liquidsoap that is heard and, while another is tried, to that one as well. That one
 * gets the request's head and the stream from its next frame on, and what it answers is swallowed: the DJ has had an answer. It is held
 * up by nothing and holds up nothing; when it doesn't take what it is sent, it is cut off. Lives on the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class DjConnection implements TunnelEnd.Owner {
    private static final Logger log = System.getLogger(Proxy.class.getName());

    private static final int MOST_HEAD = 16 * 1024;
    /** Of audio; so much is sent only by one who was let in. */
    private static final int LET_IN = 4 * 1024;

    private static final Set<String> METHODS = Set.of("SOURCE", "PUT");

    private final Channel channel;
    private final Meters meters;
    private final Keeping keeping;
    private final TunnelEnd end;
    private final HeadEnd headEnd = new HeadEnd();
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    /** For the header pages of an Ogg stream; it holds next to nothing else. */
    private final FrameRing headers = new FrameRing(Duration.ofMillis(1), 1);

    private boolean headIsOver;
    private Optional<FrameParser> parser = Optional.empty();
    /** Whether its frames can be told. */
    private boolean hasFrames;

    private Optional<Keeping.Pair> kept = Optional.empty();
    private long audioBytes;
    private Leg heard;
    private Leg beside;
    private boolean connecting;

    DjConnection(Channel channel, Meters meters, Keeping keeping) {
        this.channel = channel;
        this.meters = meters;
        this.keeping = keeping;
        end = new TunnelEnd(this, meters);
    }

    /** Nothing is read of the DJ before Liquidsoap is there to take it. */
    void begin(ChannelFuture liquidsoap) {
        channel.config().setAutoRead(false);
        channel.pipeline().addLast(end);
        channel.closeFuture().addListener(closed -> left());
        liquidsoap.addListener(unused -> {
            if (liquidsoap.isSuccess() && channel.isOpen()) {
                heard = new Leg(liquidsoap.channel(), false);
                joinHeard();
            } else {
                liquidsoap.channel().close();
                channel.close();
            }
        });
    }

    /** Goes on with one whom an earlier daemon had let in, and with where it led. What that one had of a frame is lost. */
    void resume(Line itsLine, Channel liquidsoap) {
        kept = Optional.of(new Keeping.Pair(itsLine, channel, liquidsoap));
        audioBytes = LET_IN;
        headIsOver = true;
        head.writeBytes(itsLine.requestBytes());
        understandHead();
        channel.pipeline().addLast(end);
        channel.closeFuture().addListener(closed -> left());
        heard = new Leg(liquidsoap, false);
        joinHeard();
    }

    private void joinHeard() {
        heard.end.joinedTo(channel);
        end.joinedTo(heard.channel);
        heard.channel.config().setAutoRead(channel.isWritable());
        channel.config().setAutoRead(heard.channel.isWritable());
    }

    /** Whether it could lead to a second Liquidsoap, and doesn't yet. What can't be joined in its middle can't. */
    boolean isAlone() {
        return beside == null && !connecting && hasFrames && audioBytes >= LET_IN;
    }

    void beside(ChannelFuture liquidsoap) {
        connecting = true;
        liquidsoap.addListener(unused -> {
            connecting = false;
            if (liquidsoap.isSuccess() && channel.isOpen()) {
                beside = new Leg(liquidsoap.channel(), true);
                beside.channel.write(Unpooled.wrappedBuffer(head.toByteArray()));
                beside.channel.writeAndFlush(Unpooled.wrappedBuffer(headers.newestHeaders()));
                beside.channel.config().setAutoRead(true);
            } else {
                liquidsoap.channel().close();
            }
        });
    }

    /** The one beside is heard from now on, and the other one stays until it ends. */
    void exchange() {
        if (beside != null && heard != null) {
            keepNoMore();
            Leg former = heard;
            heard = beside;
            beside = former;
            former.end.joinedTo(null);
            former.channel.config().setAutoRead(true);
            joinHeard();
            keep();
        }
    }

    /** One that hasn't sent enough to have been let in isn't worth it. */
    private void keep() {
        if (audioBytes >= LET_IN && heard != null) {
            kept = keeping.keep(Kind.DJ, channel, heard.channel, head.toByteArray());
        }
    }

    private void keepNoMore() {
        kept.ifPresent(keeping::end);
        kept = Optional.empty();
    }

    private List<Leg> legs() {
        return Stream.of(heard, beside).filter(Objects::nonNull).toList();
    }

    @Override
    public void received(ByteBuf data) {
        byte[] bytes = ByteBufUtil.getBytes(data);
        data.release();
        int body = headIsOver ? 0 : readHead(bytes);
        legs().stream().filter(leg -> !leg.framed).forEach(leg -> leg.channel.write(Unpooled.wrappedBuffer(bytes)));
        boolean wasLetIn = audioBytes >= LET_IN;
        audioBytes += bytes.length - body;
        if (!wasLetIn && audioBytes >= LET_IN) {
            // Liquidsoap sees our address only.
            log.log(Level.INFO, "a DJ sends from {0}", channel.remoteAddress());
            keep();
        }
        parser.ifPresent(cutter -> cutter.accept(bytes, body, bytes.length - body, this::cut));
    }

    private void cut(Frame frame) {
        hasFrames = true;
        headers.append(frame, 0);
        legs().stream()
                .filter(leg -> leg.framed)
                .forEach(leg -> leg.channel.write(Unpooled.wrappedBuffer(frame.bytes())));
    }

    /** @return where what follows the head begins */
    private int readHead(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            head.write(bytes[i]);
            headIsOver = headEnd.isAt(bytes[i]) || head.size() >= MOST_HEAD;
            if (headIsOver) {
                understandHead();
                return i + 1;
            }
        }
        return bytes.length;
    }

    /** One that isn't understood is Liquidsoap's to judge; it just can't lead to two. */
    private void understandHead() {
        try {
            RequestHead request = RequestHead.parse(head.toString(StandardCharsets.ISO_8859_1));
            boolean plain = METHODS.contains(request.method())
                    && request.header("Transfer-Encoding").isEmpty()
                    && request.header("Upgrade").isEmpty();
            parser = plain ? request.header("Content-Type").flatMap(FrameParser::of) : Optional.empty();
        } catch (MalformedHeadException e) {
            parser = Optional.empty();
        }
    }

    @Override
    public void receivedAll() {
        legs().forEach(leg -> leg.channel.flush());
        if (beside != null && !beside.channel.isWritable()) {
            beside.channel.close();
        }
    }

    @Override
    public void ended() {
        // The channel's close future does the rest.
    }

    private void left() {
        keepNoMore();
        headers.clear();
        legs().forEach(leg -> leg.channel.close());
    }

    /** A connection to a Liquidsoap. */
    private final class Leg implements TunnelEnd.Owner {
        private final Channel channel;
        private final boolean framed;
        private final TunnelEnd end;

        /** @param framed whether it joined in the middle, and gets whole frames; otherwise the bytes as they come */
        Leg(Channel channel, boolean framed) {
            this.channel = channel;
            this.framed = framed;
            end = new TunnelEnd(this, meters);
            channel.pipeline().addLast(end);
            channel.closeFuture().addListener(closed -> gone());
        }

        private void gone() {
            if (this == beside) {
                beside = null;
            } else if (this == heard) {
                DjConnection.this.channel.close();
            }
        }

        @Override
        public void received(ByteBuf data) {
            if (this == heard && !framed) {
                DjConnection.this.channel.write(data);
            } else {
                data.release();
            }
        }

        @Override
        public void receivedAll() {
            DjConnection.this.channel.flush();
        }

        @Override
        public void ended() {
            // The channel's close future does the rest.
        }
    }
}
