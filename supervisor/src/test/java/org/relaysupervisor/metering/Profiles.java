package org.relaysupervisor.metering;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.relaysupervisor.audio.DeadAirThresholds;
import org.relaysupervisor.config.RelayConfig.Levels;
import org.relaysupervisor.config.RelayConfig.Profile;

/** Profiles as the file would have them: the built-in one with changes. */
final class Profiles {
    private Profiles() {}

    static Profile profile(String name, Map<String, Duration> changedHolds, Set<String> expected) {
        DeadAirThresholds music = DeadAirThresholds.MUSIC;
        Map<String, Duration> holds = new HashMap<>();
        music.holds().forEach((cause, hold) -> holds.put(cause.label(), hold));
        holds.putAll(changedHolds);
        Levels levels = new Levels(
                music.digitalSilencePeak(),
                music.nearSilence(),
                music.audible(),
                music.deadChannel(),
                music.antiphase(),
                music.clipped(),
                music.target(),
                music.above(),
                music.below());
        return new Profile(name, holds, levels, expected);
    }
}
