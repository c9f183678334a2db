package org.relaysupervisor.proof;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** How long it took to tell of each kind of dead air, beyond its hold time. */
final class DetectionTable {
    static final Duration AIM = Duration.ofSeconds(1);

    private final Map<DeadAirCase, List<Detection>> detections = new LinkedHashMap<>();

    /**
     * @param told from the beginning of the dead air to the metric
     * @param over from the return of the programme to the metric
     */
    record Detection(Duration told, Duration over) {}

    void add(DeadAirCase which, Detection detection) {
        detections.computeIfAbsent(which, first -> new ArrayList<>()).add(detection);
    }

    String markdown() {
        StringBuilder table = new StringBuilder("""
                | dead air | mount | metric | hold time | times | told after hold time: shortest | median | longest | under %d s | over after programme's return: median | longest |
                |---|---|---|---|---|---|---|---|---|---|---|
                """.formatted(AIM.toSeconds()));
        detections.forEach((which, all) -> {
            List<Double> late = ascending(all, detection -> detection.told().minus(which.due()));
            List<Double> over = ascending(all, Detection::over);
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | `%s` | `%s` | %s | %d | %.2f s | %.2f s | %.2f s | %s | %.2f s | %.2f s |%n",
                    which.told(),
                    which.mount(),
                    which.kind(),
                    hold(which),
                    all.size(),
                    late.get(0),
                    median(late),
                    last(late),
                    isMet(which) ? "yes" : "**NO**",
                    median(over),
                    last(over)));
        });
        return table.toString();
    }

    private static String hold(DeadAirCase which) {
        String hold = seconds(which.hold());
        return which.unknown().isZero() ? hold : hold + " + " + seconds(which.unknown());
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() % 1_000 == 0
                ? duration.toSeconds() + " s"
                : String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
    }

    private static List<Double> ascending(List<Detection> detections, Function<Detection, Duration> which) {
        return detections.stream()
                .map(detection -> which.apply(detection).toNanos() / 1e9)
                .sorted()
                .toList();
    }

    private static double last(List<Double> ascending) {
        return ascending.get(ascending.size() - 1);
    }

    private static double median(List<Double> ascending) {
        int size = ascending.size();
        return (ascending.get((size - 1) / 2) + ascending.get(size / 2)) / 2;
    }

    /** Whether every one was told of in time. */
    boolean isMet(DeadAirCase which) {
        return detections.get(which).stream()
                .allMatch(detection -> detection.told().minus(which.due()).compareTo(AIM) < 0);
    }

    boolean isMet() {
        return detections.keySet().stream().allMatch(this::isMet);
    }
}
