package org.relaysupervisor.page;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.relaysupervisor.audio.Loudness;
import org.relaysupervisor.metering.MeterSnapshot;
import org.relaysupervisor.status.RelaySnapshot;

/**
 * The last six hours as figures, and what happened. Its memory is fixed: 6 kB for each figure (three of a mount, one of a program), twice, and
 * {@value #EVENTS} events. {@link #observe} belongs to one thread; what it finds is published as a whole that nobody changes.
 */
public final class History {
    static final Duration STEP = Duration.ofSeconds(30);
    static final int STEPS = 720;
    static final int EVENTS = 200;

    /** What is quieter is silence to a meter of EBU R128. */
    private static final double QUIETEST = -70;

    private final Map<String, MountCurves> mounts = new TreeMap<>();
    private final Map<String, Curve> programs = new TreeMap<>();
    private final Curve listeners = new Curve(STEPS);
    private final ArrayDeque<Event> events = new ArrayDeque<>();
    private long eventsSeen;
    private long lastStep = -1;
    private RelaySnapshot before;

    private volatile Figures figures = new Figures(Instant.EPOCH, new Curve(1).until(-1), Map.of(), Map.of());
    private volatile Happenings happenings = new Happenings(0, List.of());

    private record MountCurves(Curve loudness, Curve rate, Curve listeners) {
        MountCurves() {
            this(new Curve(STEPS), new Curve(STEPS), new Curve(STEPS));
        }
    }

    /**
     * All steps that are over, or the first one while it runs.
     *
     * @param end of the newest one, by the wall clock
     * @param listeners of all mounts
     * @param mounts by path
     * @param memory of each program in bytes
     */
    record Figures(
            Instant end, Curve.Points listeners, Map<String, MountFigures> mounts, Map<String, Curve.Points> memory) {}

    /**
     * @param loudness short-term, in LUFS, -70 or more
     * @param rate in bytes per second, as the source sent them
     */
    record MountFigures(Curve.Points loudness, Curve.Points rate, Curve.Points listeners) {}

    /**
     * @param count of events since the daemon's start
     * @param newest first
     */
    record Happenings(long count, List<Event> newest) {}

    Figures figures() {
        return figures;
    }

    Happenings happenings() {
        return happenings;
    }

    /** To be called about once a second with what there is to see now. */
    public void observe(RelaySnapshot now) {
        long step = now.uptime().dividedBy(STEP);
        if (step > lastStep && lastStep >= 0) {
            publish(now, step - 1);
        }
        lastStep = Math.max(lastStep, step);
        look(now, step);
        if (step == 0) {
            publish(now, step);
        }
        happened(before == null ? Events.started(now) : Events.between(before, now));
        before = now;
    }

    private void look(RelaySnapshot now, long step) {
        mounts.keySet()
                .retainAll(now.mounts().stream().map(RelaySnapshot.Mount::path).toList());
        programs.keySet()
                .retainAll(now.children().stream()
                        .map(child -> child.state().name())
                        .toList());
        for (RelaySnapshot.Mount mount : now.mounts()) {
            MountCurves curves = mounts.computeIfAbsent(mount.path(), path -> new MountCurves());
            curves.loudness().look(step, mount.meter().map(History::loudness).orElse(Double.NaN));
            curves.rate().look(step, mount.bytesPerSecond());
            curves.listeners().look(step, mount.listeners());
        }
        for (RelaySnapshot.Child child : now.children()) {
            Curve curve = programs.computeIfAbsent(child.state().name(), name -> new Curve(STEPS));
            curve.look(
                    step,
                    child.residentBytes().isPresent() ? child.residentBytes().getAsLong() : Double.NaN);
        }
        listeners.look(
                step,
                now.mounts().stream().mapToInt(RelaySnapshot.Mount::listeners).sum());
    }

    private static double loudness(MeterSnapshot meter) {
        double level = meter.reading().map(Loudness::shortTerm).orElse(Double.NaN);
        return Double.isNaN(level) ? level : Math.max(QUIETEST, level);
    }

    private void publish(RelaySnapshot now, long step) {
        Map<String, MountFigures> ofMounts = new TreeMap<>();
        mounts.forEach((path, curves) -> ofMounts.put(
                path,
                new MountFigures(
                        curves.loudness().until(step),
                        curves.rate().until(step),
                        curves.listeners().until(step))));
        Map<String, Curve.Points> ofPrograms = new TreeMap<>();
        programs.forEach((name, curve) -> ofPrograms.put(name, curve.until(step)));
        Duration since = now.uptime().minus(STEP.multipliedBy(step + 1));
        Instant end = since.isNegative() ? now.now() : now.now().minus(since);
        figures = new Figures(end, listeners.until(step), ofMounts, ofPrograms);
    }

    private void happened(List<Event> news) {
        if (news.isEmpty()) {
            return;
        }
        for (Event event : news) {
            events.addFirst(event);
            eventsSeen++;
            if (events.size() > EVENTS) {
                events.removeLast();
            }
        }
        happenings = new Happenings(eventsSeen, List.copyOf(events));
    }
}
