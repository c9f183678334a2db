package org.relaysupervisor.metering;

import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.relaysupervisor.audio.DeadAirCause;
import org.relaysupervisor.audio.DeadAirKind;
import org.relaysupervisor.audio.DeadAirThresholds;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Profile;

/**
 * By what a mount's audio is judged.
 *
 * @param profile the name of the profile that the thresholds are of
 * @param expected kinds that are announced, and so are no dead air
 */
record Judgement(String profile, DeadAirThresholds thresholds, Set<DeadAirKind> expected) {
    private static final Map<String, DeadAirCause> CAUSES =
            Stream.of(DeadAirCause.values()).collect(Collectors.toMap(DeadAirCause::label, Function.identity()));
    private static final Map<String, DeadAirKind> KINDS =
            Stream.of(DeadAirKind.values()).collect(Collectors.toMap(DeadAirKind::label, Function.identity()));

    Judgement {
        expected = Set.copyOf(expected);
    }

    /**
     * @param own the name of the mount's own profile
     * @throws IllegalArgumentException when a label is unknown or a level out of range, which a valid configuration has not
     */
    static Judgement of(RelayConfig config, String own, Optional<Programme> programme) {
        Set<DeadAirKind> expected = EnumSet.noneOf(DeadAirKind.class);
        programme.ifPresent(present -> expected.addAll(kinds(present.expected())));
        // A programme that began under an earlier configuration may name a profile that is gone.
        String name = programme
                .flatMap(Programme::profile)
                .filter(wanted ->
                        wanted.equals(Profile.MUSIC) || config.profile(wanted).isPresent())
                .orElse(own);
        Optional<Profile> profile = config.profile(name);
        profile.ifPresent(present -> expected.addAll(kinds(present.expected())));
        return new Judgement(
                profile.map(Profile::name).orElse(Profile.MUSIC),
                profile.map(Judgement::thresholds).orElse(DeadAirThresholds.MUSIC),
                expected);
    }

    static DeadAirThresholds thresholds(Profile profile) {
        Map<DeadAirCause, Duration> holds = new EnumMap<>(DeadAirCause.class);
        profile.holds().forEach((label, hold) -> holds.put(known(CAUSES, label), hold));
        RelayConfig.Levels levels = profile.levels();
        return new DeadAirThresholds(
                holds,
                levels.digitalSilence(),
                levels.nearSilence(),
                levels.audible(),
                levels.deadChannel(),
                levels.antiphase(),
                levels.clipped(),
                levels.target(),
                levels.above(),
                levels.below());
    }

    static Set<DeadAirKind> kinds(Collection<String> labels) {
        Set<DeadAirKind> kinds = EnumSet.noneOf(DeadAirKind.class);
        labels.forEach(label -> kinds.add(known(KINDS, label)));
        return kinds;
    }

    private static <T> T known(Map<String, T> values, String label) {
        T value = values.get(label);
        if (value == null) {
            throw new IllegalArgumentException(
                    label + " is none of " + values.keySet().stream().sorted().toList());
        }
        return value;
    }
}
