package org.relaysupervisor.config;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.relaysupervisor.config.Amounts.duration;
import static org.relaysupervisor.config.Readings.decimal;
import static org.relaysupervisor.config.Readings.flag;
import static org.relaysupervisor.config.Readings.name;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.relaysupervisor.config.RelayConfig.Levels;
import org.relaysupervisor.config.RelayConfig.Metering;
import org.relaysupervisor.config.RelayConfig.Profile;

/** Reads {@code metering} and {@code profiles}. What a profile leaves out is as in the one for music. */
final class MeteringReading {
    private static final Duration LONGEST_HOLD = ofHours(24);

    /**
     * A hold time: its key in the file, what it is for music, when the detector knows at the soonest, and the causes of dead air that have
     * it.
     */
    private record Hold(String key, Duration usual, Duration soonest, List<String> causes) {
        Hold(String key, Duration usual, Duration soonest) {
            this(key, usual, soonest, List.of(key));
        }

        Hold(String key, Duration usual) {
            this(key, usual, ZERO);
        }
    }

    private static final List<Hold> HOLDS = List.of(
            new Hold("no_bytes", ofSeconds(3), ofSeconds(1)),
            new Hold("digital_silence", ofSeconds(6)),
            new Hold("near_silence", ofSeconds(15)),
            new Hold("dc", ofSeconds(10)),
            new Hold("steady_tone", ofSeconds(20), ofSeconds(2)),
            new Hold("dead_channel", ofSeconds(30), ZERO, List.of("left_dead", "right_dead")),
            new Hold("antiphase", ofSeconds(20)),
            new Hold("clipping", ofSeconds(15)),
            new Hold("too_loud", ofSeconds(30)),
            new Hold("too_quiet", ofMinutes(5)),
            new Hold("frozen_loop", ofSeconds(60), ofSeconds(5)),
            new Hold("standby", ZERO));

    private static final Levels MUSIC_LEVELS = new Levels(-90, -60, -50, 40, -0.85, 0.05, -16, 10, 22);

    /** Hold times whose key is not the name of the kind, which an operator may well write instead of it. */
    private static final Map<String, String> KINDS_OF_HOLDS =
            Map.of("dc", "tone", "steady_tone", "tone", "clipping", "level", "too_loud", "level", "too_quiet", "level");

    private MeteringReading() {}

    static Metering metering(Section metering, String mainMount) {
        boolean enabled = metering.value("enabled", true, flag());
        List<String> mounts = metering.values("mounts", List.of(mainMount), MountPath.reading());
        return new Metering(enabled ? mounts : List.of());
    }

    static List<Profile> profiles(Optional<List<Section>> sections) {
        List<Profile> profiles = new ArrayList<>();
        sections.orElse(List.of()).forEach(section -> profiles.add(profile(section)));
        if (profiles.stream().noneMatch(profile -> profile.name().equals(Profile.MUSIC))) {
            profiles.add(new Profile(Profile.MUSIC, usualHolds(), MUSIC_LEVELS, Set.of()));
        }
        return profiles;
    }

    private static Map<String, Duration> usualHolds() {
        Map<String, Duration> holds = new HashMap<>();
        HOLDS.forEach(hold -> hold.causes().forEach(cause -> holds.put(cause, hold.usual())));
        return holds;
    }

    private static Profile profile(Section profile) {
        String name = profile.required("name", "", name());
        Map<String, Duration> holds = new HashMap<>();
        for (Hold hold : HOLDS) {
            profile.value(hold.key(), Optional.of(hold.usual()), MeteringReading::holdOrNever)
                    .ifPresent(time -> {
                        hold.causes().forEach(cause -> holds.put(cause, time));
                        warnOfHaste(profile, hold, time);
                    });
        }
        Set<String> expected = new LinkedHashSet<>(profile.values("expected", List.of(), MeteringReading::kind));
        return new Profile(name, holds, levels(profile), expected);
    }

    private static void warnOfHaste(Section profile, Hold hold, Duration time) {
        if (time.compareTo(hold.soonest()) < 0) {
            profile.warn(
                    hold.key(),
                    "is sooner than it can be known; it is told after "
                            + hold.soonest().toSeconds() + "s");
        }
    }

    private static Optional<Duration> holdOrNever(String text) throws Refused {
        if (text.equalsIgnoreCase("never")) {
            return Optional.empty();
        }
        try {
            return Optional.of(duration(ZERO, LONGEST_HOLD).read(text));
        } catch (Refused e) {
            throw new Refused(e.getMessage() + "; or never");
        }
    }

    private static String kind(String text) throws Refused {
        String meant = KINDS_OF_HOLDS.get(text);
        if (meant != null) {
            throw new Refused("names kinds of dead air; " + text + " is of the kind " + meant + ", write that");
        }
        return Readings.word(Profile.KINDS).read(text);
    }

    private static Levels levels(Section profile) {
        Levels usual = MUSIC_LEVELS;
        return new Levels(
                profile.value("digital_silence_peak", usual.digitalSilence(), decimal(-144, -60)),
                profile.value("near_silence_below", usual.nearSilence(), decimal(-90, -30)),
                profile.value("audible_above", usual.audible(), decimal(-80, -20)),
                profile.value("dead_channel_by", usual.deadChannel(), decimal(20, 90)),
                profile.value("antiphase_below", usual.antiphase(), decimal(-1, 0)),
                profile.value("clipped_share", usual.clipped(), decimal(0, 1)),
                profile.value("target", usual.target(), decimal(-40, -5)),
                profile.value("loud_above", usual.above(), decimal(1, 40)),
                profile.value("quiet_below", usual.below(), decimal(1, 60)));
    }
}
