package org.relaysupervisor.config;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The kinds of values that the file has, each with its bounds; {@link Amounts} has those with units. */
final class Readings {
    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]{1,9}");
    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,9}(\\.[0-9]{1,9})?");
    private static final Pattern IPV4 = Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,32}");
    private static final int LONGEST_QUOTE = 40;

    /** Unix sockets aside, what Linux accepts. */
    private static final int LONGEST_PATH = 4095;

    private static final int LONGEST_URL = 2000;

    private Readings() {}

    /** Both bounds are allowed. */
    static Reading<Integer> wholeNumber(int least, int most) {
        return text -> {
            if (WHOLE_NUMBER.matcher(text).matches()) {
                int number = Integer.parseInt(text);
                if (number >= least && number <= most) {
                    return number;
                }
            }
            throw new Refused("must be a whole number from " + least + " to " + most);
        };
    }

    /** Both bounds are allowed. */
    static Reading<Double> decimal(double least, double most) {
        return text -> {
            if (DECIMAL.matcher(text).matches()) {
                double number = Double.parseDouble(text);
                if (number >= least && number <= most) {
                    return number;
                }
            }
            throw new Refused(String.format(Locale.ROOT, "must be a number from %.0f to %.0f", least, most));
        };
    }

    static Reading<Boolean> flag() {
        return text -> switch (text) {
            case "true", "True", "TRUE" -> true;
            case "false", "False", "FALSE" -> false;
            case "yes", "Yes", "YES", "on", "On", "ON" -> throw new Refused("must be true or false; write true");
            case "no", "No", "NO", "off", "Off", "OFF" -> throw new Refused("must be true or false; write false");
            default -> throw new Refused("must be true or false");
        };
    }

    /** One of an enum's constants, in any case. */
    static <E extends Enum<E>> Reading<E> oneOf(Class<E> type) {
        List<String> words = Stream.of(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .toList();
        return text -> {
            return type.getEnumConstants()[words.indexOf(word(words).read(text.toLowerCase(Locale.ROOT)))];
        };
    }

    /** One of these words, as it stands. */
    static Reading<String> word(Collection<String> words) {
        return text -> {
            if (!words.contains(text)) {
                throw new Refused("must be one of " + String.join(", ", words) + Nearest.hint(text, words));
            }
            return text;
        };
    }

    /** Text on one line that every format it is rendered into can carry. */
    static Reading<String> text(int longest) {
        return text -> {
            if (text.codePoints().anyMatch(Readings::isUnspeakable)) {
                throw new Refused("must be text on one line, without control characters");
            }
            if (text.codePointCount(0, text.length()) > longest) {
                throw new Refused("must be at most " + longest + " characters");
            }
            return text;
        };
    }

    static Reading<String> nonBlankText(int longest) {
        return text -> {
            String read = text(longest).read(text);
            if (read.isBlank()) {
                throw new Refused("must not be blank");
            }
            return read;
        };
    }

    /** Control characters, halves of characters, line separators, and what XML 1.0 has no place for. */
    static boolean isUnspeakable(int c) {
        int type = Character.getType(c);
        return type == Character.CONTROL
                || type == Character.SURROGATE
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || c == 0xFFFE
                || c == 0xFFFF;
    }

    /** @param rule what is said of a value that does not match, as in "must be ..." */
    static Reading<String> matching(Pattern pattern, String rule) {
        return text -> {
            if (!pattern.matcher(text).matches()) {
                throw new Refused(rule);
            }
            return text;
        };
    }

    /** A word of the operator's own by which other places of the file, metrics and commands speak of a thing. */
    static Reading<String> name() {
        return matching(NAME, "must be 1 to 32 letters, digits, \"-\" or \"_\", such as studio");
    }

    /** A literal, so that no name server is ever asked. */
    static Reading<InetAddress> address() {
        return text -> {
            if (IPV4.matcher(text).matches() || IPV6.matcher(text).matches()) {
                return literal(text);
            }
            throw new Refused(hintForAddress(text));
        };
    }

    /** @throws IllegalArgumentException for what is not a literal */
    static InetAddress literalAddress(String text) {
        try {
            return address().read(text);
        } catch (Refused e) {
            throw new IllegalArgumentException(text + " " + e.getMessage(), e);
        }
    }

    private static InetAddress literal(String text) throws Refused {
        if (!text.contains(":") && Stream.of(text.split("\\.")).anyMatch(part -> Integer.parseInt(part) > 255)) {
            throw new Refused("must be an IP address; no part of one is above 255");
        }
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new Refused("must be an IP address, such as 127.0.0.1 or \"::1\"");
        }
    }

    private static String hintForAddress(String text) {
        if (text.toLowerCase(Locale.ROOT).startsWith("localhost")) {
            return "must be an IP address, not a name; write 127.0.0.1 or \"::1\"";
        }
        if (text.contains("/")) {
            return "must be one IP address, not a range; list each address";
        }
        if (text.equals("*")) {
            return "must be an IP address; for every address of this machine write 0.0.0.0 or \"::\"";
        }
        return "must be an IP address, such as 127.0.0.1, 0.0.0.0, \"::1\" or \"::\"; names are not looked up";
    }

    /** An absolute path; a relative one is taken from the directory of the file. */
    static Reading<Path> path(Path directory) {
        return text -> {
            if (text.isBlank()
                    || text.length() > LONGEST_PATH
                    || text.codePoints().anyMatch(Readings::isUnspeakable)) {
                throw new Refused("must be the path of a file or directory, such as /srv/radio/music");
            }
            if (text.startsWith("~")) {
                throw new Refused("must be a whole path; ~ is not understood here, write /home/...");
            }
            try {
                return directory.resolve(text).normalize();
            } catch (InvalidPathException e) {
                throw new Refused("cannot be a path in this locale; run with LANG=C.UTF-8");
            }
        };
    }

    /**
     * An address with one of these schemes and a host. A refusal never repeats it, and a user name or password within is refused:
     * these addresses show in the log and in {@code status}.
     */
    static Reading<URI> url(String... schemes) {
        String rule = "must be an address that begins with "
                + Stream.of(schemes).map(scheme -> scheme + "://").collect(Collectors.joining(", "));
        return text -> {
            URI url = uri(text).orElseThrow(() -> new Refused(rule + "; write special characters as %20 and the like"));
            if (url.getScheme() == null
                    || !List.of(schemes).contains(url.getScheme().toLowerCase(Locale.ROOT))) {
                throw new Refused(rule);
            }
            if (url.getRawUserInfo() != null || (url.getHost() == null && text.contains("@"))) {
                throw new Refused("must not hold a user name or a password, since addresses show in the log");
            }
            if (url.getHost() == null || text.length() > LONGEST_URL) {
                throw new Refused(rule + ", then a host name");
            }
            return url;
        };
    }

    private static Optional<URI> uri(String text) {
        try {
            return Optional.of(new URI(text));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** A word of the file for a message: short, on one line. */
    static String quoted(String word) {
        StringBuilder quoted = new StringBuilder("\"");
        word.codePoints()
                .limit(LONGEST_QUOTE)
                .map(c -> isUnspeakable(c) ? '?' : c)
                .forEach(quoted::appendCodePoint);
        boolean cut = word.codePointCount(0, word.length()) > LONGEST_QUOTE;
        return quoted.append(cut ? "..." : "").append('"').toString();
    }
}
