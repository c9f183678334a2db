package org.relaysupervisor.shows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the operator says, and the weekly times. */
class ShowsTest {
    private static final String WEEKLY = """
            profiles: [{name: talk, expected: [near_silence]}, {name: test}]
            shows:
              time_zone: UTC
              weekly:
                - {name: Day, start: '06:00', end: '18:00'}
                - {name: Noon, start: '12:00', end: '12:30', profile: talk}
            """;

    @TempDir
    private Path state;

    private Scene scene;

    @BeforeEach
    void open() throws Exception {
        scene = new Scene(state, "2026-11-24T05:00:00Z");
    }

    @Test
    void nothingIsOnWithoutConfiguration() {
        assertThat(scene.shows.snapshot()).isEqualTo(ShowsSnapshot.NONE);
    }

    @Test
    void weeklyShowsBeginAndEndOnTimeAndTheListenerHearsIt() throws Exception {
        scene.use(WEEKLY);
        assertThat(scene.on()).isEqualTo("-");
        assertThat(scene.shows.snapshot().known()).isTrue();
        assertThat(scene.shows.snapshot().next().orElseThrow().name()).isEqualTo("Day");
        scene.advanceTo("2026-11-24T05:59:58Z");
        assertThat(scene.on()).isEqualTo("-");
        scene.advanceTo("2026-11-24T06:00:01Z");
        assertThat(scene.on()).isEqualTo("Day");
        scene.advanceTo("2026-11-25T06:00:01Z");
        assertThat(scene.heard).containsExactly("Day", "Noon", "Day", "-", "Day");
    }

    @Test
    void aShowWithinAnotherHasItsProfileAndWhatThatAnnounces() throws Exception {
        scene.use(WEEKLY).advanceTo("2026-11-24T12:00:01Z");
        Show noon = scene.shows.snapshot().current().orElseThrow();
        assertThat(noon.profile()).contains("talk");
        assertThat(noon.expected()).containsExactly("near_silence");
        assertThat(noon.origin()).isEqualTo(Show.Origin.WEEKLY);
    }

    @Test
    void anOperatorsShowGoesBeforeTheOthersUntilItsTimeIsOver() throws Exception {
        scene.use(WEEKLY).advanceTo("2026-11-24T11:00:00Z");
        assertThat(scene.shows.start(
                        "Line-up", Optional.of("test"), Set.of("tone"), Optional.of(Duration.ofMinutes(90))))
                .isEqualTo("show \"Line-up\" is on until Tue 12:30");
        Show show = scene.shows.snapshot().current().orElseThrow();
        assertThat(show.origin()).isEqualTo(Show.Origin.OPERATOR);
        assertThat(show.profile()).contains("test");
        assertThat(show.expected()).containsExactly("tone");
        scene.advanceTo("2026-11-24T12:29:58Z");
        assertThat(scene.on()).isEqualTo("Line-up");
        scene.advanceTo("2026-11-24T12:30:01Z");
        assertThat(scene.on()).isEqualTo("Day");
        assertThat(scene.heard).containsExactly("Day", "Line-up", "Day");
    }

    @Test
    void anOperatorsShowWithoutLengthLastsUntilItIsEnded() throws Exception {
        scene.use("{}");
        assertThat(scene.shows.start("Open end", Optional.empty(), Set.of(), Optional.empty()))
                .isEqualTo("show \"Open end\" is on until it is ended");
        scene.advance(Duration.ofDays(40));
        assertThat(scene.on()).isEqualTo("Open end");
        assertThat(scene.shows.end()).isEqualTo("show \"Open end\" is ended");
        assertThat(scene.on()).isEqualTo("-");
        assertThat(scene.heard).containsExactly("Open end", "-");
    }

    @Test
    void anOperatorsShowTakesTheProfilesAnnouncementsToo() throws Exception {
        scene.use(WEEKLY);
        scene.shows.start("a", Optional.of("talk"), Set.of("tone"), Optional.empty());
        assertThat(scene.shows.snapshot().current().orElseThrow().expected())
                .containsExactlyInAnyOrder("tone", "near_silence");
    }

    @Test
    void aReloadThatGivesTheShowThatIsOnAnotherProfileIsTold() throws Exception {
        String show = "shows: {time_zone: UTC, weekly: [{name: All day, start: '00:00', end: '00:00', profile: %s}]}";
        String profiles = "profiles: [{name: talk}, {name: test, expected: [tone]}]\n";
        scene.use(profiles + show.formatted("talk"));
        scene.use(profiles + show.formatted("talk"));
        assertThat(scene.heard).containsExactly("All day");
        scene.use(profiles + show.formatted("test"));
        assertThat(scene.heard).containsExactly("All day", "All day");
        assertThat(scene.shows.snapshot().current().orElseThrow().expected()).containsExactly("tone");
    }

    @Test
    void aScheduledShowThatIsEndedStaysSoUntilItsScheduledEnd() throws Exception {
        scene.use(WEEKLY).advanceTo("2026-11-24T12:10:00Z");
        assertThat(scene.shows.end()).isEqualTo("show \"Noon\" is ended; now \"Day\" is on (weekly) until Tue 18:00");
        assertThat(scene.shows.end()).isEqualTo("show \"Day\" is ended");
        assertThat(scene.on()).isEqualTo("-");
        scene.restart();
        scene.use(WEEKLY);
        assertThat(scene.on()).isEqualTo("-");
        scene.advanceTo("2026-11-25T12:00:01Z");
        assertThat(scene.heard).containsExactly("Day", "Noon");
    }

    @Test
    void aRestartForgetsNothing() throws Exception {
        scene.use(WEEKLY);
        scene.shows.start("Special", Optional.of("talk"), Set.of("tone"), Optional.of(Duration.ofHours(2)));
        Show before = scene.shows.snapshot().current().orElseThrow();
        scene.advance(Duration.ofMinutes(30));
        scene.restart();
        scene.use(WEEKLY);
        assertThat(scene.shows.snapshot().current()).contains(before);
        scene.advanceTo("2026-11-24T07:00:01Z");
        assertThat(scene.on()).isEqualTo("Day");
        scene.restart();
        scene.use(WEEKLY);
        assertThat(scene.on()).isEqualTo("Day");
    }

    @Test
    void whatIsDamagedIsSetAsideAndForgotten() throws Exception {
        scene.use("{}");
        scene.shows.start("Special", Optional.empty(), Set.of(), Optional.empty());
        Path file = state.resolve("shows/operator.json");
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length - 2; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            scene.restart();
            scene.use("{}");
            assertThat(scene.on()).as("cut to %d bytes", length).isEqualTo("-");
            assertThat(file).doesNotExist();
            assertThat(file.resolveSibling("operator.json.damaged")).hasSize(length);
        }
    }

    @Test
    void aClockThatIsSetChangesNothingOfHowLongAnOperatorsShowLasts() throws Exception {
        scene.use("{}");
        scene.shows.start("Special", Optional.empty(), Set.of(), Optional.of(Duration.ofHours(1)));
        for (Duration jump : new Duration[] {Duration.ofHours(5), Duration.ofDays(-400), Duration.ofDays(900)}) {
            scene.advance(Duration.ofMinutes(10));
            scene.loop.jumpWallClock(jump);
            scene.advance(Duration.ofSeconds(1));
            assertThat(scene.on()).isEqualTo("Special");
        }
        scene.advance(Duration.ofMinutes(29));
        assertThat(scene.on()).isEqualTo("Special");
        scene.advance(Duration.ofMinutes(2));
        assertThat(scene.on()).isEqualTo("-");
        assertThat(scene.heard).containsExactly("Special", "-");
    }

    @Test
    void aClockThatIsSetBringsTheScheduleOfTheNewTimeAtOnce() throws Exception {
        scene.use(WEEKLY);
        scene.loop.jumpWallClock(Duration.ofDays(400).plusHours(2));
        scene.advance(Duration.ofSeconds(1));
        assertThat(scene.on()).isEqualTo("Day");
        scene.loop.jumpWallClock(Duration.ofDays(-800).minusHours(2));
        scene.advance(Duration.ofSeconds(1));
        assertThat(scene.on()).isEqualTo("-");
    }

    @Test
    void aMistakeIsToldInOneMessage() throws Exception {
        scene.use(WEEKLY);
        refused(
                "",
                Optional.empty(),
                Set.of(),
                Optional.empty(),
                "a show needs a name: 1 to 100 characters on one line");
        refused(
                "a\nb",
                Optional.empty(),
                Set.of(),
                Optional.empty(),
                "a show needs a name: 1 to 100 characters on one line");
        refused(
                "x".repeat(101),
                Optional.empty(),
                Set.of(),
                Optional.empty(),
                "a show needs a name: 1 to 100 characters on one line");
        refused(
                "a",
                Optional.of("tallk"),
                Set.of(),
                Optional.empty(),
                "there is no profile tallk; known are talk, test, music; did you mean talk?");
        refused(
                "a",
                Optional.empty(),
                Set.of("silence"),
                Optional.empty(),
                "there is no kind of dead air silence; known are no_bytes, digital_silence, near_silence, tone,"
                        + " dead_channel, antiphase, level, frozen_loop, standby; did you mean near_silence?");
        refused(
                "a",
                Optional.empty(),
                Set.of(),
                Optional.of(Duration.ZERO),
                "a show can last from 1 s to 31 days; leave it out to end it by hand");
        assertThatIllegalArgumentException().isThrownBy(() -> scene.shows.end()).withMessage("no show is on");
        assertThat(scene.heard).isEmpty();
    }

    private void refused(
            String name, Optional<String> profile, Set<String> kinds, Optional<Duration> length, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> scene.shows.start(name, profile, kinds, length))
                .withMessage(message);
    }

    @Test
    void aProfileThatTheConfigurationNoLongerHasIsNone() throws Exception {
        scene.use(WEEKLY);
        scene.shows.start("a", Optional.of("talk"), Set.of(), Optional.empty());
        scene.use("{}");
        assertThat(scene.shows.snapshot().current().orElseThrow().profile()).isEmpty();
    }

    @Test
    void theOperatorIsToldWhenNothingCanBeWrittenDown() throws Exception {
        scene.use("{}");
        Files.createDirectories(state.resolve("shows/operator.json.new/in the way"));
        assertThat(scene.shows.start("a", Optional.empty(), Set.of(), Optional.empty()))
                .startsWith("show \"a\" is on until it is ended; a restart will forget this");
        assertThat(scene.on()).isEqualTo("a");
    }

    @Test
    void theNextShowIsAtMostAWeekAhead() throws Exception {
        scene.use("shows: {time_zone: UTC, weekly: [{name: a, days: [mon], start: '04:00', end: '05:00'}]}");
        assertThat(scene.shows.snapshot().next().orElseThrow().start())
                .isEqualTo(Instant.parse("2026-11-30T04:00:00Z"));
    }
}
