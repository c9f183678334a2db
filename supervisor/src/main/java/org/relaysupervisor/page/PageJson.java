package org.relaysupervisor.page;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.relaysupervisor.drill.DrillSnapshot;
import org.relaysupervisor.shows.Show;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.supervise.ChildSnapshot;

/** What the page's script asks for. Names are in snake case with their unit, times in ISO 8601 UTC, what is absent is {@code null}. */
final class PageJson {
    private PageJson() {}

    /** How the station is now. */
    static String now(RelaySnapshot relay, History history) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("station", Words.safe(relay.station()));
        fields.put("version", relay.version());
        fields.put("now", relay.now().toString());
        fields.put("started_at", relay.startedAt().toString());
        fields.put("up_for", Words.running(relay.uptime()));
        fields.put(
                "drill",
                relay.drill().active().map(drill -> drill(drill, relay.now())).orElse(null));
        fields.put("show", relay.shows().current().map(PageJson::show).orElse(null));
        fields.put("next_show", relay.shows().next().map(PageJson::show).orElse(null));
        fields.put(
                "answers",
                Answers.of(relay, history.figures()).stream()
                        .map(PageJson::answer)
                        .toList());
        fields.put("mounts", relay.mounts().stream().map(PageJson::mount).toList());
        fields.put("programs", relay.children().stream().map(PageJson::program).toList());
        fields.put("events", history.happenings().count());
        fields.put("figures_until", history.figures().end().toString());
        return compose(fields);
    }

    private static Map<String, Object> show(Show show) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", Words.safe(show.name()));
        fields.put("start", show.start().toString());
        fields.put("end", show.end().map(Instant::toString).orElse(null));
        return fields;
    }

    private static Map<String, Object> drill(DrillSnapshot.Active drill, Instant now) {
        String end = drill.repairing()
                ? "It is being repaired"
                : "It is repaired in " + Words.running(Duration.between(now, drill.until())) + " at the latest";
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(
                "text",
                Words.safe(
                        "A drill, for " + Words.running(Duration.between(drill.since(), now)) + ": " + drill.what()));
        fields.put(
                "detail",
                Words.safe(end + drill.problem().map(problem -> "; " + problem).orElse("")));
        return fields;
    }

    private static Map<String, Object> answer(Answer answer) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", answer.id());
        fields.put("mark", answer.mark().label());
        fields.put("text", answer.text());
        fields.put("detail", answer.detail());
        return fields;
    }

    private static Map<String, Object> mount(RelaySnapshot.Mount mount) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("path", mount.path());
        fields.put("mark", (mount.onAir() ? Mark.GOOD : mount.onStandby() ? Mark.ATTENTION : Mark.BAD).label());
        fields.put("format", mount.format());
        fields.put("bitrate", mount.bitrate());
        fields.put(
                "target_lufs",
                mount.targetLufs().isPresent() ? (Object) mount.targetLufs().getAsDouble() : null);
        return fields;
    }

    private static Map<String, Object> program(RelaySnapshot.Child child) {
        ChildSnapshot state = child.state();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", state.name());
        fields.put("name", Words.sentence(Words.child(state.name()).replaceFirst("^the ", "")));
        fields.put("purpose", Words.purpose(state.name()));
        fields.put("mark", mark(state).label());
        fields.put("state", Words.state(state.state(), state.wanted()));
        fields.put("up_for", child.uptime().map(Words::running).orElse(null));
        fields.put("note", note(state));
        fields.put(
                "memory_bytes",
                child.residentBytes().isPresent()
                        ? (Object) child.residentBytes().getAsLong()
                        : null);
        fields.put("memory_limit_bytes", child.memoryLimit());
        fields.put(
                "restarts",
                state.restarts().values().stream().mapToLong(Long::longValue).sum());
        return fields;
    }

    private static Mark mark(ChildSnapshot state) {
        return switch (state.state()) {
            case UP -> Mark.GOOD;
            case FAILED -> Mark.BAD;
            case STOPPED -> state.wanted() ? Mark.ATTENTION : Mark.NEUTRAL;
            case WAITING, STARTING, STOPPING, BACKOFF -> Mark.ATTENTION;
        };
    }

    /** While it doesn't run, why. */
    private static String note(ChildSnapshot state) {
        if (mark(state) == Mark.GOOD || mark(state) == Mark.NEUTRAL) {
            return "";
        }
        String ended = state.lastExit()
                .map(exit ->
                        (state.note().isEmpty() ? "" : "; ") + "it " + Words.cause(exit.cause()) + ": " + exit.detail())
                .orElse("");
        return Words.safe(Words.sentence(state.note() + ended));
    }

    /** What happened, newest first. */
    static String events(History.Happenings happenings) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("count", happenings.count());
        fields.put("newest", happenings.newest().stream().map(PageJson::event).toList());
        return compose(fields);
    }

    private static Map<String, Object> event(Event event) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("at", event.at().toString());
        fields.put("mark", event.mark().label());
        fields.put("text", event.text());
        return fields;
    }

    /** The last hours. */
    static String history(History.Figures figures) throws IOException {
        List<Map<String, Object>> mounts = new ArrayList<>();
        figures.mounts().forEach((path, of) -> {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("path", path);
            fields.put("loudness_lufs", points(of.loudness(), 10));
            fields.put("bytes_per_second", points(of.rate(), 1));
            fields.put("listeners", points(of.listeners(), 1));
            mounts.add(fields);
        });
        Map<String, Object> memory = new LinkedHashMap<>();
        figures.memory().forEach((name, of) -> memory.put(name, points(of, 1)));
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("end", figures.end().toString());
        fields.put("step_seconds", History.STEP.toSeconds());
        fields.put("steps_kept", History.STEPS);
        fields.put("listeners", points(figures.listeners(), 1));
        fields.put("mounts", mounts);
        fields.put("memory_bytes", memory);
        return compose(fields);
    }

    private static Map<String, Object> points(Curve.Points points, int fractions) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("low", numbers(points.low(), fractions));
        fields.put("high", numbers(points.high(), fractions));
        return fields;
    }

    private static List<Object> numbers(float[] values, int fractions) {
        List<Object> numbers = new ArrayList<>(values.length);
        for (float value : values) {
            numbers.add(number(value, fractions));
        }
        return numbers;
    }

    private static Object number(float value, int fractions) {
        if (Float.isNaN(value)) {
            return null;
        }
        double rounded = Math.rint((double) value * fractions) / fractions;
        return rounded == Math.rint(rounded) ? (Object) (long) rounded : (Object) rounded;
    }

    private static String compose(Map<String, ?> object) throws IOException {
        return JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES).asString(object) + "\n";
    }
}
