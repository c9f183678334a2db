package org.relaysupervisor.admin;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.relaysupervisor.admin.TextPage.Cell;
import org.relaysupervisor.admin.TextPage.Colour;
import org.relaysupervisor.shows.Show;
import org.relaysupervisor.shows.ShowsSnapshot;
import org.relaysupervisor.shows.ShowsSnapshot.CalendarState;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.status.SafeText;

/** Which show is on or comes next, and what is wrong with the calendar. */
final class ShowText {
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm 'UTC'").withZone(ZoneOffset.UTC);

    private ShowText() {}

    static String render(RelaySnapshot relay, boolean colour) {
        TextPage page = new TextPage(colour);
        add(relay, page);
        return page.toString();
    }

    static void add(RelaySnapshot relay, TextPage page) {
        page.add("Show: ")
                .add(headline(relay, TextPage.WIDTH - "Show: ".length()))
                .add("\n");
        ShowsSnapshot shows = relay.shows();
        shows.current().filter(show -> !show.expected().isEmpty()).ifPresent(show -> {
            String kinds = String.join(", ", show.expected().stream().sorted().toList());
            page.note(Colour.PLAIN, "announced, and so no dead air: " + kinds.replace('_', ' '));
        });
        if (shows.current().isPresent()) {
            shows.next().ifPresent(next -> page.note(Colour.PLAIN, "next: " + next(next, relay.now())));
        }
        shows.calendar().ifPresent(calendar -> calendar(calendar, relay.now(), page));
    }

    /** What is on, or else what comes next; at most that wide. */
    static Cell headline(RelaySnapshot relay, int width) {
        ShowsSnapshot shows = relay.shows();
        Instant now = relay.now();
        if (shows.current().isPresent()) {
            Show show = shows.current().get();
            String rest = end(show, now) + ", by " + by(show)
                    + show.profile().map(profile -> ", profile " + profile).orElse("");
            String name = SafeText.cut(Plain.text(show.name()), Math.max(12, width - rest.length()));
            return new Cell(SafeText.cut(name + Plain.text(rest), width), Colour.GOOD);
        }
        if (!shows.known()) {
            return new Cell(SafeText.cut("not known, because the calendar was not read", width), Colour.BAD);
        }
        String next = shows.next().map(show -> "; next: " + next(show, now)).orElse("");
        return Cell.of(SafeText.cut(Plain.text("none" + next), width));
    }

    private static String end(Show show, Instant now) {
        return show.end()
                .map(end -> " until " + CLOCK.format(end) + " (" + Plain.duration(Duration.between(now, end)) + ")")
                .orElse(" until it is ended");
    }

    private static String next(Show show, Instant now) {
        return show.name() + " in " + Plain.duration(Duration.between(now, show.start())) + ", by " + by(show);
    }

    private static String by(Show show) {
        return switch (show.origin()) {
            case OPERATOR -> "an operator";
            case CALENDAR -> "the calendar";
            case WEEKLY -> "the weekly times";
        };
    }

    private static void calendar(CalendarState calendar, Instant now, TextPage page) {
        trouble(calendar, now).ifPresent(trouble -> page.note(Colour.BAD, trouble));
        calendar.problems().forEach(problem -> page.note(Colour.BAD, "calendar: " + problem));
    }

    /** Empty when the calendar is as it should be. */
    static Optional<String> trouble(CalendarState calendar, Instant now) {
        String read =
                calendar.lastRead().map(at -> "last read " + Plain.ago(at, now)).orElse("never read");
        if (calendar.stale()) {
            return Optional.of("CALENDAR STALE: " + read);
        }
        if (!calendar.readable()) {
            return Optional.of("CALENDAR UNREADABLE: " + read);
        }
        return Optional.empty();
    }
}
