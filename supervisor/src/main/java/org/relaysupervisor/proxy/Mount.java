package org.relaysupervisor.proxy;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.relaysupervisor.frames.FrameParser;
import org.relaysupervisor.proxy.ProxySettings.MountSettings;
import org.relaysupervisor.proxy.ProxySnapshot.MountTraffic;
import org.relaysupervisor.proxy.ProxySnapshot.Tap;

/** One mount: who is on it and what it has carried. The event loop writes; {@link #traffic} may be called by any thread. */
final class Mount {
    private final LongAdder sourceBytes = new LongAdder();
    private final LongAdder audioBytes = new LongAdder();
    private final Map<Role, LongAdder> sentBytes = new EnumMap<>(Role.class);
    private final Map<Role, AtomicInteger> connected = new EnumMap<>(Role.class);
    private final AtomicInteger acceptedSources = new AtomicInteger();
    private final Feed feed;
    private final PrimaryLink primary;
    private volatile MountSettings settings;
    private volatile Tap tap = Tap.NONE;
    private List<String> replyHeaders = List.of();

    /**
     * @param feed makes the mount's feed
     * @param primary makes what fetches the mount when it is to be fetched
     */
    Mount(MountSettings settings, Function<Mount, Feed> feed, Function<Mount, PrimaryLink> primary) {
        this.settings = settings;
        this.feed = feed.apply(this);
        this.primary = primary.apply(this);
        for (Role role : Role.values()) {
            sentBytes.put(role, new LongAdder());
            connected.put(role, new AtomicInteger());
        }
    }

    /** Takes effect for who comes; a feed that is not wanted any more ends. */
    void configure(MountSettings now) {
        settings = now;
        if (!now.fed()) {
            feed.stop();
        }
        primary.use(now.primary());
    }

    /** Nobody is to be here any more. */
    void takenOut() {
        primary.use(Optional.empty());
        feed.stop();
    }

    String contentType() {
        return settings.contentType();
    }

    /** Whether it comes from a primary, and not from a source through Icecast. */
    boolean isFetched() {
        return settings.primary().isPresent();
    }

    /** Whether its listeners read the feed, unless its source is of a format that is not understood. */
    boolean isFed() {
        return settings.fed();
    }

    /** What plays while its source is away. */
    void standby(Standby programme) {
        feed.standby(programme);
        primary.standbyIsHere();
    }

    Feed feed() {
        return feed;
    }

    /** What fetches it, when it is to be fetched. */
    PrimaryLink primary() {
        return primary;
    }

    /** What cuts the frames of a source that announces this content type; empty when its bytes are to pass as they are. */
    Optional<FrameParser> parserFor(Optional<String> sourceContentType) {
        return settings.fed() ? FrameParser.of(sourceContentType.orElse(settings.contentType())) : Optional.empty();
    }

    void connected(Role role) {
        connected.get(role).incrementAndGet();
        if (role == Role.DECODER) {
            tap = tap.connected();
        }
    }

    void disconnected(Role role) {
        connected.get(role).decrementAndGet();
    }

    /** Icecast has said yes to a source. */
    void sourceAccepted() {
        acceptedSources.incrementAndGet();
    }

    void acceptedSourceLeft() {
        acceptedSources.decrementAndGet();
        replyHeaders = List.of();
    }

    /** Whether a source that Icecast has accepted sends past the feed. */
    private boolean passesThrough() {
        return acceptedSources.get() > 0;
    }

    /** Whether there is something to listen to. */
    boolean onAir() {
        return passesThrough() || feed.isOn();
    }

    /** A source's bytes on their way past the feed. */
    void passed(long bytes) {
        received(bytes);
        audible(bytes);
    }

    /** Something to hear, wherever it comes from. */
    void audible(long bytes) {
        audioBytes.add(bytes);
    }

    void received(long bytes) {
        sourceBytes.add(bytes);
    }

    void sent(Role role, long bytes) {
        sentBytes.get(role).add(bytes);
    }

    /** A decoder had fallen behind, and is being moved. */
    void decoderMoved() {
        tap = tap.moved();
    }

    /** A decoder that is being moved is not given these. */
    void decoderMissed(long frames, long bytes) {
        tap = tap.dropped(frames, bytes);
    }

    /** What Icecast told a listener about this mount; told again to those who ask with HEAD. */
    void learn(List<String> headerLines) {
        replyHeaders = headerLines.stream().filter(Mount::isLasting).toList();
    }

    /** Whether a header line is about the stream, and not about one listener's connection or its wish for titles. */
    private static boolean isLasting(String line) {
        String lower = line.toLowerCase(Locale.ROOT);
        return lower.startsWith("content-type:")
                || lower.startsWith("ice-")
                || lower.startsWith("access-control-")
                || (lower.startsWith("icy-") && !lower.startsWith("icy-metaint"));
    }

    /** What a listener would be told. */
    Reply live() {
        return feed.isOn() ? feed.reply(false) : Reply.live(settings.contentType(), replyHeaders);
    }

    MountTraffic traffic() {
        Map<Role, Integer> now = new EnumMap<>(Role.class);
        connected.forEach((role, count) -> now.put(role, count.get()));
        boolean fed = settings.fed() && !passesThrough();
        return new MountTraffic(
                passesThrough() || feed.hasSource(),
                sourceBytes.sum(),
                audioBytes.sum(),
                now,
                Meters.sums(sentBytes, Role.class),
                tap,
                feed.readers().recorder(),
                fed ? Optional.of(feed.traffic()) : Optional.empty(),
                primary.traffic());
    }
}
