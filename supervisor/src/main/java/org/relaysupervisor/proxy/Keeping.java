package org.relaysupervisor.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.process.DescriptorStore;
import org.relaysupervisor.process.TcpSocket;
import org.relaysupervisor.proxy.Ledger.Kind;
import org.relaysupervisor.proxy.Ledger.Line;

/**
 * Has the service manager keep what is needed to go on under the next daemon: the connections of listeners, sources, Icecast and DJs, what
 * is known of each, and the audio that was played last. A manager that does not listen is told later. Lives on the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class Keeping {
    /** Of the names of those that belong to another one, by whose line they are known. */
    private static final String FAR = "far-";

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final long AGAIN_MILLIS = 100;

    /** In place of a descriptor: it is to be forgotten. */
    private static final int FORGET = -1;

    private final DescriptorStore store;
    private final EventExecutor loop;
    private final Meters meters;
    private final Optional<Ledger> listeners;
    private final Optional<Ledger> neighbours;
    /** From the event loop's clock to one that outlives us. */
    private final long clockNanos;
    /** What the manager has not been told yet. One that is forgotten was kept before, so there are no more than there are lines. */
    private final Map<String, Integer> due = new LinkedHashMap<>();

    private final Set<Channel> connections = new HashSet<>();
    private boolean waiting;
    private boolean handedOver;

    Keeping(DescriptorStore store, EventExecutor loop, Meters meters, Clock clock) {
        this.store = store;
        this.loop = loop;
        this.meters = meters;
        clockNanos = clock.nanoTime() - loop.ticker().nanoTime();
        listeners = ledger(Ledger.Size.OF_LISTENERS);
        neighbours = ledger(Ledger.Size.OF_NEIGHBOURS);
    }

    private Optional<Ledger> ledger(Ledger.Size size) {
        return store.memory(size.name(), size.bytes()).map(memory -> new Ledger(memory, size));
    }

    /** Where nothing is kept. */
    static Keeping none(EventExecutor loop, Meters meters, Clock clock) {
        return new Keeping(DescriptorStore.none(), loop, meters, clock);
    }

    /** Of who listens. */
    Optional<Ledger> listeners() {
        return listeners;
    }

    /** Of all others. */
    Optional<Ledger> neighbours() {
        return neighbours;
    }

    /** The audio of the mount at a path. */
    Optional<RingCopy> audio(String path) {
        return RingCopy.of(store, path, clockNanos);
    }

    /** The connections that an earlier daemon had kept as this, by their names. */
    Map<String, Integer> inherited(Kind kind) {
        return store.takeAll(kind.prefix());
    }

    /** Keeps a listener's connection; empty where it isn't kept. */
    Optional<Line> keep(Client client, Role role) {
        boolean worthIt = role == Role.LISTENER || role == Role.EDGE;
        if (listeners.isEmpty()
                || !worthIt
                || Transport.descriptor(client.channel()).isEmpty()) {
            return Optional.empty();
        }
        Kind kind = role == Role.EDGE ? Kind.EDGE : Kind.LISTENER;
        Optional<Line> line = listeners.get().begin(kind, client.acceptedAt(), client.address(), request(client));
        line.ifPresentOrElse(its -> keep(its, client.channel()), meters.unkept::increment);
        return line;
    }

    /** What is needed of it again: where it listens, and what the access log says. No secret and no cookie. */
    static byte[] request(Client client) {
        RequestHead head = client.head().orElseThrow();
        StringBuilder text = new StringBuilder(head.requestLine()).append("\r\n");
        for (String name : new String[] {"User-Agent", "Referer"}) {
            head.header(name)
                    .ifPresent(value ->
                            text.append(name).append(": ").append(value).append("\r\n"));
        }
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * Keeps the connection of a source or of a feed to Icecast; empty where it isn't kept.
     *
     * @param request all of it, with its password
     */
    Optional<Line> keep(Kind kind, Channel channel, byte[] request) {
        Optional<Line> line = Transport.descriptor(channel).isEmpty()
                ? Optional.empty()
                : neighbours.flatMap(ledger -> ledger.begin(kind, Instant.EPOCH, LOOPBACK, request));
        line.ifPresent(its -> keep(its, channel));
        return line;
    }

    private void keep(Line line, Channel channel) {
        goesOn(channel);
        tell(line.name(), Transport.descriptor(channel).getAsInt());
    }

    /** Two connections that go on together or not at all: what comes by the near one goes out by the far one. */
    record Pair(Line line, Channel near, Channel far) {}

    /** The same of a DJ, or of a source past the feed, with where it leads. */
    Optional<Pair> keep(Kind kind, Channel near, Channel far, byte[] request) {
        Optional<Line> line = keep(kind, near, request);
        line.ifPresent(its -> {
            goesOn(far);
            tell(its.name(FAR), Transport.descriptor(far).getAsInt());
        });
        return line.map(its -> new Pair(its, near, far));
    }

    /** One of the two is closed; unless they were handed over. */
    void end(Pair pair) {
        if (!handedOver) {
            connections.remove(pair.far());
            forget(pair.line().name(FAR));
        }
        end(pair.line(), pair.near());
    }

    /** The name of the far one, by that of the near one. */
    static String far(String near) {
        return FAR + near.substring(near.indexOf('-') + 1);
    }

    /** The far connections that an earlier daemon had kept, by their names. */
    Map<String, Integer> inheritedFar() {
        return store.takeAll(FAR);
    }

    /** A connection is kept, from now on or already. */
    void goesOn(Channel channel) {
        connections.add(channel);
        channel.pipeline().addFirst(new CloseForAll());
    }

    /** Whether the connection has not ended although ours is closed. */
    boolean isHandedOver(Channel channel) {
        return handedOver && connections.contains(channel);
    }

    /** The connection is closed; unless it was handed over. */
    void end(Line line, Channel channel) {
        if (!handedOver) {
            connections.remove(channel);
            forget(line.name());
            line.end();
        }
    }

    void forget(String name) {
        Integer kept = due.remove(name);
        if (kept == null) {
            tell(name, FORGET);
        }
    }

    /** What is kept from now on stays as it is, for the next daemon. */
    void handOver() {
        handedOver = true;
    }

    private void tell(String name, int descriptor) {
        due.put(name, descriptor);
        if (!waiting) {
            tellAll();
        }
    }

    private void tellAll() {
        waiting = false;
        Iterator<Map.Entry<String, Integer>> each = due.entrySet().iterator();
        while (each.hasNext() && !waiting) {
            Map.Entry<String, Integer> next = each.next();
            int descriptor = next.getValue();
            if (descriptor == FORGET ? store.forget(next.getKey()) : store.keep(next.getKey(), descriptor)) {
                each.remove();
            } else {
                waiting = true;
                loop.schedule(this::tellAll, AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    /** The manager has the socket open as well: to close ours would tell the other end nothing until the manager closes its own. */
    private final class CloseForAll extends ChannelOutboundHandlerAdapter {
        @Override
        public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
            Channel channel = ctx.channel();
            if (channel.isActive() && !isHandedOver(channel)) {
                boolean reset = Integer.valueOf(0).equals(channel.config().getOption(ChannelOption.SO_LINGER));
                if (reset) {
                    Transport.descriptor(channel).ifPresent(descriptor -> new TcpSocket(descriptor).reset());
                } else {
                    ((DuplexChannel) channel).shutdownOutput();
                }
            }
            ctx.close(promise);
        }
    }
}
