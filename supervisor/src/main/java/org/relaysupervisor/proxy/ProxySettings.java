package org.relaysupervisor.proxy;

import java.net.InetAddress;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.relaysupervisor.config.RelayConfig;

/**
 * What the proxy is told. Ports may be 0, for a free one. The source route and Icecast are on 127.0.0.1 always.
 *
 * @param listenerBind the address listeners connect to
 * @param listenerLimit listeners at once, all mounts together; recorder, decoders and probes are not among them
 * @param trustedFronts peers whose {@code X-Forwarded-For} is believed
 * @param burst bytes of the newest audio that a listener who comes is sent at once, rounded to frames
 * @param mounts by path, such as {@code /live}
 */
public record ProxySettings(
        InetAddress listenerBind,
        int listenerPort,
        int sourcePort,
        int icecastPort,
        int listenerLimit,
        Set<InetAddress> trustedFronts,
        int burst,
        Map<String, MountSettings> mounts,
        ProxyLimits limits) {

    /** The User-Agent that our recorder sends, by which it is told from listeners. */
    public static final String RECORDER_USER_AGENT = RelayConfig.Recording.USER_AGENT;

    /** The same of our decoders. */
    public static final String DECODER_USER_AGENT = RelayConfig.Metering.USER_AGENT;

    /**
     * @param contentType such as {@code audio/mpeg}
     * @param fed whether listeners read the mount's feed in memory, if its format is known; if not, each has a connection to
     *     Icecast of its own
     */
    public record MountSettings(String contentType, boolean fed) {}

    public ProxySettings {
        trustedFronts = Set.copyOf(trustedFronts);
        mounts = Map.copyOf(mounts);
    }

    /** What the configuration asks for, with the limits that the daemon runs with. */
    public static ProxySettings of(RelayConfig config) {
        return new ProxySettings(
                config.listeners().bind(),
                config.listeners().port(),
                config.sourceRoute().port(),
                config.icecast().port(),
                config.listeners().limit(),
                config.listeners().trustedFronts(),
                config.icecast().burst(),
                config.mounts().stream().collect(Collectors.toMap(RelayConfig.Mount::path, ProxySettings::mount)),
                ProxyLimits.DEFAULTS);
    }

    private static MountSettings mount(RelayConfig.Mount mount) {
        return new MountSettings(mount.format().contentType(), mount.listeners() == RelayConfig.Delivery.FEED);
    }
}
