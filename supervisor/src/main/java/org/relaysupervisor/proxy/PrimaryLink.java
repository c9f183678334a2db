package org.relaysupervisor.proxy;

import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.relaysupervisor.frames.Frame;
import org.relaysupervisor.proxy.PrimaryPlan.State;
import org.relaysupervisor.proxy.ProxySnapshot.PrimaryTraffic;

/**
 * Fetches an edge's mount from its primary, always, and is the source of the mount's feed, whether it is connected or not: a primary
 * that is away is a source that is silent, for which the feed has the standby. Lives on the event loop, but for {@link #traffic}.
 */
final class PrimaryLink implements AudioSource, PrimaryConnection.Owner {
    /** Makes one connection, whose channel must not read by itself; a cancelled one is closed. */
    interface Dialler {
        Future<Channel> dial(Primary primary);
    }

    private static final Logger log = System.getLogger(Proxy.class.getName());

    private static final String CUT_OFF = "is cut off by a drill";

    private final String path;
    private final Mount mount;
    private final Dialler dialler;
    private final Meters meters;
    private final PrimaryLimits limits;
    private final EventExecutor loop;
    private final PrimaryPlan plan;
    /** Of this outage; what goes on failing in the same way is said once. */
    private final Set<PrimaryFault> said = EnumSet.noneOf(PrimaryFault.class);

    private Optional<Primary> primary = Optional.empty();
    private PrimaryConnection connection;
    private ScheduledFuture<?> timer;
    private boolean announced;
    private boolean reachable = true;

    // For other threads as well.
    private volatile boolean wanted;
    private volatile boolean connected;
    private volatile Lag lag;
    private volatile Optional<String> problem = Optional.empty();

    PrimaryLink(
            String path,
            Mount mount,
            Dialler dialler,
            Meters meters,
            PrimaryLimits limits,
            DoubleSupplier random,
            EventExecutor loop) {
        this.path = path;
        this.mount = mount;
        this.dialler = dialler;
        this.meters = meters;
        this.limits = limits;
        this.loop = loop;
        plan = new PrimaryPlan(limits, random, now());
        lag = Lag.from(now());
    }

    private long now() {
        return loop.ticker().nanoTime();
    }

    /** Fetches from there from now on, or not at all. Who listens stays connected. */
    void use(Optional<Primary> now) {
        if (now.equals(primary)) {
            return;
        }
        primary = now;
        wanted = now.isPresent();
        hangUp();
        said.clear();
        announced = false;
        problem = Optional.empty();
        plan.restart(now());
        if (wanted) {
            arm();
        } else {
            timer.cancel(false);
        }
    }

    /** Whether there is a way to the primary; when it has been closed, it is as if the line were cut. */
    void reachable(boolean now) {
        boolean before = reachable;
        reachable = now;
        if (!wanted || before == now) {
            return;
        }
        if (now) {
            plan.restart(now());
            arm();
        } else if (plan.state() != State.WAITING) {
            // What follows from it needs no second word.
            said.add(PrimaryFault.CONNECT);
            failed(PrimaryFault.CLOSED, CUT_OFF);
        }
    }

    /** From now on listeners can be served, whether the primary is there or not. */
    void standbyIsHere() {
        if (wanted && !mount.feed().isOn() && mount.feed().hasStandby()) {
            mount.feed().attach(this, Optional.empty(), StreamHeaders.NONE);
        }
    }

    // Attempts.

    private void arm() {
        if (timer != null) {
            timer.cancel(false);
        }
        timer = loop.schedule(this::due, Math.max(0, plan.dueNanos() - now()), TimeUnit.NANOSECONDS);
    }

    /** The last thing that may fail for good: a timer that isn't set again would be the end of the mount. */
    private void due() {
        try {
            if (!plan.isDue(now())) {
                arm();
            } else if (plan.state() == State.WAITING) {
                begin();
            } else {
                connection.overdue(plan.overdue().orElseThrow());
            }
        } catch (RuntimeException e) {
            meters.failed("fetching " + path, e);
            hangUp();
            plan.restart(now() + limits.longestRetry().toNanos());
            arm();
        }
    }

    private void begin() {
        standbyIsHere();
        plan.begin(now());
        arm();
        if (!reachable) {
            failed(PrimaryFault.CONNECT, CUT_OFF);
            return;
        }
        connection = new PrimaryConnection(this, mount, limits, meters, loop.ticker());
        connection.begin(dialler, primary.orElseThrow(), path);
    }

    private void hangUp() {
        connected = false;
        lag = lag.ended();
        if (connection != null) {
            PrimaryConnection last = connection;
            connection = null;
            last.end();
        }
    }

    // The feed.

    @Override
    public void read() {
        if (connection != null) {
            connection.read();
        }
    }

    /** How long it may be silent it knows better. A feed that ended begins again with what comes next. */
    @Override
    public void cutOff(Refusal reason) {
        if (reason != Refusal.IDLE && connected) {
            failed(PrimaryFault.CLOSED, "was left, because the stream was ended here");
        }
    }

    @Override
    public boolean isConnected() {
        return connected;
    }

    /** Empty when the mount isn't fetched. Any thread. */
    Optional<PrimaryTraffic> traffic() {
        return wanted
                ? Optional.of(new PrimaryTraffic(connected, lag.at(now()), plan.faults(), problem))
                : Optional.empty();
    }

    // The connection.

    @Override
    public void connected() {
        plan.connected(now());
        arm();
    }

    @Override
    public void accepted(StreamHeaders headers) {
        plan.accepted(now());
        arm();
        lag = Lag.streamingFrom(now());
        connected = true;
        mount.feed().attach(this, Optional.empty(), headers);
    }

    @Override
    public void heard(Frame frame) {
        long now = now();
        plan.heard(now);
        lag = lag.heard(frame.nanos(), now);
        if (problem.isPresent()) {
            problem = Optional.empty();
        }
        announce(now);
    }

    /** Once for each outage, and not for a stream that ends at once. */
    private void announce(long now) {
        if (!announced && (said.isEmpty() || plan.hasSettled(now))) {
            announced = true;
            said.clear();
            log.log(Level.INFO, path + ": fetched from " + primary.orElseThrow().host());
        }
    }

    @Override
    public void heardAll() {
        if (lag.ahead(now()).compareTo(limits.tooFast()) > 0) {
            failed(PrimaryFault.TOO_FAST, "sends much faster than it can be played: is that a file?");
        }
    }

    @Override
    public void failed(PrimaryFault fault, String what) {
        hangUp();
        plan.failed(fault, now());
        announced = false;
        String host = primary.orElseThrow().host();
        problem = Optional.of("the primary at " + host + " " + what);
        if (said.add(fault)) {
            log.log(Level.WARNING, path + ": " + problem.get() + "; it is tried again");
        }
        arm();
    }
}
