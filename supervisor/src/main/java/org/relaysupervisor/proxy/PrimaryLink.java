package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.relaysupervisor.frames.Frame;
import org.relaysupervisor.frames.FrameParser;
import org.relaysupervisor.proxy.PrimaryPlan.State;
import org.relaysupervisor.proxy.ProxySnapshot.PrimaryTraffic;

/**
 * Fetches an edge's mount from its primary, always, and is the source of the mount's feed, whether it is connected or not: a primary
 * that is away is a source that is silent, for which the feed has the standby. Lives on the event loop, but for {@link #traffic}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class PrimaryLink implements AudioSource {
    /** Makes one connection, whose channel must not read by itself; a cancelled one is closed. */
    interface Dialler {
        Future<Channel> dial(Primary primary);
    }

    private static final Logger log = System.getLogger(Proxy.class.getName());

    /** In bytes; whoever has sent so much has probably sent more. */
    private static final int LARGE_READ = 8 * 1024;

    /** In one turn. */
    private static final int MOST_READS = 16;

    /** In bytes: more than any frame, so that what has none in so many is no audio. */
    private static final int LONGEST_WITHOUT_FRAME = 256 * 1024;

    /** In bytes: a stream that stops in the middle of a frame has stopped; one that goes on without any is none. */
    private static final int MOST_BETWEEN_FRAMES = 4 * 1024;

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
    private Attempt attempt;
    private ScheduledFuture<?> timer;
    private boolean announced;

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
                attempt.overdue(plan.overdue().orElseThrow());
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
        attempt = new Attempt();
        attempt.begin(primary.orElseThrow());
    }

    private void failed(PrimaryFault fault, String what) {
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

    private void hangUp() {
        connected = false;
        lag = lag.ended();
        if (attempt != null) {
            Attempt last = attempt;
            attempt = null;
            last.end();
        }
    }

    // The feed.

    @Override
    public void read() {
        if (attempt != null) {
            attempt.read();
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

    /** One connection, from the first packet to the last. */
    private final class Attempt implements TunnelEnd.Owner, IcyReader.Owner {
        private final PrimaryReply reply = new PrimaryReply();
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

        void begin(Primary from) {
            dialling = dialler.dial(from);
            dialling.addListener(unused -> {
                if (!isCurrent() && dialling.isSuccess()) {
                    dialling.getNow().close();
                } else if (isCurrent() && dialling.isSuccess()) {
                    connected(dialling.getNow(), from);
                } else if (isCurrent()) {
                    notConnected(dialling.cause());
                }
            });
        }

        private boolean isCurrent() {
            return attempt == this;
        }

        private void notConnected(Throwable cause) {
            boolean unknown = cause instanceof UnknownHostException;
            failed(
                    unknown ? PrimaryFault.RESOLVE : PrimaryFault.CONNECT,
                    (unknown ? "is not found: " : "cannot be connected to: ") + cause.getMessage());
        }

        private void connected(Channel opened, Primary from) {
            channel = opened;
            plan.connected(now());
            arm();
            channel.pipeline().addLast(new TunnelEnd(this, meters));
            channel.writeAndFlush(Unpooled.copiedBuffer(from.request(path).getBytes(StandardCharsets.ISO_8859_1)));
            channel.config().setAutoRead(true);
        }

        /** The time of the plan's state is over. */
        void overdue(PrimaryFault fault) {
            String limit = " within " + limits.answer().toSeconds() + " s";
            switch (fault) {
                case CONNECT -> failed(fault, "did not accept a connection" + limit);
                case NO_ANSWER -> failed(fault, "accepted the connection, and did not answer" + limit);
                default -> {
                    if (withoutFrame > MOST_BETWEEN_FRAMES) {
                        noAudio();
                    } else {
                        failed(fault, "sent nothing for " + limits.stall().toSeconds() + " s");
                    }
                }
            }
        }

        private void noAudio() {
            failed(PrimaryFault.NO_AUDIO, "sends what is no " + mount.contentType());
        }

        void end() {
            dialling.cancel(false);
            if (channel != null) {
                channel.close();
            }
        }

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
                if (isCurrent() && icy == null) {
                    answer(data);
                }
                if (isCurrent() && icy != null) {
                    take(ByteBufUtil.getBytes(data));
                }
            } finally {
                data.release();
            }
        }

        private void answer(ByteBuf data) {
            if (reply.completedBy(data)) {
                reply.refused(mount.contentType())
                        .ifPresentOrElse(refused -> failed(refused.fault(), refused.message()), this::accepted);
            } else if (reply.isTooLong()) {
                failed(
                        PrimaryFault.BAD_ANSWER,
                        "does not come to the end of its answer's head within " + PrimaryReply.LONGEST + " bytes");
            }
        }

        private void accepted() {
            plan.accepted(now());
            arm();
            lag = Lag.streamingFrom(now());
            connected = true;
            icy = new IcyReader(reply.interval());
            parser = FrameParser.of(mount.contentType()).orElseThrow();
            // From here on the feed reads, at its own pace.
            channel.config().setAutoRead(false);
            Feed feed = mount.feed();
            if (feed.isOn() && feed.ring().heldBytes() > 0) {
                rejoin = new Rejoin(now() + limits.burst().toNanos());
            }
            feed.attach(PrimaryLink.this, Optional.empty(), reply.streamHeaders());
        }

        private void take(byte[] bytes) {
            readBytes += bytes.length;
            icy.accept(bytes, this);
            if (!isCurrent()) {
                return;
            }
            if (withoutFrame > LONGEST_WITHOUT_FRAME) {
                noAudio();
            } else if (lag.ahead(now()).compareTo(limits.tooFast()) > 0) {
                failed(PrimaryFault.TOO_FAST, "sends much faster than it can be played: is that a file?");
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
            mount.feed().title(text, url);
        }

        private void frame(Frame frame) {
            long now = now();
            plan.heard(now);
            lag = lag.heard(frame.nanos(), now);
            withoutFrame = 0;
            if (!heard) {
                heard = true;
                problem = Optional.empty();
                mount.feed().carries(frame.format());
            }
            announce(now);
            if (rejoin == null && mount.feed().isBridging()) {
                // It was silent for long enough for the standby, and now it sends what it owes.
                rejoin = new Rejoin(now + limits.burst().toNanos());
            }
            if (rejoin == null) {
                mount.feed().append(frame);
            } else {
                rejoin.add(frame);
            }
        }

        /** Once for each outage, and not for a stream that ends at once. */
        private void announce(long now) {
            if (!announced && (said.isEmpty() || plan.hasSettled(now))) {
                announced = true;
                said.clear();
                log.log(
                        Level.INFO,
                        path + ": fetched from " + primary.orElseThrow().host());
            }
        }

        @Override
        public void receivedAll() {
            if (!isCurrent() || icy == null) {
                return;
            }
            if (rejoin != null && rejoin.isOver(now())) {
                Rejoin over = rejoin;
                rejoin = null;
                over.newest(mount.feed().missingNanos()).forEach(mount.feed()::append);
            }
            if (readBytes >= reads * LARGE_READ && reads < MOST_READS) {
                reads++;
                channel.read();
            }
            mount.feed().readers().turn();
        }

        @Override
        public void ended() {
            if (isCurrent()) {
                failed(PrimaryFault.CLOSED, heard ? "ended the stream" : "closed the connection");
            }
        }
    }
}
