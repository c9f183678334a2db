package org.relaysupervisor.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
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
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.proxy.ProxySnapshot.Route;
import org.relaysupervisor.proxy.ProxySnapshot.UpstreamTraffic;

/**
 * Stands between Icecast and everyone else, on one thread of its own, {@code relay-net}. Sources come in by one port, listeners by
 * another. Until {@link #icecastAvailable} says otherwise Icecast is taken to be away, and everyone is refused at once.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
public final class Proxy implements AutoCloseable {
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final Transport transport;
    private final Policy policy;
    private final Mounts mounts;
    private final Meters meters = new Meters();
    private final Clock clock;
    private final AccessLog accessLog;
    private final EventLoopGroup group;
    private final Upstream upstream;
    private final Map<Lane, Channel> sourcePorts = new EnumMap<>(Lane.class);
    private final HarborRoute harbor;
    private Optional<InetSocketAddress> harborAt = Optional.empty();
    private Channel harborPort;
    private volatile Channel listenerPort;
    private Opening listenerOpening;

    @FunctionalInterface
    private interface Opening {
        Channel open() throws IOException;
    }

    private Proxy(ProxySettings settings, Transport transport, Clock clock, AccessLog accessLog, Executor lookUps) {
        this.transport = transport;
        this.policy = new Policy(settings);
        this.clock = clock;
        this.accessLog = accessLog;
        group = new MultiThreadIoEventLoopGroup(1, new NetThread(), transport.events());
        Bootstrap connector = transport.client(group, settings.limits());
        InetSocketAddress icecast = new InetSocketAddress(LOOPBACK, settings.icecastPort());
        upstream = new Upstream(() -> connector.connect(icecast), group.next(), settings.limits(), meters);
        EventExecutor loop = group.next();
        harbor = new HarborRoute(
                policy,
                lane -> connector.connect(new InetSocketAddress(lane.harbor(), settings.sourcePort())),
                meters,
                loop);
        Pacer pacer = new Pacer(loop, meters, settings.limits().feed().interval());
        PrimaryDialler dialler = new PrimaryDialler(transport.client(group, settings.limits()), lookUps, loop);
        mounts = new Mounts(
                (path, mount) -> new Feed(path, feedName(), mount, policy, meters, upstream, pacer, loop, clock),
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
     * @throws IOException when a port can't be had; the message says which, and why
     */
    public static Proxy open(ProxySettings settings, Clock clock, AccessLog accessLog, Executor lookUps)
            throws IOException {
        return open(settings, Transport.best(), clock, accessLog, lookUps);
    }

    static Proxy open(ProxySettings settings, Transport transport, Clock clock, AccessLog accessLog, Executor lookUps)
            throws IOException {
        Proxy proxy = new Proxy(settings, transport, clock, accessLog, lookUps);
        try {
            proxy.listen(transport, settings);
        } catch (IOException e) {
            proxy.close();
            throw e;
        }
        return proxy;
    }

    private void listen(Transport transport, ProxySettings settings) throws IOException {
        PendingConnections sources = new PendingConnections(settings.limits().pendingConnections());
        PendingConnections listeners = new PendingConnections(settings.limits().pendingConnections());
        if (!settings.isEdge()) {
            for (Lane lane : Lane.values()) {
                SourceRoute route = new SourceRoute(lane, policy, mounts, upstream, sources, meters);
                Entrance entrance = entrance(Route.SOURCE, route, sources, settings);
                InetSocketAddress at = new InetSocketAddress(lane.address(), settings.sourcePort());
                sourcePorts.put(lane, bind(transport.server(group, settings.limits()), entrance, "source_route", at));
            }
        }
        Entrance entrance = entrance(
                Route.LISTENER, new ListenerRoute(policy, mounts, upstream, listeners, meters), listeners, settings);
        listenerPort = openListeners(transport, settings, entrance, settings.listenerPort());
        int port = listenerPort();
        listenerOpening = () -> openListeners(transport, settings, entrance, port);
    }

    private Channel openListeners(Transport transport, ProxySettings settings, Entrance entrance, int port)
            throws IOException {
        return bind(
                transport.server(group, settings.limits()),
                entrance,
                "listeners",
                new InetSocketAddress(settings.listenerBind(), port));
    }

    private Entrance entrance(Route route, RequestHandler handler, PendingConnections pending, ProxySettings settings) {
        return new Entrance(route, handler, pending, meters, settings.limits(), clock, client -> {
            boolean saidSomething = client.head().isPresent() || client.status() != 0;
            if (route == Route.LISTENER && saidSomething) {
                accessLog.append(AccessLine.of(client, clock.since(client.acceptedNanos())));
            }
        });
    }

    private static Channel bind(ServerBootstrap server, ChannelHandler entrance, String section, InetSocketAddress at)
            throws IOException {
        ChannelFuture binding = server.childHandler(entrance).bind(at).awaitUninterruptibly();
        if (binding.isSuccess()) {
            return binding.channel();
        }
        String host = at.getAddress().getHostAddress();
        String reason = String.valueOf(binding.cause().getMessage());
        if (reason.contains("Address already in use")) {
            throw new IOException(
                    "%s.port %d on %s is taken by another program".formatted(section, at.getPort(), host),
                    binding.cause());
        }
        if (reason.contains("Cannot assign requested address")) {
            throw new IOException(
                    "%s.bind %s is not an address of this machine".formatted(section, host), binding.cause());
        }
        if (reason.contains("Permission denied")) {
            throw new IOException(
                    "%s.port %d needs a privilege that the daemon doesn't have; take one above 1023"
                            .formatted(section, at.getPort()),
                    binding.cause());
        }
        throw new IOException(
                "%s.port %d on %s cannot be opened: %s".formatted(section, at.getPort(), host, reason),
                binding.cause());
    }

    /**
     * Closes the listeners' port to who comes, or opens it again; who is connected stays. One thread at a time, and not the network's.
     *
     * @throws IOException when it can't be had again; the message says why
     */
    public void listenerPort(boolean open) throws IOException {
        if (!open) {
            listenerPort.close().awaitUninterruptibly();
        } else if (!listenerPort.isOpen()) {
            listenerPort = listenerOpening.open();
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
            harborPort.close().awaitUninterruptibly();
            harborPort = null;
        }
        harborAt = Optional.empty();
        if (at.isPresent()) {
            harborPort = bind(transport.server(group, policy.limits()), harbor, "harbor", at.get());
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
        return ((InetSocketAddress) listenerPort.localAddress()).getPort();
    }

    /** Closes both ports and every connection. Returns within about two seconds, in the worst case without having ended. */
    @Override
    public void close() {
        group.shutdownGracefully(0, CLOSE.toMillis() / 2, TimeUnit.MILLISECONDS).awaitUninterruptibly(CLOSE.toMillis());
    }
}
