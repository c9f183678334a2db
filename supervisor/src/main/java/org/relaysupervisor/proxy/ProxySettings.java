package org.relaysupervisor.proxy;

import java.net.InetAddress;
import java.util.Map;
import java.util.Set;
import org.relaysupervisor.config.RelayConfig;

/**
 * What the proxy is told. Ports may be 0, for a free one. The source route and Icecast are on 127.0.0.1 always.
 *
 * @param listenerBind the address listeners connect to
 * @param listenerLimit listeners at once, all mounts together; recorder and probes are not among them
 * @param trustedFronts peers whose {@code X-Forwarded-For} is believed
 * @param mounts path to content type, such as {@code /live} to {@code audio/mpeg}
 */
public record ProxySettings(
        InetAddress listenerBind,
        int listenerPort,
        int sourcePort,
        int icecastPort,
        int listenerLimit,
        Set<InetAddress> trustedFronts,
        Map<String, String> mounts,
        ProxyLimits limits) {

    /** The User-Agent that our recorder sends, by which it is told from listeners. */
    public static final String RECORDER_USER_AGENT = RelayConfig.Recording.USER_AGENT;

    public ProxySettings {
        trustedFronts = Set.copyOf(trustedFronts);
        mounts = Map.copyOf(mounts);
    }
}
