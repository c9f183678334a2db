package org.relaysupervisor.proxy;

import io.netty.util.concurrent.EventExecutor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.relaysupervisor.frames.AudioFormat;
import org.relaysupervisor.frames.Frame;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
import org.relaysupervisor.proxy.ProxySnapshot.FeedTraffic;
import org.relaysupervisor.proxy.ProxySnapshot.Loss;
import org.relaysupervisor.proxy.ProxySnapshot.Outage;

/**
 * A mount's bytes as frames in memory, between its source on one side and Icecast and the listeners on the other. It is on from
 * the moment that Icecast accepts a source until that source is stopped on purpose, or a neighbour has been away for too long;
 * meanwhile source and Icecast may come and go. Lives on the event loop, but for {@link #traffic}.
 */
final class Feed implements Pacer.Member {
    private static final Logger log = System.getLogger(Proxy.class.getName());

    private final String path;
    private final String name;
    private final Mount mount;
    private final Policy policy;
    private final Pacer pacer;
    private final EventExecutor loop;
    private final FeedLimits limits;
    private final FrameRing ring;
    private final FeedTitles titles;
    private final IcecastLink icecast;
    private final Readers readers;
    private final Audience audience;
    private final SourceFaults faults;
    private final Absence icecastAbsence;
    private final StandIn standIn;
    private final Understudy understudy;
    private Pacer.Place place;
    private volatile AudioSource source;
    private Optional<String> authorization = Optional.empty();
    private StreamHeaders headers = StreamHeaders.NONE;
    private long attachedNanos;
    private long lastFrameNanos;
    /** A silence of before is not the source's. */
    private long resumedNanos = Long.MIN_VALUE;

    /** Whether it goes on for an earlier daemon, and has had no frame of its source yet. */
    private boolean resuming;

    private volatile FeedTraffic traffic;

    /**
     * @param name what no other feed is called, whenever it was; one that goes on for an earlier daemon's keeps its own
     * @param keeping over the daemon's end
     */
    Feed(
            String path,
            String name,
            Mount mount,
            Policy policy,
            Meters meters,
            Upstream upstream,
            Pacer pacer,
            Keeping keeping,
            EventExecutor loop,
            Clock clock) {
        Optional<RingCopy> copy = keeping.audio(path);
        this.path = path;
        this.name = copy.map(kept -> kept.name(name)).orElse(name);
        this.mount = mount;
        this.policy = policy;
        this.pacer = pacer;
        this.loop = loop;
        limits = policy.limits().feed();
        ring = new FrameRing(limits, copy);
        icecast = new IcecastLink(this, upstream, meters, policy.limits(), pacer, keeping, loop);
        // A mount may come by a reload, long after this was last said.
        icecast.icecastAvailable(policy.icecastAvailable());
        titles = new FeedTitles(ring, new TitleCourier(upstream, meters, limits, icecast::isOpen, loop), copy);
        readers = new Readers(this, path, this.name, mount, meters, pacer, keeping, loop.ticker(), clock);
        audience = readers.audience();
        faults = new SourceFaults(path);
        icecastAbsence = new Absence(Outage.ICECAST, meters);
        standIn = new StandIn(path, meters);
        understudy = new Understudy(loop.ticker(), policy.limits().sourceIdle());
        publish();
    }

    FrameRing ring() {
        return ring;
    }

    IcecastLink icecast() {
        return icecast;
    }

    Readers readers() {
        return readers;
    }

    FeedTitles titles() {
        return titles;
    }

    int burst() {
        return policy.burst();
    }

    long now() {
        return loop.ticker().nanoTime();
    }

    /** Whether there is something to listen to, from the source or from memory. */
    boolean isOn() {
        return place != null;
    }

    /** Whether listeners may have had something of the stream that is on, from us or from an earlier daemon. */
    boolean hasPlayed() {
        return isOn() && (ring.heldBytes() > 0 || resuming);
    }

    // The source.

    /** Whether a source is there that sends, or has just come. One that has gone silent may be replaced. */
    boolean isOccupied() {
        boolean fresh = now() - attachedNanos <= limits.sourceSilence().toNanos();
        return source != null && (fresh || !standIn.isOn());
    }

    /** Whether the credentials are known that a source must have to go on where another ended. */
    boolean isOwned() {
        return authorization.isPresent();
    }

    /** Whether a source's stream is of the kind that the listeners are hearing. */
    boolean carries(RequestHead request) {
        return request.header("Content-Type").orElse(mount.contentType()).equals(contentType());
    }

    /** Whether these are the credentials with which Icecast accepted the source that this feed goes on for. */
    boolean knows(RequestHead request) {
        return Credentials.same(authorization, request.header("Authorization"));
    }

    /** A source that Icecast has accepted, or that may go on where one with the same credentials ended. */
    void attach(AudioSource arrived, Optional<String> credentials, StreamHeaders streamHeaders) {
        if (source != null && source != arrived) {
            AudioSource silent = source;
            source = null;
            silent.cutOff(Refusal.IDLE);
        }
        source = arrived;
        attachedNanos = now();
        authorization = credentials;
        headers = streamHeaders;
        if (!isOn()) {
            lastFrameNanos = now();
            place = pacer.lead(this);
        }
        ring.begin(contentType());
        publish();
    }

    /** Goes on where an earlier daemon ended: whoever has not come over is awaited, a source as one that is silent. */
    void resume() {
        resumedNanos = now();
        lastFrameNanos = ring.newestNanos().orElse(resumedNanos);
        place = pacer.lead(this);
        resuming = true;
        titles.resume();
        publish();
    }

    /** Whoever feeds it, or is fed, has come over from the earlier daemon. */
    void resumed() {
        if (!icecast.isOpen()) {
            icecast.awaited();
            icecastAbsence.begin(now(), audience);
        }
        if (source != null) {
            source.read();
        }
        publish();
    }

    /** Icecast has accepted these credentials under an earlier daemon. */
    void ownedBy(Optional<String> credentials) {
        authorization = credentials;
    }

    /** The source beside the attached one. */
    Understudy understudy() {
        return understudy;
    }

    /** Whether a source may send beside the attached one, to take its place: it must be able to go on where that one ends. */
    boolean takesBeside(RequestHead request) {
        return isOn() && isOwned() && knows(request) && carries(request);
    }

    /** The source beside takes the place of the attached one, if there is one, and that one stays beside. */
    void exchangeSources() {
        if (isOn() && understudy.isThere()) {
            AudioSource former = source;
            understudy.leaveFor(this);
            if (former instanceof FeedSource other) {
                other.keepNoMore();
                understudy.enter(other);
            }
            publish();
        }
    }

    /** Goes on with the frames of a source that knows the credentials already. */
    void play(FeedSource next) {
        source = next;
        attachedNanos = now();
        headers = next.headers();
        next.keep();
        faults.newSource();
    }

    /** A frame of the attached source. */
    void append(Frame frame) {
        long now = now();
        lastFrameNanos = now;
        if (standIn.isOn()) {
            standIn.end(frame, now, audience).filter(unused -> hasStandby()).ifPresent(this::store);
            faults.newSource();
        }
        resuming = false;
        faults.format(frame.format(), now);
        store(frame);
    }

    private void store(Frame frame) {
        ring.append(frame, now());
        mount.audible(frame.bytes().length);
        titles.dropOld();
    }

    /** How much has not been played of what there would have been to play by now. */
    long missingNanos() {
        return standIn.isOn() && hasStandby() ? 0 : now() - lastFrameNanos;
    }

    /** Whether something else plays, or nothing, because the source is silent. */
    boolean isBridging() {
        return standIn.isOn();
    }

    /** What the attached source sends from now on; players may stop where it differs from the standby. */
    void carries(AudioFormat format) {
        standIn.format().ifPresent(standby -> faults.fetched(format, standby, now()));
    }

    /** What the attached source sent besides frames. */
    void skipped(long garbage, long tags) {
        faults.skipped(garbage, tags, contentType(), now());
    }

    /** The attached source is gone. */
    void detached(AudioSource gone) {
        if (source == gone) {
            source = null;
            sourceAway(lastFrameNanos);
        }
    }

    private void sourceAway(long sinceNanos) {
        if (!policy.streamWanted()) {
            end(Loss.STOPPED);
            return;
        }
        standIn.begin(sinceNanos, audience, ring.newestHeaders(), hasStandby());
        publish();
    }

    /** The end of either neighbour is now the end of the stream; so is one that has come already. */
    void notWanted() {
        if (standIn.isOn() || icecastAbsence.isPresent()) {
            end(Loss.STOPPED);
        }
    }

    /** Ends the stream for everybody, on purpose. */
    void stop() {
        icecast.refuseAsker();
        if (isOn()) {
            end(Loss.STOPPED);
        }
    }

    /** What plays while the source is away. */
    void standby(Standby programme) {
        standIn.use(programme, mount.contentType(), now());
    }

    // Icecast.

    void icecastHas() {
        icecastAbsence.end(now(), audience);
        titles.icecastIsBack();
        publish();
    }

    void icecastLost() {
        if (isOn() && !policy.streamWanted()) {
            end(Loss.STOPPED);
        } else if (isOn()) {
            icecastAbsence.begin(now(), audience);
            log.log(Level.WARNING, path + ": Icecast is away; listeners go on from memory");
            publish();
        }
    }

    void icecastRefused(int status) {
        faults.say("Icecast is back and answers " + status + " to the source; it is asked again", now());
    }

    /** Icecast does not accept the source's credentials any more. */
    void disowned() {
        authorization = Optional.empty();
    }

    // Listeners.

    /** What a listener is told before the audio. */
    Reply reply(boolean wantsTitles) {
        return Reply.stream(contentType(), headers.forListeners(), wantsTitles);
    }

    String contentType() {
        return headers.contentType().orElse(mount.contentType());
    }

    void sent(Role role, long bytes) {
        mount.sent(role, bytes);
    }

    // Time.

    @Override
    public void turn() {
        long now = now();
        icecast.check();
        understudy.turn();
        if (source != null) {
            source.read();
        }
        long silent = now - Math.max(lastFrameNanos, resumedNanos);
        if (isOn() && silent > limits.sourceSilence().toNanos()) {
            sourceAway(lastFrameNanos);
        }
        if (source != null
                && Math.min(silent, now - attachedNanos)
                        > policy.limits().sourceIdle().toNanos()) {
            source.cutOff(Refusal.IDLE);
        }
        if (isOn() && standIn.isOn()) {
            standIn.count(now);
            bridge(now);
        }
        if (isOn() && !icecast.isOpen()) {
            icecastAbsence.count(now);
            if (isIcecastAwayForTooLong()) {
                end(Loss.ICECAST_GONE);
            }
        }
        readers.turn();
        publish();
    }

    /** A reader who is just coming back, as a recorder that is started again, is still a reader. An edge has no Icecast. */
    private boolean isIcecastAwayForTooLong() {
        if (mount.isFetched()) {
            return false;
        }
        long away = icecast.closedNanos();
        long awayUnheard = Math.min(away, readers.absentNanos());
        return away > limits.icecastAway().toNanos()
                || awayUnheard > limits.icecastAwayUnheard().toNanos();
    }

    /** Whether there is one in the format that the listeners are hearing. */
    boolean hasStandby() {
        return standIn.hasProgramme() && contentType().equals(mount.contentType());
    }

    private void bridge(long now) {
        if (hasStandby()) {
            standIn.play(now, this::store);
        } else if (now - lastFrameNanos > patience().toNanos()) {
            end(Loss.SOURCE_GONE);
        }
    }

    /** How long listeners are kept waiting without a source and without a standby. */
    private Duration patience() {
        return resuming ? limits.resumption() : limits.sourceAway();
    }

    private void end(Loss cause) {
        long now = now();
        place.leave();
        place = null;
        icecast.close();
        standIn.giveUp(now);
        icecastAbsence.giveUp(now);
        authorization = Optional.empty();
        resuming = false;
        faults.newSource();
        if (source != null) {
            AudioSource last = source;
            source = null;
            last.cutOff(Refusal.UPSTREAM_FAILED);
        }
        understudy.cutOff();
        readers.dismiss(cause);
        ring.clear();
        titles.clear();
        log.log(Level.WARNING, path + ": the stream ended: " + cause.label().replace('_', ' '));
        publish();
    }

    void publish() {
        Set<Bridge> bridges = EnumSet.noneOf(Bridge.class);
        if (icecastAbsence.isPresent()) {
            bridges.add(Bridge.FEED);
        }
        if (standIn.isOn() && hasStandby()) {
            bridges.add(Bridge.STANDBY);
        }
        traffic = new FeedTraffic(
                name,
                Duration.ofNanos(ring.heldNanos()),
                ring.heldBytes(),
                bridges,
                audience.people(),
                faults.garbageBytes(),
                faults.tagBytes(),
                faults.formatChanges(),
                titles.newest());
    }

    /** Any thread. */
    FeedTraffic traffic() {
        return traffic;
    }

    /** Whether a source is connected. Any thread. */
    boolean hasSource() {
        AudioSource now = source;
        return now != null && now.isConnected();
    }
}
