package org.relaysupervisor.proxy;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.Secret;

/**
 * What the proxy is told. Ports may be 0, for a free one. The source route and Icecast are on 127.0.0.1 always.
 *
 * @param listenerBind the address listeners connect to
 * @param listenerLimit listeners at once, all mounts together; recorder, decoders and probes are not among them
 * @param trustedFronts peers whose {@code X-Forwarded-For} is believed
 * @param frontSecrets one of these must listeners bring in {@code X-Relay-Front}, unless they come from this machine itself; if there
 *     are none, nothing
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
        List<Secret> frontSecrets,
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
     * @param primary where the mount is fetched; empty when a source brings it
     */
    public record MountSettings(String contentType, boolean fed, Optional<Primary> primary) {
        /** Of a mount that a source brings. */
        MountSettings(String contentType, boolean fed) {
            this(contentType, fed, Optional.empty());
        }
    }

    public ProxySettings {
        trustedFronts = Set.copyOf(trustedFronts);
        frontSecrets = List.copyOf(frontSecrets);
        mounts = Map.copyOf(mounts);
    }

    /** Whether the mounts are fetched, so that no source is waited for. */
    boolean isEdge() {
        return mounts.values().stream().anyMatch(mount -> mount.primary().isPresent());
    }

    /**
     * What the configuration asks for, with the limits that the daemon runs with.
     *
     * @param frontSecrets of {@code listeners}
     * @param upstreamSecret of {@code upstream.front_secret}
     */
    public static ProxySettings of(RelayConfig config, List<Secret> frontSecrets, Optional<Secret> upstreamSecret) {
        Optional<Primary> primary =
                config.upstream().map(upstream -> new Primary(upstream.host(), upstream.port(), upstreamSecret));
        return new ProxySettings(
                config.listeners().bind(),
                config.listeners().port(),
                config.sourceRoute().port(),
                config.icecast().port(),
                config.listeners().limit(),
                config.listeners().trustedFronts(),
                frontSecrets,
                config.icecast().burst(),
                config.mounts().stream()
                        .collect(Collectors.toMap(RelayConfig.Mount::path, mount -> mount(mount, primary))),
                ProxyLimits.DEFAULTS);
    }

    private static MountSettings mount(RelayConfig.Mount mount, Optional<Primary> primary) {
        return new MountSettings(mount.format().contentType(), mount.listeners() == RelayConfig.Delivery.FEED, primary);
    }
}
