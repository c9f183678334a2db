package org.relaysupervisor.monitoring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The rules of {@code monitoring/rules}. */
final class Rules {
    private Rules() {}

    /** @param name of the alert, or of what is recorded */
    record Rule(String name, boolean isAlert, String expression, Map<?, ?> labels, Map<?, ?> annotations) {}

    static List<Rule> in(Path directory) throws IOException {
        List<Rule> rules = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.sorted()
                    .forEach(file -> ((List<?>) map(yaml(file)).get("groups"))
                            .stream()
                                    .flatMap(group -> ((List<?>) map(group).get("rules")).stream())
                                    .map(rule -> rule(map(rule)))
                                    .forEach(rules::add));
        }
        return rules;
    }

    private static Rule rule(Map<?, ?> rule) {
        boolean alert = rule.containsKey("alert");
        return new Rule(
                (String) rule.get(alert ? "alert" : "record"),
                alert,
                (String) rule.get("expr"),
                map(rule.get("labels")),
                map(rule.get("annotations")));
    }

    static Object yaml(Path file) {
        try {
            return yaml(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Object yaml(String text) {
        return new Load(LoadSettings.builder().setMaxAliasesForCollections(1000).build()).loadFromString(text);
    }

    static Map<?, ?> map(Object value) {
        return value == null ? Map.of() : (Map<?, ?>) value;
    }
}
