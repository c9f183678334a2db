package org.relaysupervisor.drill;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.shows.Show;
import org.relaysupervisor.shows.ShowsSnapshot;

/**
 * Keeps drills from being heard by many, or during what they came for.
 *
 * @param listeners people, on all mounts
 */
public record Precautions(Clock clock, Supplier<ShowsSnapshot> shows, IntSupplier listeners) {
    /** Why a drill should not begin; empty when it may. */
    Optional<String> objection(Duration longest, int mostListeners) {
        int hearing = listeners.getAsInt();
        if (hearing > mostListeners) {
            return Optional.of(
                    hearing + " people listen, and at most " + mostListeners + " may: wait, or raise --most-listeners");
        }
        ShowsSnapshot now = shows.get();
        if (!now.known()) {
            return Optional.of("whether a show is on is not known, because the calendar could not be read");
        }
        return show().or(() -> now.next()
                .filter(next -> next.start().isBefore(end(longest)))
                .map(next -> "the show " + next.name() + " begins at " + next.start() + ", before the drill's end"));
    }

    private Instant end(Duration longest) {
        return clock.now().plus(longest);
    }

    /** The show that is on, in words. */
    Optional<String> show() {
        return shows.get().current().map(Show::name).map(name -> "the show " + name + " is on");
    }
}
