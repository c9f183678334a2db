package org.relaysupervisor.proxy;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.relaysupervisor.proxy.ProxySettings.MountSettings;

/** Settings for tests: ports of this machine, and one MP3 mount in memory, unless a test says otherwise. */
final class Settings {
    private static final int BURST = 64 * 1024;

    int listenerPort;
    int sourcePort;
    /** Where nobody is. */
    int icecastPort = 1;

    int listenerLimit = 10;
    Map<String, MountSettings> mounts = Map.of("/live", new MountSettings("audio/mpeg", true));
    ProxyLimits limits = ProxyLimits.DEFAULTS;

    ProxySettings build() {
        return new ProxySettings(
                InetAddress.getLoopbackAddress(),
                listenerPort,
                sourcePort,
                icecastPort,
                listenerLimit,
                Set.of(),
                List.of(),
                BURST,
                mounts,
                limits);
    }
}
