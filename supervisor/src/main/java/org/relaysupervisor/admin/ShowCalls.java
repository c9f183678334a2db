package org.relaysupervisor.admin;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.relaysupervisor.audio.DeadAirKind;
import org.relaysupervisor.http.HttpCall;

/** What {@code POST /show/start} is told. */
final class ShowCalls {
    private static final int LONGEST_NAME = 100;
    private static final long MOST_SECONDS = Duration.ofDays(31).toSeconds();

    private ShowCalls() {}

    static String name(HttpCall call) {
        String name = call.parameter("name").orElse("").strip();
        boolean printable = name.equals(Plain.text(name));
        if (name.isEmpty() || name.codePointCount(0, name.length()) > LONGEST_NAME || !printable) {
            throw new Refused(
                    400,
                    "a show's name is 1 to " + LONGEST_NAME + " characters on one line, without control characters");
        }
        return name;
    }

    static Set<String> expected(HttpCall call) {
        List<String> kinds =
                Stream.of(DeadAirKind.values()).map(DeadAirKind::label).toList();
        Set<String> expected = new LinkedHashSet<>();
        for (String kind : call.parameter("expect").orElse("").split(",", -1)) {
            if (!kind.isEmpty() && !kinds.contains(kind)) {
                throw new Refused(
                        400, "there is no dead air of kind " + kind + "; there are " + String.join(", ", kinds));
            }
            if (!kind.isEmpty()) {
                expected.add(kind);
            }
        }
        return expected;
    }

    static Optional<Duration> duration(HttpCall call) {
        return Refused.number(call, "seconds", 1, MOST_SECONDS).map(Duration::ofSeconds);
    }
}
