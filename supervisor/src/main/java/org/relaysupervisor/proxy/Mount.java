package org.relaysupervisor.proxy;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.relaysupervisor.proxy.ProxySnapshot.MountTraffic;

/** One mount: who is on it and what it has carried. The event loop writes; {@link #traffic} may be called by any thread. */
final class Mount {
    private final LongAdder sourceBytes = new LongAdder();
    private final Map<Role, LongAdder> sentBytes = new EnumMap<>(Role.class);
    private final Map<Role, AtomicInteger> connected = new EnumMap<>(Role.class);
    private final AtomicInteger acceptedSources = new AtomicInteger();
    private String contentType;
    private List<String> replyHeaders = List.of();

    Mount(String contentType) {
        this.contentType = contentType;
        for (Role role : Role.values()) {
            sentBytes.put(role, new LongAdder());
            connected.put(role, new AtomicInteger());
        }
    }

    void contentType(String type) {
        contentType = type;
    }

    void connected(Role role) {
        connected.get(role).incrementAndGet();
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

    boolean onAir() {
        return acceptedSources.get() > 0;
    }

    void received(long bytes) {
        sourceBytes.add(bytes);
    }

    void sent(Role role, long bytes) {
        sentBytes.get(role).add(bytes);
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

    Reply live() {
        return Reply.live(contentType, replyHeaders);
    }

    MountTraffic traffic() {
        Map<Role, Integer> now = new EnumMap<>(Role.class);
        connected.forEach((role, count) -> now.put(role, count.get()));
        return new MountTraffic(onAir(), sourceBytes.sum(), now, Meters.sums(sentBytes, Role.class), Optional.empty());
    }
}
