package org.relaysupervisor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.relaysupervisor.config.Texts.parse;
import static org.relaysupervisor.config.Texts.problems;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.config.RelayConfig.Profile;

class MeteringReadingTest {
    @Test
    void theMainMountIsMeteredByDefault() throws Exception {
        RelayConfig config =
                parse("mounts: [{path: /a}, {path: /b, main: true}]").config();
        assertThat(config.metering().mounts()).containsExactly("/b");
    }

    @Test
    void nothingIsMeteredWhenItIsTurnedOff() throws Exception {
        assertThat(parse("metering: {enabled: false, mounts: [/live]}")
                        .config()
                        .metering()
                        .mounts())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "metering: {mounts: [/life]}          | 1:20: metering.mounts must be paths of mounts: /live; /life is none",
                "metering: {mounts: [/live, /live]}   | 1:20: metering.mounts must name /live only once",
                "'metering: {mounts: []}'             | 1:20: metering.mounts must have at least one mount; to measure none,"
                        + " write enabled: false",
                "metering: {mounts: [live]}           | 1:21: metering.mounts must begin with a slash, such as /live",
                "metering: {mounts: /live}            | 1:20: metering.mounts must be a list, such as [one, two]",
                "metering: {enable: true}             | 1:12: there is no such key in metering: \"enable\"; did you mean"
                        + " \"enabled\"?",
                "memory: {decoder: 8MiB}              | 1:19: memory.decoder must be a size from 16MiB to 64GiB",
                "profiles: [{target: -14}]            | 1:12: profiles.name is missing here; it has no default",
                "profiles: [{name: my profile}]       | 1:19: profiles.name must be 1 to 32 letters, digits, \"-\" or \"_\","
                        + " such as studio",
                "profiles: [{name: a}, {name: a}]     | 1:30: profiles.name must be unique; another one above has it already",
                "profiles: [{name: a, dc: 25h}]       | 1:26: profiles.dc must be a duration from 0s to 24h; or never",
                "profiles: [{name: a, dc: 5}]         | 1:26: profiles.dc must have a unit: 5ms, 5s, 5m or 5h; or never",
                "profiles: [{name: a, target: -50}]   | 1:30: profiles.target must be a number from -40 to -5",
                "profiles: [{name: a, clipped_share: 5}]    | 1:37: profiles.clipped_share must be a number from 0 to 1",
                "profiles: [{name: a, dead_chanel: 5s}]     | 1:22: there is no such key in profiles: \"dead_chanel\";"
                        + " did you mean \"dead_channel\"?",
                "profiles: [{name: a, expected: [tones]}]   | 1:33: profiles.expected must be one of no_bytes,"
                        + " digital_silence, near_silence, tone, dead_channel, antiphase, level, frozen_loop, standby; did"
                        + " you mean tone?",
                "profiles: [{name: a, expected: [dc]}]      | 1:33: profiles.expected names kinds of dead air; dc is of the"
                        + " kind tone, write that",
                "profiles: [{name: a, near_silence_below: -30, target: -35}] | 1:42: profiles.near_silence_below does not"
                        + " fit: profiles.near_silence_below must be below profiles.target, or what is right counts as"
                        + " silence",
                "'{profiles: [{name: talk}], mounts: [{path: /a, profile: tall}]}' | 1:57: mounts.profile must be one of"
                        + " talk, music; did you mean talk?"
            })
    void aMistakeIsToldWithItsPlaceAndWhatToDo(String yaml, String problem) {
        assertThat(problems(yaml)).containsExactly("relay.yaml:" + problem);
    }

    @Test
    void aProfileHasTheMusicDefaultsButForWhatItSays() throws Exception {
        RelayConfig config = parse("profiles: [{name: talk, near_silence: 40s, frozen_loop: never, target: -20.5}]")
                .config();
        Profile music = config.profile("music").orElseThrow();
        Profile talk = config.profile("talk").orElseThrow();
        assertThat(config.profiles()).extracting(Profile::name).containsExactly("talk", "music");
        assertThat(talk.holds())
                .containsEntry("near_silence", Duration.ofSeconds(40))
                .doesNotContainKey("frozen_loop");
        assertThat(talk.holds().get("no_bytes")).isEqualTo(music.holds().get("no_bytes"));
        assertThat(talk.levels().target()).isEqualTo(-20.5);
        assertThat(talk.levels().above()).isEqualTo(music.levels().above());
    }

    @Test
    void aDeadChannelIsEitherOne() throws Exception {
        assertThat(parse("profiles: [{name: a, dead_channel: 7s}]")
                        .config()
                        .profile("a")
                        .orElseThrow()
                        .holds())
                .containsEntry("left_dead", Duration.ofSeconds(7))
                .containsEntry("right_dead", Duration.ofSeconds(7))
                .doesNotContainKey("dead_channel");
        assertThat(parse("profiles: [{name: a, dead_channel: never}]")
                        .config()
                        .profile("a")
                        .orElseThrow()
                        .holds())
                .doesNotContainKeys("left_dead", "right_dead");
    }

    @Test
    void aHoldTimeSoonerThanItCanBeKnownIsWarnedOf() throws Exception {
        assertThat(parse("profiles: [{name: a, steady_tone: 1s}]").warnings())
                .singleElement()
                .asString()
                .endsWith("profiles.steady_tone is sooner than it can be known; it is told after 2s");
        assertThat(parse("profiles: [{name: a, frozen_loop: 5s, no_bytes: 1s}]").warnings())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"never", "Never", "'never'"})
    void aCauseMayNeverBeTold(String never) throws Exception {
        assertThat(parse("profiles: [{name: a, standby: " + never + "}]")
                        .config()
                        .profile("a")
                        .orElseThrow()
                        .holds())
                .doesNotContainKey("standby");
    }

    @Test
    void aProfileCalledMusicReplacesTheBuiltInOne() throws Exception {
        RelayConfig config = parse("profiles: [{name: music, target: -14}]").config();
        assertThat(config.profiles()).hasSize(1);
        assertThat(config.profile("music").orElseThrow().levels().target()).isEqualTo(-14);
    }

    @Test
    void kindsThatAreAnnouncedBelongToAProfile() throws Exception {
        assertThat(parse("profiles: [{name: test, expected: [tone, digital_silence, tone]}]")
                        .config()
                        .profile("test")
                        .orElseThrow()
                        .expected())
                .containsExactlyInAnyOrder("tone", "digital_silence");
    }

    @Test
    void eachMountHasAProfile() throws Exception {
        assertThat(parse("{profiles: [{name: talk}], mounts: [{path: /a, profile: talk}, {path: /b}]}")
                        .config()
                        .mounts())
                .extracting(Mount::profile)
                .containsExactly("talk", "music");
    }

    @Test
    void aProfileWhoseNameIsWrongIsNotMissedElsewhere() {
        assertThat(problems("{profiles: [{name: a b}], mounts: [{path: /a, profile: ab}]}"))
                .hasSize(1);
    }
}
