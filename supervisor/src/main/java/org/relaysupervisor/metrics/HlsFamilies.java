package org.relaysupervisor.metrics;

import org.relaysupervisor.hls.HlsSnapshot;
import org.relaysupervisor.hls.HlsSnapshot.Drop;
import org.relaysupervisor.hls.HlsSnapshot.State;
import org.relaysupervisor.metrics.Families.Family;
import org.relaysupervisor.store.StoreException.Reason;

/** How HLS gets out. */
final class HlsFamilies {
    private HlsFamilies() {}

    static void add(HlsSnapshot hls, Families families) {
        Family state = families.gauge(
                "relay_hls_state", "1 for what HLS does: off, waiting, live, standby, failing.", "state");
        for (State each : State.values()) {
            state.sample(hls.state() == each, each.label());
        }
        families.gauge("relay_hls_waiting_segments", "Closed segments that are not in the playlist yet.")
                .sample(hls.waiting());
        families.counter("relay_hls_segments_published_total", "Segments that this machine put into the playlist.")
                .sample(hls.published());
        families.counter(
                        "relay_hls_segments_dropped_total",
                        "Segments that will never be in the playlist, by why.",
                        "reason")
                .samples(Drop.values(), hls.dropped(), Drop::label);
        families.histogram(
                "relay_hls_publish_duration_seconds",
                "From the moment a segment was closed until it was in the playlist.",
                hls.times());
        Family end = families.gauge(
                "relay_hls_playlist_timestamp_seconds",
                "When the newest audio in the playlist ends, whoever wrote it, in seconds since 1970; absent while not known.");
        hls.playlistEnd().ifPresent(end::sample);
        families.counter("relay_hls_failures_total", "Calls to the store of HLS that failed, by why.", "reason")
                .samples(Reason.values(), hls.failures(), Reason::label);
    }
}
