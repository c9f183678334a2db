package org.relaysupervisor.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes the clock of a configuration run faster: each duration in it is divided by one factor, and nothing else is touched, which
 * {@link #apply} proves each time. Values in seconds that are compared with what the relay measures are no durations of it.
 */
record CompressedTime(long factor) {
    /** Where Prometheus, Alertmanager and Blackbox take durations: these keys, ranges, and offsets. */
    private static final Pattern DURATION = Pattern.compile("((?<![\\w.-])(?:for|scrape_interval|scrape_timeout"
            + "|evaluation_interval|timeout|group_wait|group_interval|repeat_interval): +|\\[|\\boffset |for-grace-period=)"
            + "(\\d+)(ms|[smhdw])\\b");

    private static final Map<String, Long> MILLISECONDS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L, "w", 604_800_000L);

    /** @throws AssertionError when a duration can't be divided without a rest, or anything else would differ */
    String apply(String text) {
        String compressed = DURATION.matcher(text).replaceAll(duration -> {
            long whole = milliseconds(duration);
            assertThat(whole % factor)
                    .as("rest of %s by %s", duration.group(), factor)
                    .isZero();
            return Matcher.quoteReplacement(duration.group(1) + whole / factor + "ms");
        });
        prove(text, compressed);
        return compressed;
    }

    private void prove(String text, String compressed) {
        assertThat(masked(compressed)).isEqualTo(masked(text));
        assertThat(durations(compressed).stream().map(each -> each * factor).toList())
                .isEqualTo(durations(text));
        if (text.contains(": ")) {
            assertThat(inMilliseconds(Rules.yaml(compressed), factor)).isEqualTo(inMilliseconds(Rules.yaml(text), 1));
        }
    }

    private static String masked(String text) {
        return DURATION.matcher(text).replaceAll("$1DURATION");
    }

    private static List<Long> durations(String text) {
        return DURATION.matcher(text)
                .results()
                .map(CompressedTime::milliseconds)
                .toList();
    }

    private static long milliseconds(MatchResult duration) {
        return Long.parseLong(duration.group(2)) * MILLISECONDS.get(duration.group(3));
    }

    /** The document as a parser sees it, with every text that is a duration, or has one in it, in milliseconds. */
    private static Object inMilliseconds(Object node, long factor) {
        if (node instanceof Map<?, ?> map) {
            Map<Object, Object> result = new LinkedHashMap<>();
            map.forEach((key, value) -> result.put(key, inMilliseconds(value, key + ": ", factor)));
            return result;
        }
        if (node instanceof List<?> list) {
            return list.stream().map(item -> inMilliseconds(item, factor)).toList();
        }
        return node instanceof String text ? inMilliseconds(text, "", factor) : node;
    }

    private static Object inMilliseconds(Object value, String before, long factor) {
        if (!(value instanceof String text)) {
            return inMilliseconds(value, factor);
        }
        return DURATION.matcher(before + text)
                .replaceAll(duration ->
                        Matcher.quoteReplacement(duration.group(1) + milliseconds(duration) * factor + "ms"));
    }
}
