package org.relaysupervisor.proof;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.relaysupervisor.proof.SwarmReport.Kind;

/** All that happened, as a Markdown table, and whether the relay kept what it promises. */
final class SurvivalTable {
    /** What a player's buffer hides many times over. */
    static final Duration LONGEST_SILENCE = Duration.ofMillis(500);

    private final int listeners;
    private final List<SwarmReport> calm = new ArrayList<>();
    private final List<Happening> happenings = new ArrayList<>();

    /** @param listeners steady ones, of the relay and of HAProxy each */
    SurvivalTable(int listeners) {
        this.listeners = listeners;
    }

    /** A time in which nothing was done. */
    void add(SwarmReport quiet) {
        calm.add(quiet);
    }

    void add(Happening happening) {
        happenings.add(happening);
    }

    String markdown() {
        StringBuilder table = new StringBuilder("""
                | what happened | times | relay: connections closed | most at once | longest silence | same frames as the source \
                | HAProxy: connections closed | most at once | longest silence |
                |---|---|---|---|---|---|---|---|---|
                """);
        for (Event event : Event.values()) {
            List<Happening> of = of(event);
            if (!of.isEmpty()) {
                table.append(row(event, of));
            }
        }
        table.append(String.format(
                Locale.ROOT,
                "| nothing | %d | %d of %d | %d | %s | | | | |%n",
                calm.size(),
                calm.stream().mapToInt(report -> report.closed(Kind.STEADY)).sum(),
                calm.size() * listeners,
                calm.stream()
                        .mapToInt(report -> report.closed(Kind.STEADY))
                        .max()
                        .orElse(0),
                millis(longest(calm, report -> Optional.of(report.longestSilence())))));
        return table.append(sourceAway()).append(others()).toString();
    }

    private String row(Event event, List<Happening> of) {
        List<SwarmReport> relay = of.stream().map(Happening::relay).toList();
        List<SwarmReport> haproxy =
                of.stream().flatMap(happening -> happening.haproxy().stream()).toList();
        return String.format(
                Locale.ROOT,
                "| %s | %d | %s | %d of %d | %s |%n",
                event.label,
                of.size(),
                wire(relay),
                of.stream().mapToInt(Happening::equal).sum(),
                of.stream().mapToInt(Happening::sampled).sum(),
                haproxy.isEmpty() ? "| |" : wire(haproxy));
    }

    private String wire(List<SwarmReport> reports) {
        return String.format(
                Locale.ROOT,
                "%d of %d | %d | %s",
                reports.stream().mapToInt(report -> report.closed(Kind.STEADY)).sum(),
                reports.size() * listeners,
                reports.stream()
                        .mapToInt(report -> report.closed(Kind.STEADY))
                        .max()
                        .orElse(0),
                millis(longest(reports, report -> Optional.of(report.silence()))));
    }

    /** What a dead source was like; empty when there was none. */
    private String sourceAway() {
        List<Happening> of = of(Event.KILL_LIQUIDSOAP);
        if (of.isEmpty()) {
            return "";
        }
        String standby = of.stream()
                        .allMatch(happening -> happening.standbyAfter().isPresent())
                ? "after at most " + millis(longest(of, Happening::standbyAfter))
                : "in "
                        + of.stream()
                                .filter(happening -> happening.standbyAfter().isPresent())
                                .count() + " of " + of.size() + " cases";
        return String.format(
                "%nAfter Liquidsoap was killed, all followed listeners heard standby %s, and programme again after at most %s.%n",
                standby, millis(longest(of, Happening::programmeAfter)));
    }

    private String others() {
        List<SwarmReport> all = everything();
        return String.format(
                "%nOf the relay's listeners that read at half the rate, %d were closed; of those that join and leave all the"
                        + " time, %d were closed and %d found no audio.%n"
                        + "Where connections were closed, the silence is that of the first listener who had audio on a new one,"
                        + " connecting when the mount was back.%n"
                        + "The listeners' own clock was late by at most %s.%n",
                sum(all, report -> report.closed(Kind.SLOW)),
                sum(all, report -> report.closed(Kind.CHURNING)),
                sum(all, report -> report.refused(Kind.CHURNING)),
                millis(longest(all, report -> Optional.of(report.ownPause()))));
    }

    /** What the relay did not keep, one sentence each; empty when it kept everything. */
    List<String> broken() {
        List<String> broken = new ArrayList<>();
        int closed = sum(everything(), report -> report.closed(Kind.STEADY) + report.closed(Kind.CHURNING));
        if (closed > 0) {
            broken.add(closed + " connections were closed by the relay.");
        }
        int refused = sum(everything(), report -> report.refused(Kind.CHURNING));
        if (refused > 0) {
            broken.add(refused + " listeners who came meanwhile found no audio.");
        }
        Duration silence = longest(everything(), report -> Optional.of(report.longestSilence()));
        if (silence.compareTo(LONGEST_SILENCE) >= 0) {
            broken.add("The longest silence on a wire was " + millis(silence) + ", not below " + millis(LONGEST_SILENCE)
                    + ".");
        }
        for (Happening happening : happenings) {
            if (happening.equal() < happening.sampled() || !happening.faults().isEmpty()) {
                broken.add(happening.event().label + ": " + happening.equal() + " of " + happening.sampled()
                        + " followed listeners heard the source's frames and nothing else"
                        + happening.faults().stream().limit(3).reduce("", (text, fault) -> text + "; " + fault)
                        + ".");
            }
        }
        if (of(Event.KILL_LIQUIDSOAP).stream()
                .anyMatch(happening -> happening.standbyAfter().isEmpty())) {
            broken.add("Not everybody heard standby while Liquidsoap was away.");
        }
        return broken;
    }

    private List<Happening> of(Event event) {
        return happenings.stream()
                .filter(happening -> happening.event() == event)
                .toList();
    }

    private List<SwarmReport> everything() {
        List<SwarmReport> all = new ArrayList<>(calm);
        happenings.forEach(happening -> all.add(happening.relay()));
        return all;
    }

    private static int sum(List<SwarmReport> reports, ToIntFunction<SwarmReport> count) {
        return reports.stream().mapToInt(count).sum();
    }

    private static <T> Duration longest(List<T> of, Function<T, Optional<Duration>> length) {
        return of.stream()
                .flatMap(one -> length.apply(one).stream())
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    private static String millis(Duration length) {
        return length.toMillis() + " ms";
    }
}
