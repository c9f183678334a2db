package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.proxy.ProxySettings.MountSettings;
import org.relaysupervisor.proxy.ProxySnapshot.Route;

/** Both routes without a socket: clients and Icecast are embedded channels, all on one manual clock per channel. */
final class Harness {
    static final String FEED = "f0";
    private static final int BURST = 64 * 1024;
    static final InetAddress FRONT = address("192.0.2.1");
    static final InetAddress STRANGER = address("203.0.113.7");
    static final InetAddress LOCAL = InetAddress.getLoopbackAddress();

    final ManualLoop clock = new ManualLoop();
    final Meters meters = new Meters();
    final Mounts mounts;
    final Policy policy;
    final List<EmbeddedChannel> icecast = new ArrayList<>();
    final List<String> accessLog = new ArrayList<>();
    /** Connections to a primary. */
    final List<EmbeddedChannel> dialled = new ArrayList<>();

    boolean connectsFail;
    private final EmbeddedChannel turns = new EmbeddedChannel();
    private final Entrance listeners;
    private final Map<Lane, Entrance> sources = new EnumMap<>(Lane.class);

    /** Listeners go to Icecast, each by a connection of its own. */
    Harness(int listenerLimit) {
        this(listenerLimit, "audio/mpeg", false);
    }

    /** Time stands still when the mount is fed, until it is passed on. */
    Harness(int listenerLimit, String contentType, boolean fed) {
        this(listenerLimit, new MountSettings(contentType, fed), List.of());
    }

    /** @param frontSecrets one of which listeners must bring */
    Harness(int listenerLimit, MountSettings mount, List<Secret> frontSecrets) {
        if (mount.fed()) {
            turns.freezeTime();
        }
        ProxyLimits limits = ProxyLimits.DEFAULTS;
        ProxySettings settings = new ProxySettings(
                LOCAL, 0, 0, 0, listenerLimit, Set.of(FRONT), frontSecrets, BURST, Map.of("/live", mount), limits);
        policy = new Policy(settings);
        policy.icecastAvailable(true);
        Upstream upstream = new Upstream(this::connect, turns.eventLoop(), limits, meters);
        Pacer pacer = new Pacer(turns.eventLoop(), meters, limits.feed().interval());
        Keeping keeping = Keeping.none(turns.eventLoop(), meters, clock);
        mounts = new Mounts(
                (path, made) ->
                        new Feed(path, FEED, made, policy, meters, upstream, pacer, keeping, turns.eventLoop(), clock),
                (path, made) -> new PrimaryLink(
                        path, made, this::dial, meters, PrimaryLimits.DEFAULTS, () -> 1, turns.eventLoop()));
        mounts.configure(settings.mounts());
        PendingConnections pending = new PendingConnections(limits.pendingConnections());
        listeners = new Entrance(
                Route.LISTENER,
                new ListenerRoute(policy, mounts, upstream, pending, meters),
                pending,
                meters,
                limits,
                clock,
                client -> accessLog.add(AccessLine.of(client, clock.since(client.acceptedNanos()))));
        for (Lane lane : Lane.values()) {
            sources.put(
                    lane,
                    new Entrance(
                            Route.SOURCE,
                            new SourceRoute(lane, policy, mounts, upstream, pending, meters, keeping),
                            pending,
                            meters,
                            limits,
                            clock,
                            client -> {}));
        }
    }

    private ChannelFuture connect() {
        EmbeddedChannel channel = new EmbeddedChannel();
        if (connectsFail) {
            return channel.newFailedFuture(new ConnectException("refused by the test"));
        }
        icecast.add(channel);
        return channel.newSucceededFuture();
    }

    private Future<Channel> dial(Primary primary) {
        if (connectsFail) {
            return turns.eventLoop().newFailedFuture(new ConnectException("refused by the test"));
        }
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAutoRead(false);
        dialled.add(channel);
        return turns.eventLoop().newSucceededFuture(channel);
    }

    EmbeddedChannel listener(InetAddress from) {
        // Enough time since the last one for its turn to be over.
        pass(turns, Duration.ofSeconds(1));
        return new From(from, listeners);
    }

    /** One who comes at this very moment. */
    EmbeddedChannel joiner(InetAddress from) {
        return new From(from, listeners);
    }

    /** On the loop of the feeds, and by the clock on the wall. */
    void pass(Duration time) {
        clock.advance(time);
        pass(turns, time);
    }

    /** Whether a feed, or anyone on it, has a turn to come. */
    boolean hasTurns() {
        return turns.runScheduledPendingTasks() >= 0;
    }

    Feed feed() {
        return mounts.find("/live").feed();
    }

    EmbeddedChannel source() {
        return source(Lane.A);
    }

    EmbeddedChannel source(Lane lane) {
        return new From(LOCAL, sources.get(lane));
    }

    /** What the whole conversation of a new listener gives, from one request. */
    String ask(InetAddress from, String request) {
        EmbeddedChannel channel = listener(from);
        send(channel, request);
        return sent(channel);
    }

    EmbeddedChannel lastIcecast() {
        return icecast.get(icecast.size() - 1);
    }

    long refused(Refusal reason) {
        return meters.refusals().get(reason);
    }

    static void send(EmbeddedChannel channel, String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
    }

    /** What was written to the peer since the last call. */
    static String sent(EmbeddedChannel channel) {
        StringBuilder text = new StringBuilder();
        ByteBuf data;
        while ((data = channel.readOutbound()) != null) {
            text.append(data.toString(StandardCharsets.ISO_8859_1));
            data.release();
        }
        return text.toString();
    }

    static void pass(EmbeddedChannel channel, Duration time) {
        channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static final class From extends EmbeddedChannel {
        private final InetAddress peer;

        From(InetAddress peer, Entrance entrance) {
            super(false, false);
            this.peer = peer;
            pipeline().addLast(entrance);
            try {
                register();
                freezeTime();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        @Override
        protected SocketAddress remoteAddress0() {
            return new InetSocketAddress(peer, 40_000);
        }
    }
}
