package org.relaysupervisor.proxy;

import java.util.HashMap;
import java.util.Map;
import org.relaysupervisor.proxy.ProxySettings.MountSettings;
import org.relaysupervisor.proxy.ProxySnapshot.MountTraffic;

/**
 * The configured mounts. Only the configuration makes an entry, never a request. A mount that was taken out keeps its counts,
 * unseen, so that they go on when it comes back.
 */
final class Mounts {
    private final Map<String, Mount> ever = new HashMap<>();
    private volatile Map<String, Mount> configured = Map.of();

    /** On the event loop, or before it runs. */
    void configure(Map<String, MountSettings> settings) {
        Map<String, Mount> now = new HashMap<>();
        settings.forEach((path, mountSettings) -> {
            Mount mount = ever.computeIfAbsent(path, unused -> new Mount(mountSettings.contentType()));
            mount.contentType(mountSettings.contentType());
            now.put(path, mount);
        });
        configured = Map.copyOf(now);
    }

    /** The mount of exactly this path, or null. */
    Mount find(String path) {
        return configured.get(path);
    }

    /** Any thread. */
    Map<String, MountTraffic> traffic() {
        Map<String, MountTraffic> traffic = new HashMap<>();
        configured.forEach((path, mount) -> traffic.put(path, mount.traffic()));
        return traffic;
    }
}
