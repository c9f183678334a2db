package org.relaysupervisor.hls;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.hls.Playlist.Entry;

class PlaylistTest {
    private static final Instant START = Instant.parse("2026-11-22T12:00:00.250Z");
    private static final String HEAD =
            "#EXTM3U|#EXT-X-TARGETDURATION:6|#EXT-X-MEDIA-SEQUENCE:1|#EXT-X-DISCONTINUITY-SEQUENCE:0|";
    private static final Duration SIX = Duration.ofMillis(5_990);

    private static Entry entry(int number, boolean discontinuity) {
        return new Entry(number + ".ts", START.plus(SIX.multipliedBy(number)), SIX, discontinuity);
    }

    private static Playlist of(int entries) {
        Playlist playlist = Playlist.empty(START);
        for (int number = 0; number < entries; number++) {
            playlist = playlist.append(entry(number, number == 2), "a-1", 4, Instant.EPOCH, 6);
        }
        return playlist;
    }

    @Test
    void isWrittenAsPlayersReadIt() {
        assertThat(of(3).text()).isEqualTo("""
                #EXTM3U
                #EXT-X-VERSION:3
                # written by a-1
                #EXT-X-TARGETDURATION:6
                #EXT-X-MEDIA-SEQUENCE:1795348800
                #EXT-X-DISCONTINUITY-SEQUENCE:1795348800
                #EXT-X-PROGRAM-DATE-TIME:2026-11-22T12:00:00.250Z
                #EXTINF:5.990000,
                0.ts
                #EXT-X-PROGRAM-DATE-TIME:2026-11-22T12:00:06.240Z
                #EXTINF:5.990000,
                1.ts
                #EXT-X-DISCONTINUITY
                #EXT-X-PROGRAM-DATE-TIME:2026-11-22T12:00:12.230Z
                #EXTINF:5.990000,
                2.ts
                """);
    }

    @Test
    void isReadBackAsItWas() {
        for (int entries = 0; entries < 9; entries++) {
            assertThat(Playlist.parse(of(entries).text())).contains(of(entries));
        }
    }

    @Test
    void countsWhatLeavesIt() {
        Playlist four = of(4);
        Playlist seven = of(7);
        assertThat(seven.entries()).hasSize(4);
        assertThat(seven.sequence()).isEqualTo(four.sequence() + 3);
        assertThat(four.discontinuities()).isEqualTo(1_795_348_800L);
        assertThat(of(6).discontinuities()).isEqualTo(four.discontinuities());
        assertThat(seven.discontinuities()).as("the tag went with entry 2").isEqualTo(four.discontinuities() + 1);
    }

    @Test
    void whatIsTooOldLeavesItToo() {
        Playlist resumed =
                of(4).append(entry(100, true), "a-1", 4, entry(2, false).start(), 6);
        assertThat(resumed.entries()).extracting(Entry::uri).containsExactly("2.ts", "3.ts", "100.ts");
        assertThat(resumed.sequence()).isEqualTo(of(4).sequence() + 2);
    }

    @Test
    void theTargetIsNeverShorterThanAnEntry() {
        Entry long7 = new Entry("long.ts", START, Duration.ofMillis(7_400), false);
        assertThat(of(2).append(long7, "a-1", 4, Instant.EPOCH, 6).target()).isEqualTo(7);
    }

    /** Bars are ends of lines. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "#EXTM3U|",
                "#EXTM3U|#EXT-X-TARGETDURATION:6|#EXT-X-MEDIA-SEQUENCE:1|",
                HEAD + "a.ts|",
                HEAD + "#EXT-X-PROGRAM-DATE-TIME:yesterday|#EXTINF:6,|a.ts|",
                HEAD + "#EXT-X-PROGRAM-DATE-TIME:2026-11-22T12:00:00Z|#EXTINF:six,|a.ts|",
                HEAD + "#EXTINF|a.ts|"
            })
    void whatIsNoneOfOursIsNotTakenForOne(String text) {
        assertThat(Playlist.parse(text.replace('|', '\n'))).isEmpty();
    }
}
