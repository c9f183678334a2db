package org.relaysupervisor.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.hls.HlsSnapshot;
import org.relaysupervisor.status.HlsSnapshots;
import org.relaysupervisor.status.Snapshots;

class HlsTextTest {
    private static String lines(HlsSnapshot hls) {
        return StatusText.render(Snapshots.onAir().hls(hls).build(), false)
                .lines()
                .filter(line -> line.startsWith("HLS: ") || line.contains("hls: "))
                .reduce("", (all, line) -> all + line + "\n");
    }

    @Test
    void saysInALineHowItGoes() {
        assertThat(lines(HlsSnapshots.live(Snapshots.NOW.minusSeconds(5))))
                .startsWith("HLS: live, playlist to 5s ago, 0 dropped; store: bucket relay-hls")
                .hasLineCount(1);
        assertThat(lines(HlsSnapshots.live(Snapshots.NOW.minus(Duration.ofMinutes(2)))))
                .startsWith("HLS: STALE, playlist to 2m ago");
        assertThat(lines(HlsSnapshots.standby(Snapshots.NOW.minusSeconds(5))))
                .startsWith("HLS: standby: another machine publishes, playlist to 5s ago");
        assertThat(lines(HlsSnapshots.failing(Snapshots.NOW.minusSeconds(90))))
                .startsWith("HLS: FAILING, playlist to 1m ago, 10 wait, 7 dropped")
                .contains("PUT live.m3u8: took too long");
        assertThat(lines(HlsSnapshots.off())).isEmpty();
    }

    @Test
    void programsGetTheFigures() {
        Map<String, Object> json = HlsText.json(HlsSnapshots.failing(Snapshots.NOW));
        assertThat(json)
                .containsEntry("state", "failing")
                .containsEntry("waiting_segments", 10)
                .containsEntry("published_segments", 1_200L)
                .containsEntry("playlist_end", Snapshots.NOW.toString());
        assertThat(json.get("dropped_segments").toString()).contains("queue_full=7");
    }
}
