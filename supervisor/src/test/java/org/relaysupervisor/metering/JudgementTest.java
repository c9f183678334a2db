package org.relaysupervisor.metering;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.audio.DeadAirCause;
import org.relaysupervisor.audio.DeadAirKind;
import org.relaysupervisor.audio.DeadAirThresholds;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.programs.Configs;

class JudgementTest {
    private static RelayConfig config(RelayConfig.Profile... profiles) {
        Configs configs = new Configs();
        configs.profiles = List.of(profiles);
        return configs.build();
    }

    @Test
    void aProfileWithTheNumbersOfTheBuiltInOneIsTheBuiltInOne() {
        assertThat(Judgement.thresholds(Profiles.profile("music", Map.of(), Set.of())))
                .isEqualTo(DeadAirThresholds.MUSIC);
        assertThat(Judgement.of(config(), "music", Optional.empty()))
                .isEqualTo(new Judgement("music", DeadAirThresholds.MUSIC, Set.of()));
    }

    @Test
    void theProgrammesProfileReplacesTheMountsAndWhatEitherExpectsIsExpected() {
        RelayConfig config = config(
                Profiles.profile("talk", Map.of(), Set.of("tone")), Profiles.profile("own", Map.of(), Set.of("level")));
        Programme talk = new Programme("1", Optional.of("talk"), Set.of("digital_silence"));
        Judgement judgement = Judgement.of(config, "own", Optional.of(talk));
        assertThat(judgement.profile()).isEqualTo("talk");
        assertThat(judgement.expected()).containsExactlyInAnyOrder(DeadAirKind.TONE, DeadAirKind.DIGITAL_SILENCE);
        assertThat(Judgement.of(config, "own", Optional.empty()).expected()).containsExactly(DeadAirKind.LEVEL);
    }

    @Test
    void aProgrammeWhoseProfileIsGoneIsJudgedByTheMountsOwn() {
        RelayConfig config = config(Profiles.profile("own", Map.of(), Set.of()));
        Programme gone = new Programme("1", Optional.of("gone"), Set.of());
        assertThat(Judgement.of(config, "own", Optional.of(gone)).profile()).isEqualTo("own");
    }

    @Test
    void theBuiltInProfileCanBeNamedByAProgrammeWhateverTheMountHas() {
        RelayConfig config = config(Profiles.profile("own", Map.of(), Set.of()));
        Programme music = new Programme("1", Optional.of("music"), Set.of());
        assertThat(Judgement.of(config, "own", Optional.of(music)).profile()).isEqualTo("music");
    }

    @Test
    void everyCauseAndKindHasTheLabelOfTheConfiguration() {
        Map<String, Duration> holds = new HashMap<>();
        for (DeadAirCause cause : DeadAirCause.values()) {
            holds.put(cause.label(), Duration.ofSeconds(1));
        }
        assertThat(Judgement.thresholds(Profiles.profile("all", holds, Set.of()))
                        .holds())
                .containsOnlyKeys(DeadAirCause.values());
        assertThat(Judgement.kinds(Arrays.stream(DeadAirKind.values())
                        .map(DeadAirKind::label)
                        .toList()))
                .containsExactlyInAnyOrder(DeadAirKind.values());
    }
}
