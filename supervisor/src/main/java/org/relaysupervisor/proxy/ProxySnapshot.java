package org.relaysupervisor.proxy;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * An immutable view of the proxy. Counters only grow; every key of an enum is present from the start, and every configured mount.
 *
 * @param mounts by mount path
 * @param accepted connections accepted since the start, by route
 * @param refusals by reason
 * @param openConnections now, both routes, requests included
 * @param accessLogDropped access log lines dropped because the disk was slow or full
 * @param titleUpdates title updates passed on to Icecast
 * @param connectionErrors connections that ended in an error of the network or of ours; details are in the debug log
 * @param upstream our connections to Icecast
 */
public record ProxySnapshot(
        Map<String, MountTraffic> mounts,
        Map<Route, Long> accepted,
        Map<Refusal, Long> refusals,
        int openConnections,
        long accessLogDropped,
        long titleUpdates,
        long connectionErrors,
        UpstreamTraffic upstream) {

    public ProxySnapshot {
        mounts = Map.copyOf(mounts);
        accepted = Map.copyOf(accepted);
        refusals = Map.copyOf(refusals);
    }

    /** The two ways through the proxy; the values of the {@code route} label. */
    public enum Route {
        SOURCE,
        LISTENER;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param sourceConnected whether a source streams into it now, through us
     * @param sourceBytes audio bytes that the source sent since the start
     * @param connected connections now, by role
     * @param sentBytes bytes sent to each role since the start; for {@link Role#SOURCE} it is 0
     */
    public record MountTraffic(
            boolean sourceConnected, long sourceBytes, Map<Role, Integer> connected, Map<Role, Long> sentBytes) {
        public MountTraffic {
            connected = Map.copyOf(connected);
            sentBytes = Map.copyOf(sentBytes);
        }
    }

    /**
     * @param connects connections that were made
     * @param failures attempts that failed or came too late
     * @param waiting listeners that wait now for their turn to be connected
     * @param answers first bytes received
     * @param answerTime from the forwarded request to the first byte, summed over all answers
     */
    public record UpstreamTraffic(long connects, long failures, int waiting, long answers, Duration answerTime) {}
}
