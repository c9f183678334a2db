package org.relaysupervisor;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.process.DescriptorStore;
import org.relaysupervisor.programs.IcecastProgram;
import org.relaysupervisor.programs.LiquidsoapProgram;
import org.relaysupervisor.proxy.Proxy;
import org.relaysupervisor.proxy.ProxySettings;
import org.relaysupervisor.proxy.ProxySnapshot;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
import org.relaysupervisor.proxy.ProxySnapshot.FeedTraffic;
import org.relaysupervisor.proxy.Role;
import org.relaysupervisor.proxy.RotatingAccessLog;
import org.relaysupervisor.supervise.ChildSnapshot;
import org.relaysupervisor.supervise.ChildState;

/**
 * The audio's way from Liquidsoap over Icecast, or from a primary, to the listeners: the proxy on both of its ends, what is measured there,
 * and what the proxy must know of the two programs. Questions may be asked on any thread; what changes something belongs to the loop.
 */
final class Broadcast implements AutoCloseable {
    private static final Logger log = System.getLogger(Broadcast.class.getName());
    private static final long ACCESS_LOG_BYTES = 10L << 20;
    private static final int ACCESS_LOGS_KEPT = 3;
    /** One for each mount of an edge, as many as there may be. */
    private static final int MOST_LOOK_UPS = 16;
    /** Without any of these there is no stream. */
    private static final Set<String> PROGRAMS = Set.of(IcecastProgram.NAME, LiquidsoapProgram.NAME);

    private final RotatingAccessLog accessLog;
    private final ExecutorService lookUps;
    private final Proxy proxy;
    private final IcecastWatch icecast;
    private final MountRates rates;
    private final BridgeTimes bridges;

    private Broadcast(RotatingAccessLog accessLog, ExecutorService lookUps, Proxy proxy, Clock clock) {
        this.accessLog = accessLog;
        this.lookUps = lookUps;
        this.proxy = proxy;
        icecast = new IcecastWatch(clock);
        rates = new MountRates(clock);
        bridges = new BridgeTimes(clock);
    }

    /**
     * Opens the ports for Liquidsoap and for DJs, where there are to be any, and for listeners.
     *
     * @param descriptors what of an earlier daemon's goes on, and where ours are kept
     * @throws IOException when one can't be had; the message says which, and what to do
     */
    static Broadcast open(
            RelayConfig config, ProxySettings settings, Path accessLog, Clock clock, DescriptorStore descriptors)
            throws IOException {
        RotatingAccessLog lines = new RotatingAccessLog(
                accessLog, ACCESS_LOG_BYTES, ACCESS_LOGS_KEPT, new DaemonThreads("relay-access-log"));
        ExecutorService lookUps = DaemonThreads.atOnce("relay-lookup", MOST_LOOK_UPS);
        Broadcast opened =
                new Broadcast(lines, lookUps, Proxy.open(settings, clock, lines, lookUps, descriptors), clock);
        try {
            opened.harbor(config);
            return opened;
        } catch (IOException e) {
            opened.close();
            throw e;
        }
    }

    /** A newer configuration, with what the proxy is told of it. */
    void use(RelayConfig config, ProxySettings settings) {
        proxy.reconfigure(settings);
        try {
            harbor(config);
        } catch (IOException e) {
            log.log(Level.ERROR, "no DJ can connect: " + e.getMessage());
        }
    }

    private void harbor(RelayConfig config) throws IOException {
        boolean wanted = config.inputs().stream().anyMatch(RelayConfig.HarborInput.class::isInstance);
        proxy.harbor(
                wanted
                        ? Optional.of(new InetSocketAddress(
                                config.harbor().bind(), config.harbor().port()))
                        : Optional.empty());
    }

    /** Measures; called about once a second. */
    void observe() {
        Map<String, Long> bytes = new HashMap<>();
        Map<String, Set<Bridge>> active = new HashMap<>();
        proxy.snapshot().mounts().forEach((mount, traffic) -> {
            bytes.put(mount, traffic.sourceBytes());
            active.put(mount, traffic.feed().map(FeedTraffic::bridges).orElse(Set.of()));
        });
        rates.sample(bytes);
        bridges.sample(active);
    }

    /**
     * A child is now another than before. Only an Icecast that is up may be connected to: at its start a connection can crash it, see the
     * probe.
     *
     * @param all children as they are now
     */
    void childChanged(ChildSnapshot before, ChildSnapshot after, List<ChildSnapshot> all) {
        if (before.wanted() != after.wanted() && PROGRAMS.contains(after.name())) {
            // Told before it is asked to end, so that an end by an operator's wish isn't bridged.
            if (!after.wanted()) {
                proxy.streamWanted(false);
            } else if (othersWanted(after, all)) {
                proxy.streamWanted(true);
            }
        }
        if (before.state() != after.state() && after.name().equals(IcecastProgram.NAME)) {
            boolean up = after.state() == ChildState.UP;
            proxy.icecastAvailable(up);
            if (!up) {
                icecast.forget();
            }
        }
    }

    private static boolean othersWanted(ChildSnapshot changed, List<ChildSnapshot> all) {
        return all.stream()
                .filter(child -> PROGRAMS.contains(child.name()))
                .filter(child -> !child.name().equals(changed.name()))
                .allMatch(ChildSnapshot::wanted);
    }

    /** Audio to play to a mount's listeners while its source is away. Any thread. */
    void standby(String mount, byte[] audio) {
        proxy.standby(mount, audio);
    }

    /** Whether a Liquidsoap that is not heard gets what the DJs send as well. Any thread. */
    void rehearse(boolean on) {
        proxy.rehearse(on);
    }

    /** In which lane the Liquidsoap runs that is heard. Any thread. */
    void lane(Lane heard) {
        proxy.lane(heard);
    }

    /** The same, if each mount has a source of that lane; see {@link Proxy#takeOver}. */
    void takeOver(Lane next, Consumer<Optional<String>> answer) {
        proxy.takeOver(next, answer);
    }

    /** What a mount's sources sent last, that of the lane that is heard and that of the other. Any thread. */
    Future<Proxy.Sample> sample(String mount) {
        return proxy.sample(mount);
    }

    /** Whether listeners can connect; who is connected stays. Any thread. */
    void listenerPort(boolean open) throws IOException {
        proxy.listenerPort(open);
    }

    /** Whether the primary of an edge may be connected to. Any thread. */
    void primary(boolean reachable) {
        proxy.primary(reachable);
    }

    /** What Icecast said last. */
    IcecastWatch icecast() {
        return icecast;
    }

    ProxySnapshot traffic() {
        return proxy.snapshot();
    }

    /** People, on all mounts. */
    int listeners() {
        return traffic().mounts().values().stream()
                .mapToInt(mount -> mount.connected().getOrDefault(Role.LISTENER, 0))
                .sum();
    }

    /** Of the mount's source, over the last seconds. */
    double bytesPerSecond(String mount) {
        return rates.bytesPerSecond(mount);
    }

    /** Whether the mount has a source that sends. */
    boolean sends(String mount) {
        return traffic().sourceConnected(mount) && bytesPerSecond(mount) > 0;
    }

    /** Since when each of these bridges of a mount is active. */
    Map<Bridge, Instant> since(String mount, Set<Bridge> active) {
        return bridges.since(mount, active);
    }

    /** Whether what a source sends to the mount would get through, so that silence is the source's own. */
    boolean takes(String mount) {
        return icecast.answersPromptly() || traffic().feeds(mount);
    }

    /** Whether the mount has a source whose audio gets through, so that a reader's silence is its own. */
    boolean reachesReaders(String mount) {
        ProxySnapshot now = traffic();
        return now.feeds(mount) || (icecast.answersPromptly() && now.sourceConnected(mount));
    }

    @Override
    public void close() {
        proxy.close();
        lookUps.shutdownNow();
        accessLog.close();
    }
}
