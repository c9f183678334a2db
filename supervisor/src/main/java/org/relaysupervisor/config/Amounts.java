package org.relaysupervisor.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values with a unit: durations and sizes. A number alone is refused, since nobody can tell what it counts. */
final class Amounts {
    private static final Pattern AMOUNT = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,3})?) ?([A-Za-z]*)");

    private Amounts() {}

    /** Both bounds are allowed. The precision is one millisecond. */
    static Reading<Duration> duration(Duration least, Duration most) {
        String rule = "must be a duration from " + text(least) + " to " + text(most);
        return text -> {
            Matcher amount = AMOUNT.matcher(text);
            if (!amount.matches()) {
                throw new Refused(rule + ", such as 500ms, 5s, 10m or 2h");
            }
            Duration duration = Duration.ofMillis(times(amount.group(1), milliseconds(amount)));
            if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
                throw new Refused(rule);
            }
            return duration;
        };
    }

    /** Like {@link #duration}, for programs that count in seconds. */
    static Reading<Duration> wholeSeconds(Duration least, Duration most) {
        return text -> {
            Duration duration = duration(least, most).read(text);
            if (duration.toMillisPart() != 0) {
                throw new Refused("must be in whole seconds, such as 10s");
            }
            return duration;
        };
    }

    /** In bytes; both bounds are allowed. */
    static Reading<Long> size(long least, long most) {
        String rule = "must be a size from " + text(least) + " to " + text(most);
        return text -> {
            Matcher amount = AMOUNT.matcher(text);
            if (!amount.matches()) {
                throw new Refused(rule + ", such as 64KiB or 400MiB");
            }
            long size = times(amount.group(1), bytes(amount));
            if (size < least || size > most) {
                throw new Refused(rule);
            }
            return size;
        };
    }

    private static long milliseconds(Matcher amount) throws Refused {
        String number = amount.group(1);
        return switch (amount.group(2).toLowerCase(Locale.ROOT)) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            case "" ->
                throw new Refused(
                        "must have a unit: " + number + "ms, " + number + "s, " + number + "m or " + number + "h");
            case "d" -> throw new Refused("must be in ms, s, m or h; a day is 24h");
            case "min", "mins" -> throw new Refused("must be in ms, s, m or h; write " + number + "m");
            case "sec", "secs" -> throw new Refused("must be in ms, s, m or h; write " + number + "s");
            default -> throw new Refused("must be in ms, s, m or h, such as " + number + "s");
        };
    }

    private static long bytes(Matcher amount) throws Refused {
        String number = amount.group(1);
        return switch (amount.group(2).toLowerCase(Locale.ROOT)) {
            case "kib" -> 1L << 10;
            case "mib" -> 1L << 20;
            case "gib" -> 1L << 30;
            case "" -> throw new Refused("must have a unit: " + number + "KiB, " + number + "MiB or " + number + "GiB");
            case "k", "kb" -> throw new Refused("must be in KiB, MiB or GiB; write " + number + "KiB");
            case "m", "mb" -> throw new Refused("must be in KiB, MiB or GiB; write " + number + "MiB");
            case "g", "gb" -> throw new Refused("must be in KiB, MiB or GiB; write " + number + "GiB");
            default -> throw new Refused("must be in KiB, MiB or GiB, such as " + number + "MiB");
        };
    }

    private static long times(String number, long unit) {
        return new BigDecimal(number).multiply(BigDecimal.valueOf(unit)).longValue();
    }

    private static String text(Duration duration) {
        if (duration.toMillisPart() != 0) {
            return duration.toMillis() + "ms";
        }
        if (duration.isZero() || duration.toSecondsPart() != 0) {
            return duration.toSeconds() + "s";
        }
        return duration.toMinutesPart() != 0 ? duration.toMinutes() + "m" : duration.toHours() + "h";
    }

    private static String text(long bytes) {
        if (bytes % (1L << 30) == 0 && bytes > 0) {
            return (bytes >> 30) + "GiB";
        }
        return bytes % (1L << 20) == 0 && bytes > 0 ? (bytes >> 20) + "MiB" : (bytes >> 10) + "KiB";
    }
}
