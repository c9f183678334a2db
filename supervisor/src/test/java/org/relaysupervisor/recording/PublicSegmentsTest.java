package org.relaysupervisor.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.hls.HlsSegment;
import org.relaysupervisor.loop.ManualLoop;

class PublicSegmentsTest {
    private static final String SESSION = "20261122T120000.000Z";
    private static final Duration SEGMENT = Duration.ofSeconds(6);
    private static final int KEPT = 4;

    @TempDir
    Path directory;

    private final ManualLoop clock = new ManualLoop();
    private final List<HlsSegment> handedOn = new ArrayList<>();
    private final StringBuilder list = new StringBuilder();
    private final Instant played = clock.now();
    private PublicSegments segments;

    @BeforeEach
    void begin() throws IOException {
        segments = session(SESSION);
    }

    private PublicSegments session(String name) throws IOException {
        return PublicSegments.create(directory, name, KEPT, SEGMENT, clock, handedOn::add);
    }

    private Path file(String session, int number) {
        return directory.resolve("%s-%05d.ts".formatted(session, number));
    }

    private void write(Path file) throws IOException {
        Files.writeString(file, "segment");
        Files.setLastModifiedTime(file, FileTime.from(clock.now()));
    }

    /** As ffmpeg does: the segment is whole, then it is in the list, which is replaced as a whole. */
    private void close(int number, String start, String end) throws IOException {
        write(file(SESSION, number));
        list.append(file(SESSION, number).getFileName())
                .append(',')
                .append(start)
                .append(',')
                .append(end);
        list.append('\n');
        Path csv = directory.resolve(SESSION + ".csv");
        Files.writeString(csv, list);
        Files.setLastModifiedTime(csv, FileTime.from(clock.now()));
    }

    private Instant at(Duration audio) {
        return played.plus(audio);
    }

    @Test
    void handsOnWhatWasClosedOnceWithItsTimeAndLength() throws Exception {
        segments.observe(this::at);
        clock.advance(SEGMENT);
        close(0, "0.000000", "6.008163");
        clock.advance(Duration.ofMillis(700));
        segments.observe(this::at);
        segments.observe(this::at);
        assertThat(handedOn)
                .containsExactly(new HlsSegment(
                        file(SESSION, 0),
                        SESSION,
                        0,
                        played,
                        Duration.ofNanos(6_008_163_000L),
                        clock.nanoTime() - Duration.ofMillis(700).toNanos()));
        close(1, "6.008163", "12.016326");
        close(2, "12.016326", "18.024489");
        segments.observe(this::at);
        assertThat(handedOn).extracting(HlsSegment::number).containsExactly(0, 1, 2);
        assertThat(handedOn.get(2).start()).isEqualTo(played.plusNanos(12_016_326_000L));
    }

    @Test
    void whatFfmpegHadWhenItWasKilledIsHandedOnToo() throws Exception {
        close(0, "0.000000", "6.008163");
        write(file(SESSION, 1));
        segments.end(Duration.ofMillis(8_500), this::at);
        assertThat(handedOn).extracting(HlsSegment::number).containsExactly(0, 1);
        assertThat(handedOn.get(1).duration()).isEqualTo(Duration.ofNanos(2_491_837_000L));
        assertThat(directory).isDirectoryNotContaining("glob:**.csv");
    }

    @Test
    void anEndInOrderLeavesNoRest() throws Exception {
        close(0, "0.000000", "6.008163");
        close(1, "6.008163", "8.500000");
        segments.end(Duration.ofMillis(8_500), this::at);
        assertThat(handedOn).extracting(HlsSegment::number).containsExactly(0, 1);
        handedOn.clear();
        session("20261122T120100.000Z").end(Duration.ZERO, this::at);
        assertThat(handedOn).isEmpty();
    }

    @Test
    void whatIsOlderThanAPlaylistIsDeletedAlsoWhenTheClockWasSetBack() throws Exception {
        for (int number = 0; number < 9; number++) {
            close(number, Integer.toString(6 * number), Integer.toString(6 * number + 6));
            segments.observe(this::at);
        }
        assertThat(names()).hasSize(KEPT).contains(SESSION + "-00008.ts").doesNotContain(SESSION + "-00004.ts");

        String earlier = "20261121T120000.000Z";
        PublicSegments next = session(earlier);
        write(file(earlier, 0));
        next.end(Duration.ofSeconds(2), this::at);
        assertThat(names()).hasSize(KEPT).contains(earlier + "-00000.ts", SESSION + "-00008.ts");
        assertThat(handedOn).last().extracting(HlsSegment::session).isEqualTo(earlier);
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".ts"))
                    .toList();
        }
    }

    @Test
    void linesThatMakeNoSenseCountAsNone() throws Exception {
        write(file(SESSION, 0));
        Files.writeString(
                directory.resolve(SESSION + ".csv"),
                "\nrubbish\n" + SESSION + "-x.ts,0,6\nother-00000.ts,0,6\n" + SESSION + "-00000.ts,zero,6\n");
        segments.observe(this::at);
        assertThat(handedOn).isEmpty();
    }

    @Test
    void anOutputThatFfmpegHasGivenUpIsNoticed() throws Exception {
        close(0, "0.000000", "6.000000");
        segments.observe(this::at);
        assertThat(segments.areGivenUp(Duration.ofSeconds(30))).isFalse();
        assertThat(segments.areGivenUp(Duration.ofSeconds(37))).isTrue();
    }
}
