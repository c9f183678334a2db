package org.relaysupervisor.proxy;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.relaysupervisor.proxy.ProxySettings.MountSettings;
import org.relaysupervisor.proxy.ProxySnapshot.MountTraffic;

/**
 * The configured mounts. Only the configuration makes an entry, never a request. A mount that was taken out keeps its counts,
 * unseen, so that they go on when it comes back.
 */
final class Mounts {
    private final BiFunction<String, Mount, Feed> feeds;
    private final BiFunction<String, Mount, PrimaryLink> primaries;
    private final Map<String, Mount> ever = new HashMap<>();
    private volatile Map<String, Mount> configured = Map.of();

    /**
     * @param feeds makes the feed of a mount at a path
     * @param primaries makes what fetches it
     */
    Mounts(BiFunction<String, Mount, Feed> feeds, BiFunction<String, Mount, PrimaryLink> primaries) {
        this.feeds = feeds;
        this.primaries = primaries;
    }

    /** On the event loop, or before it runs. */
    void configure(Map<String, MountSettings> settings) {
        Map<String, Mount> now = new HashMap<>();
        settings.forEach((path, mountSettings) -> {
            Mount mount = ever.computeIfAbsent(
                    path,
                    unused -> new Mount(
                            mountSettings,
                            created -> feeds.apply(path, created),
                            created -> primaries.apply(path, created)));
            mount.configure(mountSettings);
            now.put(path, mount);
        });
        ever.forEach((path, mount) -> {
            if (!now.containsKey(path)) {
                mount.takenOut();
            }
        });
        configured = Map.copyOf(now);
    }

    /** The mount of exactly this path, or null. */
    Mount find(String path) {
        return configured.get(path);
    }

    /** A configured mount whose feed has not what is asked for; empty when all have. */
    Optional<String> without(Predicate<Feed> what) {
        return configured.entrySet().stream()
                .filter(mount -> !what.test(mount.getValue().feed()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    void forEachFeed(Consumer<Feed> action) {
        ever.values().forEach(mount -> action.accept(mount.feed()));
    }

    /** Of the configured mounts whose listeners read their feed. */
    void forEachFed(Consumer<Feed> action) {
        configured.values().stream().filter(Mount::isFed).map(Mount::feed).forEach(action);
    }

    /** Of the configured mounts, fetched or not. */
    void forEachPrimary(Consumer<PrimaryLink> action) {
        configured.values().forEach(mount -> action.accept(mount.primary()));
    }

    /** Any thread. */
    Map<String, MountTraffic> traffic() {
        Map<String, MountTraffic> traffic = new HashMap<>();
        configured.forEach((path, mount) -> traffic.put(path, mount.traffic()));
        return traffic;
    }
}
