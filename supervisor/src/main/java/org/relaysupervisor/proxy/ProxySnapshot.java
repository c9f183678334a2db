package org.relaysupervisor.proxy;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
 * @param continuity how listeners fared while a child was away
 */
public record ProxySnapshot(
        Map<String, MountTraffic> mounts,
        Map<Route, Long> accepted,
        Map<Refusal, Long> refusals,
        int openConnections,
        long accessLogDropped,
        long titleUpdates,
        long connectionErrors,
        UpstreamTraffic upstream,
        Continuity continuity) {

    public ProxySnapshot {
        mounts = Map.copyOf(mounts);
        accepted = Map.copyOf(accepted);
        refusals = Map.copyOf(refusals);
    }

    /** Audio bytes that all sources sent since the start. */
    public long sourceBytes() {
        return mounts.values().stream().mapToLong(MountTraffic::sourceBytes).sum();
    }

    /** Whether a source sends to the mount, through us. */
    public boolean sourceConnected(String mount) {
        MountTraffic traffic = mounts.get(mount);
        return traffic != null && traffic.sourceConnected();
    }

    /** Whether a source sends into the mount's feed, so that Icecast is not in the way between it and the listeners. */
    public boolean feeds(String mount) {
        return sourceConnected(mount) && mounts.get(mount).feed().isPresent();
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
     * @param audioBytes what there was to hear since the start, whether the source sent it or the standby in its place
     * @param connected connections now, by role
     * @param sentBytes bytes sent to each role since the start; for {@link Role#SOURCE} it is 0
     * @param tap of the decoder that hears the mount
     * @param recorder of the newest recorder's connection to the mount's feed, present or past, that has had a frame; empty until there was
     *     one
     * @param feed empty while the mount has none: each listener then has a connection to Icecast of its own
     * @param primary where an edge fetches the mount; empty on a primary
     */
    public record MountTraffic(
            boolean sourceConnected,
            long sourceBytes,
            long audioBytes,
            Map<Role, Integer> connected,
            Map<Role, Long> sentBytes,
            Tap tap,
            Optional<RecorderConnection> recorder,
            Optional<FeedTraffic> feed,
            Optional<PrimaryTraffic> primary) {
        public MountTraffic {
            connected = Map.copyOf(connected);
            sentBytes = Map.copyOf(sentBytes);
        }
    }

    /**
     * How an edge's connection to its primary fares, for one mount.
     *
     * @param connected whether the primary streams to us now
     * @param lag how much of the programme we should have by now and have not
     * @param reconnects times that the connection had to be made again, by why, all since the start
     * @param problem why it isn't connected, and what to do; empty when it is, or was not tried yet
     */
    public record PrimaryTraffic(
            boolean connected, Duration lag, Map<PrimaryFault, Long> reconnects, Optional<String> problem) {
        public PrimaryTraffic {
            reconnects = Map.copyOf(reconnects);
        }
    }

    /**
     * How a mount's decoders fared, all since the start. On a mount without a feed only their connects are known.
     *
     * @param connects times that a decoder came
     * @param moves times that one had fallen behind and was moved to the newest frame
     * @param droppedFrames frames that it was not given therefore
     * @param droppedBytes their bytes
     */
    public record Tap(long connects, long moves, long droppedFrames, long droppedBytes) {
        public static final Tap NONE = new Tap(0, 0, 0, 0);

        Tap connected() {
            return new Tap(connects + 1, moves, droppedFrames, droppedBytes);
        }

        Tap moved() {
            return new Tap(connects, moves + 1, droppedFrames, droppedBytes);
        }

        Tap dropped(long frames, long bytes) {
            return new Tap(connects, moves, droppedFrames + frames, droppedBytes + bytes);
        }
    }

    /**
     * One recorder's connection to a feed. It is sent the feed's frames from the first on, and nothing else: whoever has counted its
     * whole frames knows which they are.
     *
     * @param session what the recorder called it; empty when it said no proper name
     * @param feed the name of the feed
     * @param firstFrame the number of the first frame that it was sent
     * @param playedAt when that frame was played, UTC; right to about a third of a second when the source keeps time
     * @param missedFrames between the frame that it asked for and the first; 0 when it asked for none of this feed
     * @param end empty as long as it goes on
     * @param connects recorders that came to the mount's feed since the start
     * @param overruns of these, those whose connection was closed because the feed no longer had the next frame
     */
    public record RecorderConnection(
            String session,
            String feed,
            long firstFrame,
            Instant playedAt,
            long missedFrames,
            Optional<End> end,
            long connects,
            long overruns) {

        /** Why nothing more is sent. */
        public enum End {
            /** The recorder has closed it, or its process has died. */
            CLIENT_LEFT,
            /** The recorder was so slow that the feed no longer had the next frame. */
            OVERRUN,
            /** The stream has ended. It is sent all that was played. */
            FEED_ENDED
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

    /**
     * A mount's bytes as frames in memory.
     *
     * @param name of this feed and no other, in this life of the daemon or any; letters and digits. Its frames are numbered from 0, and no
     *     number is ever used twice
     * @param held how much audio a listener who comes now could be given
     * @param heldBytes the memory it takes, with what slow listeners still keep alive
     * @param bridges what plays on while a child is away; empty in normal operation
     * @param listeners of {@link MountTraffic#connected}, those that read the feed and are unknown to Icecast
     * @param garbageBytes of sources, skipped because they were no frames, since the start
     * @param tagBytes of sources, ID3 tags and the like, skipped since the start
     * @param formatChanges times that a source changed codec, sample rate or channels in the middle, since the start
     * @param title what plays, when a source said so
     */
    public record FeedTraffic(
            String name,
            Duration held,
            long heldBytes,
            Set<Bridge> bridges,
            int listeners,
            long garbageBytes,
            long tagBytes,
            long formatChanges,
            Optional<String> title) {
        public FeedTraffic {
            bridges = Set.copyOf(bridges);
        }
    }

    /** What listeners hear while a child is away; the values of the {@code by} label. */
    public enum Bridge {
        /** Icecast is away: the programme goes on to listeners from the feed. */
        FEED,
        /** The source is away: the standby programme plays from memory. */
        STANDBY;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whose absence it was that listeners did not notice; values of the {@code cause} label. */
    public enum Outage {
        ICECAST,
        SOURCE;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Why we closed a listener's connection; values of the {@code cause} label. */
    public enum Loss {
        /** It took nothing for too long. */
        STALLED,
        /** Icecast was away for longer than is bridged. */
        ICECAST_GONE,
        /** The source was away, and there was no standby to bridge it. */
        SOURCE_GONE,
        /** An operator stopped the stream. */
        STOPPED,
        /** An earlier daemon served it, and it could not go on where that one ended. */
        NOT_RESUMED;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * All since the start, all mounts together.
     *
     * @param survivals listeners that were connected when a child went away, and still were when it was back
     * @param lost listeners whose connection we closed
     * @param bridged how long each kind of outage was bridged, those still going on included
     * @param moved times that a listener who had fallen behind was moved to newer audio
     * @param skipped audio that such listeners missed, summed over all of them
     * @param resumed listeners of an earlier daemon who went on
     * @param unkept listeners whose connection would not have outlived this daemon although it is kept for others: there were too many
     */
    public record Continuity(
            Map<Outage, Long> survivals,
            Map<Loss, Long> lost,
            Map<Outage, Duration> bridged,
            long moved,
            Duration skipped,
            long resumed,
            long unkept) {
        public Continuity {
            survivals = Map.copyOf(survivals);
            lost = Map.copyOf(lost);
            bridged = Map.copyOf(bridged);
        }
    }
}
