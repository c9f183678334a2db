package org.relaysupervisor.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.relaysupervisor.admin.TextPage.Cell;
import org.relaysupervisor.admin.TextPage.Colour;
import org.relaysupervisor.hls.HlsSnapshot;
import org.relaysupervisor.hls.HlsSnapshot.Drop;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.status.SafeText;
import org.relaysupervisor.store.StoreException.Reason;

/** How HLS gets out: a line for people, an object for programs. */
final class HlsText {
    private static final Duration STALE = Duration.ofSeconds(30);

    private HlsText() {}

    /** Nothing at all while the configuration doesn't ask for it. */
    static void add(RelaySnapshot relay, TextPage page) {
        HlsSnapshot hls = relay.hls();
        if (hls.state() == HlsSnapshot.State.OFF) {
            return;
        }
        int width = TextPage.WIDTH - "HLS: ".length();
        page.add("HLS: ").add(headline(hls, relay.now(), width)).add("\n");
        hls.lastFailure().ifPresent(failure -> page.advice(Colour.BAD, "hls: " + failure));
    }

    private static Cell headline(HlsSnapshot hls, Instant now, int width) {
        String end = hls.playlistEnd()
                .map(at -> ", playlist to " + Plain.ago(at, now))
                .orElse("");
        String text = switch (hls.state()) {
            case OFF -> "off";
            case WAITING -> "no segment yet";
            case LIVE -> (isStale(hls, now) ? "STALE" : "live") + end + ", " + dropped(hls) + " dropped";
            case STANDBY -> "standby: another machine publishes" + end;
            case FAILING -> "FAILING" + end + ", " + hls.waiting() + " wait, " + dropped(hls) + " dropped";
        };
        return new Cell(SafeText.cut(text + "; store: " + hls.store(), width), colour(hls, now));
    }

    private static Colour colour(HlsSnapshot hls, Instant now) {
        if (hls.state() == HlsSnapshot.State.FAILING || isStale(hls, now)) {
            return Colour.BAD;
        }
        return hls.state() == HlsSnapshot.State.LIVE ? Colour.GOOD : Colour.CHANGING;
    }

    private static boolean isStale(HlsSnapshot hls, Instant now) {
        return hls.playlistEnd().filter(at -> at.plus(STALE).isBefore(now)).isPresent();
    }

    private static long dropped(HlsSnapshot hls) {
        return hls.dropped().values().stream().mapToLong(Long::longValue).sum();
    }

    static Map<String, Object> json(HlsSnapshot hls) {
        Map<String, Object> dropped = StatusJson.fields();
        for (Drop drop : Drop.values()) {
            dropped.put(drop.label(), hls.dropped().getOrDefault(drop, 0L));
        }
        Map<String, Object> failures = StatusJson.fields();
        for (Reason reason : Reason.values()) {
            failures.put(reason.label(), hls.failures().getOrDefault(reason, 0L));
        }
        Map<String, Object> fields = StatusJson.fields();
        fields.put("state", hls.state().label());
        fields.put("store", hls.store());
        fields.put("waiting_segments", hls.waiting());
        fields.put("published_segments", hls.published());
        fields.put("dropped_segments", dropped);
        fields.put("playlist_end", StatusJson.time(hls.playlistEnd()));
        fields.put("failures", failures);
        fields.put("last_failure", hls.lastFailure().orElse(null));
        return fields;
    }
}
