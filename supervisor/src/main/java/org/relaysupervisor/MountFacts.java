package org.relaysupervisor;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.metering.Heard;
import org.relaysupervisor.programs.OnAir;
import org.relaysupervisor.proxy.ProxySnapshot;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
import org.relaysupervisor.proxy.ProxySnapshot.MountTraffic;

/**
 * What the meters are told of each mount besides its samples. Safe from any thread and never blocks; a change is seen when it is
 * next asked for, which the meters do ten times a second.
 */
final class MountFacts implements Function<String, Heard> {
    /** Sources send, and are read, in lumps: less than this is no pause. */
    private static final Duration PACE = Duration.ofSeconds(1);

    private final Supplier<ProxySnapshot> traffic;
    private final Supplier<Optional<OnAir>> onAir;
    private final Clock clock;
    private final ConcurrentMap<String, Seen> seen = new ConcurrentHashMap<>();

    /** What was last seen of a mount, and when it was first so. */
    private record Seen(long audioBytes, long grewNanos, OptionalLong standbySinceNanos) {
        static Seen first(long audioBytes, long now) {
            return new Seen(audioBytes, now, OptionalLong.empty());
        }

        Seen then(long audioBytesNow, boolean standby, long now) {
            OptionalLong since = standbySinceNanos.isPresent() ? standbySinceNanos : OptionalLong.of(now);
            return new Seen(
                    audioBytesNow,
                    audioBytesNow == audioBytes ? grewNanos : now,
                    standby ? since : OptionalLong.empty());
        }
    }

    /** @param onAir what Liquidsoap plays, when it is known */
    MountFacts(Supplier<ProxySnapshot> traffic, Supplier<Optional<OnAir>> onAir, Clock clock) {
        this.traffic = traffic;
        this.onAir = onAir;
        this.clock = clock;
    }

    @Override
    public Heard apply(String mount) {
        MountTraffic now = traffic.get().mounts().get(mount);
        if (now == null) {
            return Heard.NOTHING_KNOWN;
        }
        boolean standby =
                onAirSource(now, onAir.get()).filter(OnAir.STANDBY::equals).isPresent();
        Seen last = seen.compute(mount, (path, before) -> {
            long nanos = clock.nanoTime();
            Seen known = before == null ? Seen.first(now.audioBytes(), nanos) : before;
            return known.then(now.audioBytes(), standby, nanos);
        });
        Duration silent = clock.since(last.grewNanos());
        return new Heard(
                silent.compareTo(PACE) < 0 ? Duration.ZERO : silent,
                last.standbySinceNanos().isPresent()
                        ? clock.since(last.standbySinceNanos().getAsLong())
                        : Duration.ZERO,
                now.tap().connects() + now.tap().moves());
    }

    /** What listeners of a mount hear: the name of an input, {@code standby} or {@code nothing}; empty while it isn't known. */
    static Optional<String> onAirSource(MountTraffic mount, Optional<OnAir> liquidsoap) {
        boolean fromMemory = mount.feed()
                .filter(feed -> feed.bridges().contains(Bridge.STANDBY))
                .isPresent();
        return fromMemory ? Optional.of(OnAir.STANDBY) : liquidsoap.map(OnAir::source);
    }
}
