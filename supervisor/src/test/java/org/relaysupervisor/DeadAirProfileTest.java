package org.relaysupervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.audio.DeadAirCause;
import org.relaysupervisor.audio.DeadAirKind;
import org.relaysupervisor.audio.DeadAirThresholds;
import org.relaysupervisor.config.ConfigReader;
import org.relaysupervisor.config.RelayConfig.Levels;
import org.relaysupervisor.config.RelayConfig.Profile;

/** Configuration and audio do not know each other, and yet speak of the same things. */
class DeadAirProfileTest {
    private static final DeadAirThresholds MUSIC = DeadAirThresholds.MUSIC;

    @Test
    void theKindsAreThoseOfTheDetector() {
        assertThat(Profile.KINDS)
                .containsExactlyElementsOf(
                        Stream.of(DeadAirKind.values()).map(DeadAirKind::label).toList());
    }

    @Test
    void theMusicProfileIsThatOfTheDetector() throws Exception {
        Map<String, java.time.Duration> holds = MUSIC.holds().entrySet().stream()
                .collect(Collectors.toMap(hold -> hold.getKey().label(), Map.Entry::getValue));

        assertThat(profile("{}").holds()).isEqualTo(holds);
        assertThat(profile("{}").levels())
                .isEqualTo(new Levels(
                        MUSIC.digitalSilencePeak(),
                        MUSIC.nearSilence(),
                        MUSIC.audible(),
                        MUSIC.deadChannel(),
                        MUSIC.antiphase(),
                        MUSIC.clipped(),
                        MUSIC.target(),
                        MUSIC.above(),
                        MUSIC.below()));
    }

    @Test
    void whatTheFileMayHoldTheDetectorTakes() throws Exception {
        for (String[] bounds : new String[][] {
            {"-144", "-90", "-80", "20", "-1", "0", "-40", "1", "1"},
            {"-60", "-30", "-20", "90", "0", "1", "-5", "40", "60"}
        }) {
            Profile profile = profile("""
                    profiles:
                      - {name: music, digital_silence_peak: %s, near_silence_below: %s, audible_above: %s, dead_channel_by: %s,
                         antiphase_below: %s, clipped_share: %s, target: %s, loud_above: %s, quiet_below: %s}
                    """.formatted((Object[]) bounds));
            Levels levels = profile.levels();
            assertThat(new DeadAirThresholds(
                            new EnumMap<>(DeadAirCause.class),
                            levels.digitalSilence(),
                            levels.nearSilence(),
                            levels.audible(),
                            levels.deadChannel(),
                            levels.antiphase(),
                            levels.clipped(),
                            levels.target(),
                            levels.above(),
                            levels.below()))
                    .isNotNull();
        }
    }

    private static Profile profile(String yaml) throws Exception {
        return ConfigReader.parse(yaml, "relay.yaml", Path.of("/"))
                .config()
                .profile(Profile.MUSIC)
                .orElseThrow();
    }
}
