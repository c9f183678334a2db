package org.relaysupervisor.admin;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.relaysupervisor.admin.TextPage.Cell;
import org.relaysupervisor.admin.TextPage.Colour;
import org.relaysupervisor.audio.DeadAir;
import org.relaysupervisor.audio.Loudness;
import org.relaysupervisor.metering.MeterSnapshot;
import org.relaysupervisor.status.RelaySnapshot;

/** One picture of {@code relayctl watch}: a function of the snapshot, the newest lines of the log, and the terminal's size. */
final class WatchPage {
    /** The levels at which bars begin and end. */
    private static final double BOTTOM = -60;

    private static final double TOO_LOUD = 4;
    private static final double TRUE_PEAK_LIMIT = -1;
    private static final int LABEL = 14;
    private static final int FEWEST_EVENTS = 2;

    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);

    private final RelaySnapshot relay;
    private final Canvas canvas;

    private WatchPage(RelaySnapshot relay, Canvas canvas) {
        this.relay = relay;
        this.canvas = canvas;
    }

    /** @return as many lines as there are rows, or fewer */
    static List<String> render(RelaySnapshot relay, List<Logs.LogLine> events, Canvas canvas) {
        return new WatchPage(relay, canvas).lines(events);
    }

    /** Whole where there is room; else the children, then the mounts, in a line each. */
    private List<String> lines(List<Logs.LogLine> events) {
        List<String> lines = body(true, true);
        for (int step = 1; step <= 2 && lines.size() + FEWEST_EVENTS > canvas.rows(); step++) {
            lines = body(step < 2, false);
        }
        int room = Math.max(0, canvas.rows() - lines.size());
        for (Logs.LogLine event : events.subList(Math.max(0, events.size() - room), events.size())) {
            String text = CLOCK.format(event.at()) + " " + event.child() + ": " + event.text();
            lines.add(canvas.line(Cell.of(text)));
        }
        return canvas.fit(lines);
    }

    private List<String> body(boolean wholeMounts, boolean wholeChildren) {
        List<String> lines = new ArrayList<>();
        lines.add(headline());
        lines.add(canvas.line(Cell.of("Show: "), ShowText.headline(relay, Math.max(24, canvas.columns() - 6))));
        relay.shows()
                .calendar()
                .flatMap(calendar -> ShowText.trouble(calendar, relay.now()))
                .ifPresent(trouble -> lines.add(canvas.line(new Cell(trouble, Colour.BAD))));
        Cell recording = RecordingText.headline(relay, Math.max(24, canvas.columns() - 11));
        boolean unremarkable =
                recording.colour() == Colour.GOOD || !relay.recording().enabled();
        if (wholeChildren || !unremarkable) {
            lines.add(canvas.line(Cell.of("Recording: "), recording));
        }
        for (RelaySnapshot.Mount mount : relay.mounts()) {
            lines.addAll(mount(mount, wholeMounts));
        }
        lines.addAll(wholeChildren ? children() : List.of(childrenInALine()));
        return lines;
    }

    private String headline() {
        Cell air = StatusText.air(relay);
        String clock = "  " + CLOCK.format(relay.now()) + " UTC  q quits";
        String station = Plain.text(relay.station());
        int room = canvas.columns() - Columns.width(air.text()) - 2;
        String name = Columns.cut(station, Math.max(8, room - clock.length()));
        int gap = room - Columns.width(name) - clock.length();
        return canvas.line(Cell.of(name), Cell.of("  "), air, Cell.of(gap >= 0 ? " ".repeat(gap) + clock : ""));
    }

    private List<String> mount(RelaySnapshot.Mount mount, boolean whole) {
        List<String> lines = new ArrayList<>();
        String figures = mount.path() + "  " + mount.listeners() + (mount.listeners() == 1 ? " listener" : " listeners")
                + String.format(Locale.ROOT, ", %.0f kbit/s", mount.bytesPerSecond() * 8 / 1000) + ", plays ";
        String title = mount.title().map(text -> "  " + text).orElse("");
        lines.add(canvas.line(Cell.of(figures), Heard.source(mount), Cell.of(title)));
        mount.meter().ifPresent(meter -> {
            Optional<Loudness> reading = meter.reading();
            double target = mount.targetLufs().orElse(Double.NaN);
            lines.add(bar("M", reading.map(Loudness::momentary), "LUFS", target, target + TOO_LOUD));
            if (whole) {
                lines.add(bar("S", reading.map(Loudness::shortTerm), "LUFS", target, target + TOO_LOUD));
                lines.add(bar("I", reading.map(Loudness::integrated), "LUFS", target, target + TOO_LOUD));
                lines.add(bar("TP", reading.map(Loudness::truePeak), "dBTP", TRUE_PEAK_LIMIT, TRUE_PEAK_LIMIT));
            }
            lines.add(state(meter));
        });
        return lines;
    }

    private String bar(String name, Optional<Double> value, String unit, double mark, double limit) {
        String level = value.map(Heard::level).orElse("-");
        double known = value.orElse(Double.NaN);
        Colour colour = known > limit ? Colour.BAD : Colour.GOOD;
        String label = String.format(Locale.ROOT, " %-2s%7s", name, level);
        int width = canvas.columns() - LABEL - unit.length();
        if (width < 10) {
            return canvas.line(Cell.of(label));
        }
        double share = Double.isNaN(known) ? 0 : (known - BOTTOM) / -BOTTOM;
        String bar = canvas.bar(share, (mark - BOTTOM) / -BOTTOM, width);
        return canvas.line(Cell.of(label + " " + unit + " ")) + painted(bar, colour);
    }

    private String painted(String bar, Colour colour) {
        return new TextPage(canvas.colour()).add(new Cell(bar, colour)).toString();
    }

    private String state(MeterSnapshot meter) {
        List<DeadAir> dead = Heard.active(meter);
        if (!dead.isEmpty()) {
            String all = dead.stream()
                    .map(found -> Heard.sentence(found, relay.onAir()))
                    .collect(Collectors.joining("; "));
            return canvas.line(new Cell(" DEAD AIR: " + Plain.text(all), Colour.BAD));
        }
        String range = meter.reading()
                .map(reading -> ", LRA " + Heard.level(reading.range()) + " LU")
                .orElse("");
        String problem = meter.problem().map(text -> ": " + text).orElse("");
        return canvas.line(Cell.of(" "), Heard.state(meter), Cell.of(range + ", profile " + meter.profile() + problem));
    }

    private List<String> children() {
        List<String> lines = new ArrayList<>();
        int name = relay.children().stream()
                .mapToInt(child -> child.state().name().length())
                .max()
                .orElse(0);
        for (RelaySnapshot.Child child : relay.children()) {
            String restarts = StatusJson.total(child.state()) + " restarts";
            lines.add(canvas.line(
                    Cell.of(padded(child.state().name(), name) + "  "),
                    new Cell(padded(child.state().state().label(), 8), StatusText.colour(child.state())),
                    Cell.of("  " + padded(StatusText.memory(child), 12) + "  " + restarts)));
        }
        return lines;
    }

    private String childrenInALine() {
        List<Cell> cells = new ArrayList<>();
        for (RelaySnapshot.Child child : relay.children()) {
            cells.add(Cell.of((cells.isEmpty() ? "" : ", ") + child.state().name() + " "));
            cells.add(new Cell(child.state().state().label(), StatusText.colour(child.state())));
        }
        return canvas.line(cells);
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
