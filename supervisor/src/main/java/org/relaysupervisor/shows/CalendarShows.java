package org.relaysupervisor.shows;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.relaysupervisor.loop.Clock;

/**
 * What a calendar comes to within a window.
 *
 * @param events in the calendar, recurring ones counted once
 */
record CalendarShows(List<Show> shows, Window window, int events, List<String> problems) {
    private static final int MOST_SHOWS = 10_000;
    private static final int MOST_PROBLEMS = 10;

    /** More than a thousand times what a station's calendar takes. */
    private static final Duration MOST_TIME = Duration.ofSeconds(1);

    CalendarShows {
        shows = List.copyOf(shows);
        problems = List.copyOf(problems);
    }

    /** @throws UnreadableCalendarException when it has no end, or what it says can't be used */
    static CalendarShows of(CalendarText.Content content, Profiles profiles, Window window, Clock clock)
            throws UnreadableCalendarException {
        long started = clock.nanoTime();
        List<Show> shows = new ArrayList<>();
        List<String> problems = new ArrayList<>(content.problems());
        for (CalendarEvent event : content.events()) {
            try {
                addShows(shows, event, profiles, window);
            } catch (UnreadableCalendarException | RuntimeException e) {
                String why = e instanceof UnreadableCalendarException
                        ? e.getMessage()
                        : "recurs by a rule that can't be followed";
                problems.add("event \"" + event.name() + "\" " + why);
            }
            if (shows.size() > MOST_SHOWS || clock.since(started).compareTo(MOST_TIME) > 0) {
                throw new UnreadableCalendarException(
                        "it has more than can be followed, at the latest with the event \"" + event.name()
                                + "\"; simplify how it recurs");
            }
        }
        return new CalendarShows(shows, window, content.all(), few(problems));
    }

    private static void addShows(List<Show> shows, CalendarEvent event, Profiles profiles, Window window)
            throws UnreadableCalendarException {
        Optional<String> profile = profiles.ofCategories(event.categories());
        Set<String> announced = profiles.announced(profile, Set.of());
        for (LocalSpan span : event.within(window)) {
            Instant start = span.startIn(event.zone());
            Optional<Instant> end = Optional.of(span.endIn(event.zone()));
            shows.add(new Show(event.name(), profile, announced, start, end, Show.Origin.CALENDAR));
        }
    }

    private static List<String> few(List<String> problems) {
        if (problems.size() <= MOST_PROBLEMS) {
            return problems;
        }
        List<String> few = new ArrayList<>(problems.subList(0, MOST_PROBLEMS));
        few.add("and " + (problems.size() - MOST_PROBLEMS) + " more");
        return few;
    }
}
