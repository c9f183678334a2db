package org.relaysupervisor.proxy;

import java.time.Duration;

/**
 * What one connection, and all of them together, may take. Every wait in the proxy is one of the durations here, and every
 * buffer and queue has one of the sizes. All values are positive.
 *
 * @param headBytes the largest request head that is read
 * @param headTimeout from accept to the end of the request head
 * @param upstreamConnect to have a connection to Icecast
 * @param listenerAnswer from the forwarded request to Icecast's first byte, on the listener route
 * @param sourceAnswer the same on the source route: short, since an unanswered source stands still
 * @param sourceIdle a source that sends nothing for this long is cut off; above Icecast's own source timeout
 * @param sourceStall Icecast may take nothing from a source for this long
 * @param listenerStall a listener may leave half of the write buffer unread for this long
 * @param drain to get the last bytes out to a peer before its connection is closed
 * @param pendingConnections per route, accepted and not yet served; one more drops the oldest
 * @param sourceConnections sources and title updates at once
 * @param recorderConnections recorders at once; one more counts as a listener
 * @param decoderConnections decoders at once, all mounts together; one more counts as a listener
 * @param probeConnections probes at once; one more counts as a listener
 * @param edgeConnections second relays at once; one more counts as a listener
 * @param connectsAtOnce connections to Icecast being made for listeners; its listen backlog is 5
 * @param connectSpacing how long a connect that succeeded keeps its place among those: the kernel accepts for Icecast
 * @param connectQueue listeners that wait for such a place
 * @param writeBufferBytes bytes in our memory per connection above which its other side is no longer read
 * @param kernelBufferBytes the kernel's send and receive buffers that are asked for; Linux doubles the value
 * @param decoderBufferBytes the same for a decoder on a feed, in our memory and again in the kernel, which has a least size of its
 *     own: Linux takes 4.5 KiB; whole frames, so one may be more
 * @param recorderBufferBytes the same for a recorder on a feed, in our memory only; the kernel has {@code kernelBufferBytes}
 * @param feed of each mount's audio in memory
 */
public record ProxyLimits(
        int headBytes,
        Duration headTimeout,
        Duration upstreamConnect,
        Duration listenerAnswer,
        Duration sourceAnswer,
        Duration sourceIdle,
        Duration sourceStall,
        Duration listenerStall,
        Duration drain,
        int pendingConnections,
        int sourceConnections,
        int recorderConnections,
        int decoderConnections,
        int probeConnections,
        int edgeConnections,
        int connectsAtOnce,
        Duration connectSpacing,
        int connectQueue,
        int writeBufferBytes,
        int kernelBufferBytes,
        int decoderBufferBytes,
        int recorderBufferBytes,
        FeedLimits feed) {

    /** What the daemon runs with. */
    public static final ProxyLimits DEFAULTS = new ProxyLimits(
            8 * 1024,
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            256,
            32,
            4,
            16,
            8,
            8,
            4,
            Duration.ofMillis(20),
            1024,
            64 * 1024,
            64 * 1024,
            1024,
            16 * 1024,
            FeedLimits.DEFAULTS);
}
