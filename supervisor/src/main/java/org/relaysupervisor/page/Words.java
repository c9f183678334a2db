package org.relaysupervisor.page;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.relaysupervisor.archive.GapCause;
import org.relaysupervisor.audio.DeadAir;
import org.relaysupervisor.audio.DeadAirCause;
import org.relaysupervisor.proxy.ProxySnapshot.Loss;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.status.SafeText;
import org.relaysupervisor.supervise.Cause;
import org.relaysupervisor.supervise.ChildState;

/** Names and values for somebody who has never read a log. */
final class Words {
    private static final int LONGEST = 300;

    private Words() {}

    /** Text that may come from anywhere, on one line, without what could turn the writing round, and not too long. */
    static String safe(String raw) {
        return SafeText.of(SafeText.cut(raw, LONGEST), '\ufffd');
    }

    /** In the two largest units, such as {@code 2 h 5 min}; below ten seconds with a tenth. */
    static String duration(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 10 && duration.toMillis() % 1000 >= 50) {
            return String.format(Locale.ROOT, "%.1f s", Math.max(0, duration.toMillis()) / 1000.0);
        }
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3_600) {
            return seconds / 60 + " min" + rest(seconds % 60, " s");
        }
        if (seconds < 86_400) {
            return seconds / 3_600 + " h" + rest(seconds % 3_600 / 60, " min");
        }
        return count(seconds / 86_400, "day", "days") + rest(seconds % 86_400 / 3_600, " h");
    }

    /** The same without fractions: what is shown while it runs. */
    static String running(Duration duration) {
        return duration(Duration.ofSeconds(duration.toSeconds()));
    }

    private static String rest(long value, String unit) {
        return value == 0 ? "" : " " + value + unit;
    }

    static String count(long number, String one, String many) {
        return number + " " + (number == 1 ? one : many);
    }

    /** Decimal units, as disks and providers count. */
    static String size(long bytes) {
        String[] units = {"bytes", "kB", "MB", "GB", "TB"};
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 || value >= 9.95 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    }

    /** Loudness to a tenth, with a true minus sign. */
    static String level(double value) {
        if (value == Double.NEGATIVE_INFINITY) {
            return "silence";
        }
        return String.format(Locale.ROOT, "%.1f", value).replace('-', '−');
    }

    /** Such as {@code a, b and c}. */
    static String list(List<String> items) {
        if (items.size() < 2) {
            return String.join("", items);
        }
        return String.join(", ", items.subList(0, items.size() - 1)) + " and " + items.get(items.size() - 1);
    }

    static String sentence(String words) {
        return words.isEmpty() ? words : words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    static String child(String name) {
        return switch (name) {
            case "icecast" -> "Icecast";
            case "liquidsoap" -> "Liquidsoap";
            case "recorder" -> "the recorder";
            case "decoder" -> "the decoder";
            default -> safe(name);
        };
    }

    /** Who sends what listeners hear. */
    static String source(RelaySnapshot relay) {
        return relay.isEdge() ? "the primary" : "Liquidsoap";
    }

    /** What it is there for. */
    static String purpose(String name) {
        if (name.startsWith("decoder")) {
            return "hears what listeners hear";
        }
        return switch (name) {
            case "icecast" -> "takes the stream in";
            case "liquidsoap" -> "plays the DJ, or else the standby";
            case "recorder" -> "records what is on the air";
            default -> "";
        };
    }

    static String state(ChildState state, boolean wanted) {
        return switch (state) {
            case UP -> "running";
            case STARTING -> "starting";
            case WAITING -> "waiting for another program";
            case STOPPING -> "stopping";
            case STOPPED -> wanted ? "not started yet" : "stopped by an operator";
            case BACKOFF -> "died, will be started again";
            case FAILED -> "keeps dying";
        };
    }

    static String cause(Cause cause) {
        return switch (cause) {
            case OOM -> "ran out of memory";
            case RSS -> "used more memory than it may";
            case LEAK -> "leaked memory, and was restarted before it ran out";
            case SIGNAL -> "was killed";
            case EXIT -> "ended by itself";
            case HANG -> "hung, and was killed";
            case OPERATOR -> "was restarted by an operator";
            case SPAWN -> "could not be started";
            case DRILL -> "was broken on purpose, by a drill";
        };
    }

    static String heard(DeadAir found) {
        return found.cause()
                .map(Words::heard)
                .orElseGet(() -> found.kind().label().replace('_', ' '));
    }

    private static String heard(DeadAirCause cause) {
        return switch (cause) {
            case NO_BYTES -> "no sound arrives";
            case DIGITAL_SILENCE -> "silence";
            case NEAR_SILENCE -> "next to silence";
            case DC -> "nothing but a direct current, as from a broken sound card";
            case STEADY_TONE -> "nothing but a steady tone";
            case LEFT_DEAD -> "the left channel is dead";
            case RIGHT_DEAD -> "the right channel is dead";
            case ANTIPHASE -> "the channels cancel each other out";
            case CLIPPING -> "it clips";
            case TOO_LOUD -> "it is much too loud";
            case TOO_QUIET -> "it is much too quiet";
            case FROZEN_LOOP -> "the same piece again and again";
            case STANDBY -> "the standby plays";
        };
    }

    static String gap(GapCause cause) {
        return switch (cause) {
            case RECORDER -> "the recorder died or hung";
            case OVERRUN -> "the disk or the machine was too slow";
            case DAEMON -> "this daemon or the machine was away";
            case DISK -> "the disk was full or could not be written";
            case NO_AUDIO -> "there was nothing on the air";
            case OPERATOR -> "an operator stopped it";
        };
    }

    static String lost(Loss loss) {
        return switch (loss) {
            case STALLED -> "their own connection took nothing for too long";
            case ICECAST_GONE -> "Icecast was away for too long";
            case SOURCE_GONE -> "there was nothing to play";
            case STOPPED -> "an operator stopped the stream";
            case NOT_RESUMED -> "they could not go on where an earlier daemon ended";
        };
    }
}
