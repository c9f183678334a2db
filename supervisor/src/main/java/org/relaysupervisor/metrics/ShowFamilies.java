package org.relaysupervisor.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.relaysupervisor.metrics.Families.Family;
import org.relaysupervisor.programs.OnAir;
import org.relaysupervisor.programs.OnAir.InputState;
import org.relaysupervisor.shows.ShowsSnapshot;
import org.relaysupervisor.shows.ShowsSnapshot.CalendarState;
import org.relaysupervisor.status.RelaySnapshot;

/** What should be on the air, and what is. */
final class ShowFamilies {
    private ShowFamilies() {}

    static void add(RelaySnapshot relay, Families families) {
        sources(relay, families);
        inputs(relay, families);
        shows(relay.shows(), families);
    }

    /** One series for all that can play, so that one that never played is there as well. */
    private static void sources(RelaySnapshot relay, Families families) {
        Family source = families.gauge(
                "relay_on_air_source",
                "1 for what the mount plays: an input, standby, or nothing; 0 for all while it is not known.",
                "mount",
                "source");
        List<String> possible = new ArrayList<>(relay.inputs());
        possible.add(OnAir.STANDBY);
        possible.add(OnAir.NOTHING);
        for (RelaySnapshot.Mount mount : relay.mounts()) {
            Optional<String> playing = mount.onAirSource();
            possible.forEach(name -> source.sample(playing.equals(Optional.of(name)), mount.path(), name));
            // An input that a reload has just taken away may still play.
            playing.ifPresent(name -> source.sample(1, mount.path(), name));
        }
    }

    private static void inputs(RelaySnapshot relay, Families families) {
        Family state = families.gauge(
                "relay_input_state",
                "1 for the state the input is in: ready, silent, or away; 0 for all while it is not known.",
                "input",
                "state");
        for (String input : relay.inputs()) {
            Optional<InputState> now = relay.onAir().map(onAir -> onAir.inputs().get(input));
            for (InputState each : InputState.values()) {
                state.sample(now.equals(Optional.of(each)), input, each.label());
            }
        }
    }

    private static void shows(ShowsSnapshot shows, Families families) {
        double scheduled = shows.current().isPresent() ? 1 : 0;
        families.gauge("relay_show_scheduled", "1 while a show is scheduled; NaN while that is not known.")
                .sample(shows.known() ? scheduled : Double.NaN);
        shows.calendar().ifPresent(calendar -> calendar(calendar, families));
    }

    private static void calendar(CalendarState calendar, Families families) {
        families.gauge("relay_calendar_readable", "1 when the newest attempt to read the calendar succeeded.")
                .sample(calendar.readable());
        families.gauge("relay_calendar_stale", "1 when the calendar in use is older than the configuration allows.")
                .sample(calendar.stale());
        families.gauge("relay_calendar_age_seconds", "How long ago the calendar was read; NaN when it never was.")
                .sampleOrUnknown(calendar.age());
        families.counter("relay_calendar_failures_total", "Attempts to read the calendar that failed.")
                .sample(calendar.failures());
        families.gauge("relay_calendar_events", "Events in the calendar, recurring ones counted once.")
                .sample((long) calendar.events());
    }
}
