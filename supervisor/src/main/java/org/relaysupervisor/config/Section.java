package org.relaysupervisor.config;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One mapping of the file, read key by key. A value that is wrong is reported and its default taken, so that reading goes on and
 * every problem is found in one go. A key that nobody asked for is reported by {@link #close()}.
 */
final class Section implements AutoCloseable {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(ms|s|m|h)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(B|KiB|MiB|GiB)");
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final int MAXIMUM_TEXT = 500;

    private final Reports reports;
    private final Path directory;
    private final String name;
    private final Optional<MappingNode> node;
    private final Map<String, NodeTuple> entries = new LinkedHashMap<>();
    private final Set<String> known = new LinkedHashSet<>();

    /**
     * @param directory that relative paths are resolved against
     * @param name as in {@code listeners}, for messages; empty for the whole file
     * @param node empty when the section was left out
     */
    Section(Reports reports, Path directory, String name, Optional<Node> node) {
        this.reports = reports;
        this.directory = directory;
        this.name = name;
        this.node = node.filter(present -> !isNull(present)).flatMap(this::asMapping);
        this.node.ifPresent(this::index);
    }

    private Optional<MappingNode> asMapping(Node present) {
        if (present instanceof MappingNode mapping) {
            return Optional.of(mapping);
        }
        reports.error(present, (name.isEmpty() ? "the file" : name) + " must be a list of \"key: value\" lines");
        return Optional.empty();
    }

    private void index(MappingNode mapping) {
        for (NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                reports.error(entry.getKeyNode(), "a key must be a plain word");
            } else if (entries.putIfAbsent(key.getValue(), entry) != null) {
                reports.error(key, path(key.getValue()) + " is set twice; keep one");
            }
        }
    }

    private static boolean isNull(Node value) {
        return value instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
    }

    private String path(String key) {
        return name.isEmpty() ? key : name + "." + key;
    }

    /** The value of a key; empty when it is left out or has nothing behind its colon. */
    Optional<Node> value(String key) {
        known.add(key);
        return Optional.ofNullable(entries.get(key))
                .map(NodeTuple::getValueNode)
                .filter(value -> !isNull(value));
    }

    /** A nested section. */
    Section section(String key) {
        return new Section(reports, directory, path(key), value(key));
    }

    /** The items of a list; empty when it is left out. */
    Optional<List<Section>> sections(String key) {
        Optional<Node> value = value(key);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (!(value.get() instanceof SequenceNode sequence)) {
            reports.error(value.get(), path(key) + " must be a list, each item beginning with \"- \"");
            return Optional.of(List.of());
        }
        List<Section> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            items.add(new Section(reports, directory, path(key) + "[" + items.size() + "]", Optional.of(item)));
        }
        return Optional.of(items);
    }

    /** Reports a problem at a key's value, or at the section when the key is left out. */
    void error(String key, String message) {
        position(key).ifPresentOrElse(at -> reports.error(at, message), () -> reports.errorOfFile(message));
    }

    void warning(String key, String message) {
        position(key).ifPresentOrElse(at -> reports.warning(at, message), () -> reports.warningOfFile(message));
    }

    private Optional<Node> position(String key) {
        return Optional.ofNullable(entries.get(key))
                .map(NodeTuple::getValueNode)
                .or(() -> node);
    }

    private Optional<ScalarNode> scalar(String key, String allowed) {
        Optional<Node> value = value(key);
        if (value.isPresent() && !(value.get() instanceof ScalarNode)) {
            reports.error(value.get(), path(key) + " must be " + allowed);
        }
        return value.filter(ScalarNode.class::isInstance).map(ScalarNode.class::cast);
    }

    /** Any text of one line. */
    String text(String key, String defaultValue) {
        return optionalText(key).orElse(defaultValue);
    }

    Optional<String> optionalText(String key) {
        Optional<ScalarNode> value = scalar(key, "text");
        if (value.isEmpty()) {
            return Optional.empty();
        }
        String text = value.get().getValue();
        if (text.isEmpty() || text.length() > MAXIMUM_TEXT || text.codePoints().anyMatch(Character::isISOControl)) {
            reports.error(
                    value.get(),
                    path(key) + " must be text of 1 to " + MAXIMUM_TEXT + " characters without control characters");
            return Optional.empty();
        }
        return Optional.of(text);
    }

    /** Text that a pattern describes; null when it is left out or wrong, which is then reported. */
    String requiredText(String key, Pattern pattern, String allowed) {
        Optional<String> text = optionalText(key);
        if (text.isEmpty()) {
            if (value(key).isEmpty()) {
                error(key, path(key) + " is missing: " + allowed);
            }
            return null;
        }
        if (!pattern.matcher(text.get()).matches()) {
            error(key, path(key) + " is " + quoted(text.get()) + ", but must be " + allowed);
            return null;
        }
        return text.get();
    }

    boolean flag(String key, boolean defaultValue) {
        Optional<ScalarNode> value = scalar(key, "true or false");
        if (value.isEmpty()) {
            return defaultValue;
        }
        String text = value.get().getValue();
        if (!text.equals("true") && !text.equals("false")) {
            reports.error(value.get(), path(key) + " is " + quoted(text) + ", but must be true or false");
            return defaultValue;
        }
        return text.equals("true");
    }

    int integer(String key, int defaultValue, int minimum, int maximum) {
        return (int) number(key, defaultValue, minimum, maximum, "a whole number", Pattern.compile("-?\\d{1,9}"));
    }

    double decimal(String key, double defaultValue, double minimum, double maximum) {
        return number(key, defaultValue, minimum, maximum, "a number", Pattern.compile("-?\\d{1,9}(\\.\\d{1,9})?"));
    }

    private double number(String key, double defaultValue, double minimum, double maximum, String kind, Pattern form) {
        String allowed = kind + " from " + plain(minimum) + " to " + plain(maximum);
        Optional<ScalarNode> value = scalar(key, allowed);
        if (value.isEmpty()) {
            return defaultValue;
        }
        String text = value.get().getValue();
        if (form.matcher(text).matches()) {
            double number = Double.parseDouble(text);
            if (number >= minimum && number <= maximum) {
                return number;
            }
        }
        reports.error(value.get(), path(key) + " is " + quoted(text) + ", but must be " + allowed);
        return defaultValue;
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    int port(String key, int defaultValue) {
        return integer(key, defaultValue, 1, 65_535);
    }

    Duration duration(String key, Duration defaultValue, Duration minimum, Duration maximum) {
        String allowed = "a time from " + text(minimum) + " to " + text(maximum) + ", written like 500ms, 5s, 10m, 1h";
        Optional<ScalarNode> value = scalar(key, allowed);
        if (value.isEmpty()) {
            return defaultValue;
        }
        Optional<Duration> duration = parseDuration(value.get().getValue());
        if (duration.isPresent()
                && duration.get().compareTo(minimum) >= 0
                && duration.get().compareTo(maximum) <= 0) {
            return duration.get();
        }
        reports.error(value.get(), path(key) + " is " + quoted(value.get().getValue()) + ", but must be " + allowed);
        return defaultValue;
    }

    private static Optional<Duration> parseDuration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long amount = Long.parseLong(matcher.group(1));
        return Optional.of(
                switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(amount);
                    case "s" -> Duration.ofSeconds(amount);
                    case "m" -> Duration.ofMinutes(amount);
                    default -> Duration.ofHours(amount);
                });
    }

    static String text(Duration duration) {
        if (duration.toMillis() % 1000 != 0) {
            return duration.toMillis() + "ms";
        }
        if (duration.isZero() || duration.toSeconds() % 60 != 0) {
            return duration.toSeconds() + "s";
        }
        return duration.toMinutes() % 60 == 0 ? duration.toHours() + "h" : duration.toMinutes() + "m";
    }

    /** A size in bytes. */
    long size(String key, long defaultValue, long minimum, long maximum) {
        String allowed =
                "a size from " + sizeText(minimum) + " to " + sizeText(maximum) + ", written like 64KiB, 400MiB";
        Optional<ScalarNode> value = scalar(key, allowed);
        if (value.isEmpty()) {
            return defaultValue;
        }
        OptionalLong size = parseSize(value.get().getValue());
        if (size.isPresent() && size.getAsLong() >= minimum && size.getAsLong() <= maximum) {
            return size.getAsLong();
        }
        reports.error(value.get(), path(key) + " is " + quoted(value.get().getValue()) + ", but must be " + allowed);
        return defaultValue;
    }

    private static OptionalLong parseSize(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        int shift = switch (matcher.group(2)) {
            case "B" -> 0;
            case "KiB" -> 10;
            case "MiB" -> 20;
            default -> 30;
        };
        return OptionalLong.of(Long.parseLong(matcher.group(1)) << shift);
    }

    private static String sizeText(long bytes) {
        return bytes % (1L << 30) == 0
                ? (bytes >> 30) + "GiB"
                : bytes % (1 << 20) == 0 ? (bytes >> 20) + "MiB" : (bytes >> 10) + "KiB";
    }

    /** One of an enum's constants, written in lower case. */
    <E extends Enum<E>> E choice(String key, E defaultValue) {
        Class<E> type = defaultValue.getDeclaringClass();
        List<String> allowed = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            allowed.add(constant.name().toLowerCase(Locale.ROOT));
        }
        Optional<ScalarNode> value = scalar(key, "one of " + String.join(", ", allowed));
        if (value.isEmpty()) {
            return defaultValue;
        }
        String text = value.get().getValue();
        if (!allowed.contains(text)) {
            reports.error(
                    value.get(),
                    path(key) + " is " + quoted(text) + ", but must be one of " + String.join(", ", allowed)
                            + Suggestion.among(allowed, text));
            return defaultValue;
        }
        return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
    }

    /** A path, absolute afterwards. */
    Optional<Path> file(String key) {
        return optionalText(key).map(text -> directory.resolve(text).normalize());
    }

    Optional<URI> url(String key, Set<String> schemes) {
        Optional<String> text = optionalText(key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            URI url = new URI(text.get());
            if (url.getScheme() != null && schemes.contains(url.getScheme()) && url.getHost() != null) {
                return Optional.of(url);
            }
        } catch (URISyntaxException e) {
            // Reported below like any other text that is no address.
        }
        error(key, path(key) + " must be an address that begins with one of " + String.join("://, ", schemes) + "://");
        return Optional.empty();
    }

    /** An IP address in figures: a name could mean another address tomorrow. */
    InetAddress address(String key, InetAddress defaultValue) {
        return scalar(key, "an IP address")
                .flatMap(value -> parseAddress(value, path(key)))
                .orElse(defaultValue);
    }

    Set<InetAddress> addresses(String key, Set<InetAddress> defaultValue) {
        Optional<Node> value = value(key);
        if (value.isEmpty()) {
            return defaultValue;
        }
        Set<InetAddress> addresses = new LinkedHashSet<>();
        if (value.get() instanceof SequenceNode sequence) {
            for (Node item : sequence.getValue()) {
                if (item instanceof ScalarNode scalar) {
                    parseAddress(scalar, path(key)).ifPresent(addresses::add);
                } else {
                    reports.error(item, path(key) + " must be a list of IP addresses");
                }
            }
        } else {
            reports.error(value.get(), path(key) + " must be a list of IP addresses, like [127.0.0.1, \"::1\"]");
        }
        return addresses;
    }

    private Optional<InetAddress> parseAddress(ScalarNode value, String where) {
        String text = value.getValue();
        try {
            // Only text in figures gets here, so nothing is ever looked up.
            if (IPV4.matcher(text).matches() || (text.contains(":") && text.matches("[0-9A-Fa-f:.]+"))) {
                return Optional.of(InetAddress.getByName(text));
            }
        } catch (UnknownHostException e) {
            // Reported below like any other text that is no address.
        }
        String hint = text.equals("localhost") ? "; for localhost write 127.0.0.1" : "";
        reports.error(
                value,
                where + " is " + quoted(text) + ", but must be an IP address such as 127.0.0.1, 0.0.0.0 or \"::\""
                        + hint);
        return Optional.empty();
    }

    /** Where a secret is kept. What stands there in plain text is never repeated in a message. */
    SecretSource secret(String key, String generatedName) {
        Optional<Node> value = value(key);
        SecretSource generated = new SecretSource.Generated(generatedName);
        if (value.isEmpty()) {
            return generated;
        }
        if (value.get() instanceof ScalarNode scalar) {
            if (!scalar.getValue().equals("generated")) {
                reports.error(
                        scalar,
                        path(key) + " holds a password in plain text, which does not belong in this file: write"
                                + " generated, or put it into a file and write {file: /path/to/it}");
            }
            return generated;
        }
        try (Section place = section(key)) {
            Map<String, SecretSource> found = new HashMap<>();
            place.file("file").ifPresent(file -> found.put("file", new SecretSource.InFile(file)));
            place.optionalText("credential")
                    .ifPresent(credential -> found.put("credential", new SecretSource.Credential(credential)));
            place.optionalText("environment")
                    .ifPresent(variable -> found.put("environment", new SecretSource.Environment(variable)));
            if (found.size() != 1 && reports.isClean(place.node)) {
                error(key, path(key) + " must have exactly one of file, credential, environment");
            }
            return found.values().stream().findFirst().orElse(generated);
        }
    }

    /** Reports the keys that nobody asked for. */
    @Override
    public void close() {
        entries.forEach((key, entry) -> {
            if (!known.contains(key)) {
                reports.error(
                        entry.getKeyNode(),
                        (name.isEmpty() ? "there is no section " : name + " has no key ")
                                + quoted(key)
                                + Suggestion.among(List.copyOf(known), key)
                                + "; there are: "
                                + String.join(", ", known));
            }
        });
    }

    private static String quoted(String text) {
        String printable = text.replaceAll("\\p{Cntrl}", "?");
        return '"' + (printable.length() > 60 ? printable.substring(0, 60) + "..." : printable) + '"';
    }
}
