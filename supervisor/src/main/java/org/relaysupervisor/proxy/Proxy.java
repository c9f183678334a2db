package org.relaysupervisor.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.process.DescriptorStore;
import org.relaysupervisor.proxy.ProxySnapshot.Route;
import org.relaysupervisor.proxy.ProxySnapshot.UpstreamTraffic;

/**
 * Stands between Icecast and everyone else, on one thread of its own, {@code relay-net}. Sources come in by one port, listeners by
 * another. Until {@link #icecastAvailable} says otherwise Icecast is taken to be away, and everyone is refused at once.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
public final class Proxy implements AutoCloseable {
    private static final Duration CLOSE = Duration.ofSeconds(2);
    /** Without it Netty's loop may end before it has closed its channels, when it is told while it is busy. */
    private static final Duration QUIET = Duration.ofMillis(50);

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final Transport transport;
    private final Policy policy;
    private final Mounts mounts;
    private final Meters meters = new Meters();
    private final Clock clock;
    private final AccessLog accessLog;
    private final EventLoopGroup group;
    private final Upstream upstream;
    private final DescriptorStore store;
    private final Keeping keeping;
    private final Map<Lane, Channel> sourcePorts = new EnumMap<>(Lane.class);
    private final HarborRoute harbor;
    private Optional<InetSocketAddress> harborAt = Optional.empty();
    private Port harborPort;
    private Port listenerPort;

    private Proxy(
            ProxySettings settings,
            Transport transport,
            Clock clock,
            AccessLog accessLog,
            Executor lookUps,
            DescriptorStore store) {
        this.transport = transport;
        this.store = store;
        this.policy = new Policy(settings);
        this.clock = clock;
        this.accessLog = accessLog;
        group = new MultiThreadIoEventLoopGroup(1, new NetThread(), transport.events());
        Bootstrap connector = transport.client(group, settings.limits());
        InetSocketAddress icecast = new InetSocketAddress(LOOPBACK, settings.icecastPort());
        upstream = new Upstream(() -> connector.connect(icecast), group.next(), settings.limits(), meters);
        EventExecutor loop = group.next();
        keeping = new Keeping(store, loop, meters, clock);
        harbor = new HarborRoute(
                policy,
                lane -> connector.connect(new InetSocketAddress(lane.harbor(), settings.sourcePort())),
                meters,
                keeping,
                loop);
        Pacer pacer = new Pacer(loop, meters, settings.limits().feed().interval());
        PrimaryDialler dialler = new PrimaryDialler(transport.client(group, settings.limits()), lookUps, loop);
        mounts = new Mounts(
                (path, mount) ->
                        new Feed(path, feedName(), mount, policy, meters, upstream, pacer, keeping, loop, clock),
                (path, mount) -> new PrimaryLink(
                        path,
                        mount,
                        dialler,
                        meters,
                        PrimaryLimits.DEFAULTS,
                        () -> ThreadLocalRandom.current().nextDouble(),
                        loop));
        loop.submit(() -> mounts.configure(settings.mounts())).syncUninterruptibly();
    }

    /** Random, so that the numbers of another life of the daemon are not taken for our own. */
    private static String feedName() {
        byte[] name = new byte[8];
        new SecureRandom().nextBytes(name);
        return HexFormat.of().formatHex(name);
    }

    /** There is one, so it needs no number. */
    private static final class NetThread extends DefaultThreadFactory {
        NetThread() {
            super("relay-net", true);
        }

        @Override
        protected Thread newThread(Runnable loop, String numbered) {
            return super.newThread(loop, "relay-net");
        }
    }

    /**
     * Opens the ports, that for sources only where a source is to come.
     *
     * @param lookUps finds the address of a host by its name, which may take long; may refuse
     * @param store keeps the listeners' port open over our end, and has that of an earlier daemon
     * @throws IOException when a port can't be had; the message says which, and why
     */
    public static Proxy open(
            ProxySettings settings, Clock clock, AccessLog accessLog, Executor lookUps, DescriptorStore store)
            throws IOException {
        return open(settings, Transport.best(), clock, accessLog, lookUps, store);
    }

    static Proxy open(
            ProxySettings settings,
            Transport transport,
            Clock clock,
            AccessLog accessLog,
            Executor lookUps,
            DescriptorStore store)
            throws IOException {
        DescriptorStore usable = transport.epoll() ? store : DescriptorStore.none();
        Proxy proxy = new Proxy(settings, transport, clock, accessLog, lookUps, usable);
        try {
            proxy.listen(transport, settings, usable);
        } catch (IOException e) {
            proxy.close();
            throw e;
        }
        return proxy;
    }

    private void listen(Transport transport, ProxySettings settings, DescriptorStore store) throws IOException {
        PendingConnections sources = new PendingConnections(settings.limits().pendingConnections());
        PendingConnections listeners = new PendingConnections(settings.limits().pendingConnections());
        ListenerRoute route = new ListenerRoute(policy, mounts, upstream, listeners, meters);
        Entrance entrance = entrance(Route.LISTENER, route, listeners, settings);
        SourceRoute anyLane = sourceRoute(Lane.A, sources);
        Resumption.Places places = new Resumption.Places(
                mounts,
                entrance,
                route,
                Optional.of(anyLane).filter(unused -> !settings.isEdge()),
                entrance(Route.SOURCE, anyLane, sources, settings),
                harbor);
        EventLoop loop = group.next();
        Resumption resumption = new Resumption(keeping, places, transport, settings.limits(), meters, loop);
        loop.submit(resumption::run).syncUninterruptibly();
        if (!settings.isEdge()) {
            for (Lane lane : Lane.values()) {
                openSourcePort(lane, sourceRoute(lane, sources), sources, settings);
            }
        }
        listenerPort = new Port(
                inherited ->
                        transport.server(group, settings.limits(), inherited).childHandler(entrance),
                "listeners",
                new InetSocketAddress(settings.listenerBind(), settings.listenerPort()),
                store);
        listenerPort.open();
    }

    private SourceRoute sourceRoute(Lane lane, PendingConnections pending) {
        return new SourceRoute(lane, policy, mounts, upstream, pending, meters, keeping);
    }

    private void openSourcePort(Lane lane, SourceRoute route, PendingConnections pending, ProxySettings settings)
            throws IOException {
        ServerBootstrap server = transport
                .server(group, settings.limits(), OptionalInt.empty())
                .childHandler(entrance(Route.SOURCE, route, pending, settings));
        sourcePorts.put(
                lane, Port.bind(server, "source_route", new InetSocketAddress(lane.address(), settings.sourcePort())));
    }

    private Entrance entrance(Route route, RequestHandler handler, PendingConnections pending, ProxySettings settings) {
        return new Entrance(route, handler, pending, meters, settings.limits(), clock, client -> {
            boolean saidSomething = client.head().isPresent() || client.status() != 0;
            if (route == Route.LISTENER && saidSomething && !keeping.isHandedOver(client.channel())) {
                accessLog.append(AccessLine.of(client, clock.since(client.acceptedNanos())));
            }
        });
    }

    /**
     * Closes the listeners' port to who comes, or opens it again; who is connected stays. One thread at a time, and not the network's.
     *
     * @throws IOException when it can't be had again; the message says why
     */
    public void listenerPort(boolean open) throws IOException {
        if (open) {
            listenerPort.open();
        } else {
            listenerPort.close();
        }
    }

    /** Cuts an edge off from its primary, until it is let through again. Any thread; takes effect at once. */
    public void primary(boolean reachable) {
        group.execute(() -> mounts.forEachPrimary(primary -> primary.reachable(reachable)));
    }

    /** Says whether Icecast can be connected to. Any thread; takes effect at once. What is connected stays so. */
    public void icecastAvailable(boolean available) {
        group.execute(() -> {
            policy.icecastAvailable(available);
            mounts.forEachFeed(feed -> feed.icecast().icecastAvailable(available));
            if (!available) {
                upstream.failWaiting();
            }
        });
    }

    /**
     * Says whose sources are heard from now on: where those of the other lane are connected as well, they change places, between two
     * frames. At first those of {@link Lane#A}. Any thread.
     */
    public void lane(Lane heard) {
        group.execute(() -> changeLane(heard));
    }

    private void changeLane(Lane heard) {
        if (policy.lane() != heard) {
            policy.lane(heard);
            mounts.forEachFeed(Feed::exchangeSources);
            harbor.exchange();
        }
    }

    /**
     * Opens the port for DJs' encoders, moves it, or closes it to who comes; who is connected stays. One thread at a time, and not the
     * network's.
     *
     * @throws IOException when it can't be had; the message says why, and none is open then
     */
    public void harbor(Optional<InetSocketAddress> at) throws IOException {
        if (at.equals(harborAt)) {
            return;
        }
        if (harborPort != null) {
            harborPort.close();
            harborPort = null;
        }
        harborAt = Optional.empty();
        if (at.isPresent()) {
            Port opened = new Port(
                    inherited ->
                            transport.server(group, policy.limits(), inherited).childHandler(harbor),
                    "harbor",
                    at.get(),
                    store);
            opened.open();
            harborPort = opened;
            harborAt = at;
        }
    }

    /**
     * Says whether the Liquidsoap of the lane that is not heard gets what the DJs send as well, so that it can take over with them. Any
     * thread.
     */
    public void rehearse(boolean on) {
        group.execute(() -> harbor.rehearse(on));
    }

    /**
     * The same as {@link #lane}, but only when each mount has a source of that lane.
     *
     * @param answer on the network's thread: empty when it is done; otherwise what is missing, and nothing was changed
     */
    public void takeOver(Lane next, Consumer<Optional<String>> answer) {
        group.execute(() -> {
            Optional<String> missing = policy.lane() == next
                    ? Optional.empty()
                    : mounts.without(feed -> feed.understudy().isThere());
            if (missing.isEmpty()) {
                changeLane(next);
            }
            answer.accept(missing.map(mount -> "its source on " + mount + " has left"));
        });
    }

    /**
     * Some seconds of audio, complete frames.
     *
     * @param heard what the mount's listeners are sent now; may be empty
     * @param beside the same of the source of the other lane; empty while there is none, or it has not sent any
     */
    public record Sample(byte[] heard, byte[] beside) {}

    /** A copy of what a mount's two sources sent last. Any thread but the network's. */
    public Future<Sample> sample(String mount) {
        return group.submit(() -> {
            Mount known = mounts.find(mount);
            if (known == null) {
                return new Sample(new byte[0], new byte[0]);
            }
            byte[] beside = known.feed().understudy().newest();
            return new Sample(known.feed().ring().newest(beside.length), beside);
        });
    }

    /**
     * Takes over the listener limit, the trusted fronts and the mounts; addresses, ports and {@link ProxyLimits} stay as they were
     * opened with. Connections that are served go on, even above a lowered limit or on a mount that is gone. Any thread.
     */
    public void reconfigure(ProxySettings settings) {
        group.execute(() -> {
            policy.takeOver(settings);
            mounts.configure(settings.mounts());
        });
    }

    /**
     * What plays on a mount's feed while its source is away. Any thread; takes effect from the next such moment on.
     *
     * @param audio encoded in the mount's own format, complete frames, some seconds or minutes; played over and over
     */
    public void standby(String mount, byte[] audio) {
        Mount known = mounts.find(mount);
        if (known != null) {
            Standby programme = Standby.of(known.contentType(), audio);
            group.execute(() -> known.standby(programme));
        }
    }

    /**
     * Says whether there is to be a stream. When an operator has stopped Liquidsoap or Icecast there is not: the end of either is
     * then the end of the stream, and not bridged. Any thread. At first it is wanted.
     */
    public void streamWanted(boolean wanted) {
        group.execute(() -> {
            policy.streamWanted(wanted);
            if (!wanted) {
                mounts.forEachFeed(Feed::notWanted);
            }
        });
    }

    /** A view at this moment. Any thread; never blocks. */
    public ProxySnapshot snapshot() {
        return new ProxySnapshot(
                mounts.traffic(),
                meters.accepted(),
                meters.refusals(),
                meters.open.get(),
                accessLog.dropped(),
                meters.titleUpdates.sum(),
                meters.errors(),
                new UpstreamTraffic(
                        meters.connects.sum(),
                        meters.connectFailures.sum(),
                        meters.waiting.get(),
                        meters.answers.sum(),
                        Duration.ofNanos(meters.answerNanos.sum())),
                meters.continuity());
    }

    /** The port that sources connect to, on 127.0.0.1. Not of an edge, which has none. */
    public int sourcePort() {
        return sourcePort(Lane.A);
    }

    /** The same, on the address of a lane. */
    int sourcePort(Lane lane) {
        return ((InetSocketAddress) sourcePorts.get(lane).localAddress()).getPort();
    }

    /** The port that listeners connect to. */
    public int listenerPort() {
        return listenerPort.number();
    }

    /**
     * Closes both ports and every connection, but for what the service manager keeps: that goes on under the next daemon, or ends when the
     * manager sees that there is to be none. Returns within about two seconds, in the worst case without having ended.
     */
    @Override
    public void close() {
        group.submit(keeping::handOver).awaitUninterruptibly(CLOSE.toMillis());
        group.shutdownGracefully(QUIET.toMillis(), CLOSE.toMillis() / 2, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(CLOSE.toMillis());
    }
}
