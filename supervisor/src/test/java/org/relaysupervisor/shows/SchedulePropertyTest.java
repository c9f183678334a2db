package org.relaysupervisor.shows;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random weekly times and a random operator, beside a model that looks at every day there is for each question. */
class SchedulePropertyTest {
    private static final List<String> ZONES =
            List.of("Europe/Berlin", "UTC", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata");

    /** Around changes of the clock in one zone or another. */
    private static final List<String> BEGINNINGS =
            List.of("2026-03-25T00:00:00Z", "2026-10-22T00:00:00Z", "2026-04-03T00:00:00Z", "2026-11-20T00:00:00Z");

    @TempDir
    private Path state;

    private record Weekly(String name, Set<DayOfWeek> days, LocalTime start, LocalTime end) {
        String yaml() {
            List<String> words = new TreeSet<>(days)
                    .stream()
                            .map(day -> day.name().substring(0, 3).toLowerCase(Locale.ROOT))
                            .toList();
            return "{name: " + name + ", days: [" + String.join(", ", words) + "], start: '" + start + "', end: '" + end
                    + "'}";
        }
    }

    /** One by one, with the arithmetic of another class of the JDK. */
    private record Model(List<Weekly> weekly, ZoneId zone) {
        record Once(String name, Instant start, Instant end) {}

        Optional<Once> at(Instant now, Set<Once> ended) {
            Optional<Once> on = Optional.empty();
            for (Weekly show : weekly) {
                for (int day = -3; day <= 3; day++) {
                    LocalDate date = now.atZone(zone).toLocalDate().plusDays(day);
                    if (!show.days().contains(date.getDayOfWeek())) {
                        continue;
                    }
                    LocalDate last = show.end().isAfter(show.start()) ? date : date.plusDays(1);
                    Instant start = ZonedDateTime.of(date, show.start(), zone).toInstant();
                    Instant end = ZonedDateTime.of(last, show.end(), zone).toInstant();
                    if (!end.isAfter(start)) {
                        end = start.plus(Duration.between(date.atTime(show.start()), last.atTime(show.end())));
                    }
                    Once once = new Once(show.name(), start, end);
                    boolean isOn = !now.isBefore(start) && now.isBefore(end) && !ended.contains(once);
                    if (isOn && (on.isEmpty() || start.isAfter(on.get().start()))) {
                        on = Optional.of(once);
                    }
                }
            }
            return on;
        }
    }

    @Test
    void theShowThatIsOnIsThatOfTheModel() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int run = 0; run < 25; run++) {
            script(random, "seed " + seed + ", run " + run, state.resolve("run" + run));
        }
    }

    private static void script(Random random, String where, Path directory) throws Exception {
        Files.createDirectories(directory);
        Model model = model(random);
        Scene scene = new Scene(directory, BEGINNINGS.get(random.nextInt(BEGINNINGS.size())));
        scene.use(yaml(model));
        Optional<Instant> operatorUntil = Optional.empty();
        boolean operatorOn = false;
        Set<Model.Once> ended = new HashSet<>();
        for (int step = 0; step < 40; step++) {
            scene.advance(Duration.ofSeconds(random.nextInt(4 * 3600)));
            Instant now = scene.loop.now();
            // The tick may be up to a second late.
            operatorOn = operatorOn && operatorUntil.map(now::isBefore).orElse(true);
            switch (random.nextInt(8)) {
                case 0 -> {
                    Optional<Duration> length = random.nextBoolean()
                            ? Optional.of(Duration.ofMinutes(1 + random.nextInt(300)))
                            : Optional.empty();
                    scene.shows.start("Operator", Optional.empty(), Set.of(), length);
                    operatorUntil = length.map(now::plus);
                    operatorOn = true;
                }
                case 1 -> {
                    Optional<Model.Once> on = model.at(now, ended);
                    if (operatorOn || on.isPresent()) {
                        scene.shows.end();
                        if (!operatorOn) {
                            ended.add(on.orElseThrow());
                        }
                        operatorOn = false;
                    }
                }
                case 2 -> {
                    scene.restart();
                    scene.use(yaml(model));
                }
                default -> scene.advance(Duration.ofSeconds(1));
            }
            now = scene.loop.now();
            operatorOn = operatorOn && operatorUntil.map(now::isBefore).orElse(true);
            scene.advance(Duration.ofSeconds(1));
            Optional<Model.Once> expected = model.at(now, ended);
            Optional<Model.Once> oneLater = model.at(scene.loop.now(), ended);
            boolean changing = !expected.equals(oneLater)
                    || (operatorOn
                            && !operatorUntil.map(scene.loop.now()::isBefore).orElse(true));
            if (!changing) {
                assertThat(scene.on())
                        .as("%s, step %d, %s in %s", where, step, now, model)
                        .isEqualTo(
                                operatorOn
                                        ? "Operator"
                                        : expected.map(Model.Once::name).orElse("-"));
            }
        }
        scene.shows.close();
    }

    private static Model model(Random random) {
        List<Weekly> weekly = new ArrayList<>();
        int shows = random.nextInt(7);
        for (int i = 0; i < shows; i++) {
            Set<DayOfWeek> days = new HashSet<>();
            days.add(DayOfWeek.of(1 + random.nextInt(7)));
            days.add(DayOfWeek.of(1 + random.nextInt(7)));
            if (random.nextInt(3) == 0) {
                days.addAll(List.of(DayOfWeek.values()));
            }
            weekly.add(new Weekly("Show" + i, days, time(random), time(random)));
        }
        return new Model(weekly, ZoneId.of(ZONES.get(random.nextInt(ZONES.size()))));
    }

    /** Often in the small hours, where the clock changes. */
    private static LocalTime time(Random random) {
        return LocalTime.of(random.nextInt(random.nextBoolean() ? 4 : 24), random.nextInt(4) * 15);
    }

    private static String yaml(Model model) {
        return "shows: {time_zone: " + model.zone() + ", weekly: ["
                + String.join(", ", model.weekly().stream().map(Weekly::yaml).toList()) + "]}";
    }
}
