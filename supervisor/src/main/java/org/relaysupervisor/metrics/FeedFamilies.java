package org.relaysupervisor.metrics;

import java.time.Duration;
import org.relaysupervisor.metrics.Families.Family;
import org.relaysupervisor.proxy.ProxySnapshot;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
import org.relaysupervisor.proxy.ProxySnapshot.Continuity;
import org.relaysupervisor.proxy.ProxySnapshot.FeedTraffic;
import org.relaysupervisor.proxy.ProxySnapshot.Loss;
import org.relaysupervisor.proxy.ProxySnapshot.Outage;

/** The mounts in memory, and what listeners did not notice because of them. A mount without a feed has none of its series. */
final class FeedFamilies {
    private final Family seconds;
    private final Family memory;
    private final Family active;
    private final Family garbage;
    private final Family tags;
    private final Family formatChanges;

    private FeedFamilies(Families families) {
        seconds = families.gauge(
                "relay_feed_seconds", "Audio in memory that a listener who comes could be given.", "mount");
        memory = families.gauge(
                "relay_feed_memory_bytes",
                "Memory that the mount's audio takes, with what slow listeners keep.",
                "mount");
        active = families.gauge(
                "relay_bridge_active",
                "1 while listeners hear the mount although a child is away: from the feed (Icecast is) or as standby"
                        + " (the source is).",
                "mount",
                "by");
        garbage = families.counter(
                "relay_feed_garbage_bytes_total",
                "Bytes of sources that were skipped because they were no audio.",
                "mount");
        tags = families.counter(
                "relay_feed_tag_bytes_total", "Bytes of sources that were skipped because they were tags.", "mount");
        formatChanges = families.counter(
                "relay_feed_format_changes_total",
                "Times that a source changed codec, sample rate or channels while it was connected.",
                "mount");
    }

    static void add(ProxySnapshot proxy, Families families) {
        FeedFamilies feeds = new FeedFamilies(families);
        proxy.mounts().forEach((mount, traffic) -> traffic.feed().ifPresent(feed -> feeds.sample(mount, feed)));
        continuity(proxy.continuity(), families);
    }

    private void sample(String mount, FeedTraffic feed) {
        seconds.sample(feed.held(), mount);
        memory.sample(feed.heldBytes(), mount);
        for (Bridge bridge : Bridge.values()) {
            active.sample(feed.bridges().contains(bridge), mount, bridge.label());
        }
        garbage.sample(feed.garbageBytes(), mount);
        tags.sample(feed.tagBytes(), mount);
        formatChanges.sample(feed.formatChanges(), mount);
    }

    private static void continuity(Continuity continuity, Families families) {
        Family survivals = families.counter(
                "relay_listener_survivals_total",
                "Listeners that were connected when a child went away, and still were when it was back.",
                "cause");
        Family bridged = families.counter(
                "relay_bridge_seconds_total", "How long children were away without listeners noticing.", "cause");
        for (Outage outage : Outage.values()) {
            survivals.sample(continuity.survivals().getOrDefault(outage, 0L), outage.label());
            bridged.sample(continuity.bridged().getOrDefault(outage, Duration.ZERO), outage.label());
        }
        families.counter("relay_listeners_lost_total", "Listeners whose connection was closed by us, by why.", "cause")
                .samples(Loss.values(), continuity.lost(), Loss::label);
        families.counter(
                        "relay_listeners_moved_total",
                        "Times that a listener who had fallen behind was moved to newer audio.")
                .sample(continuity.moved());
        families.counter(
                        "relay_listener_seconds_lost_total",
                        "Audio that listeners who were moved missed, summed over all of them.")
                .sample(continuity.skipped());
        families.counter(
                        "relay_listeners_resumed_total",
                        "Listeners of an earlier daemon who went on where that one ended.")
                .sample(continuity.resumed());
        families.counter(
                        "relay_listeners_unkept_total",
                        "Listeners whose connection was not kept for the next daemon, because there were too many.")
                .sample(continuity.unkept());
    }
}
