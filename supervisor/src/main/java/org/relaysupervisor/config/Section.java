package org.relaysupervisor.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * One mapping of the file. Asking it for a key always gives a value: what is wrong is recorded, the default returned, and the
 * reading goes on, so that every problem of the file comes out in one pass. The keys that were asked for are the keys that
 * exist; {@link #reportUnknownKeys} complains about the others.
 */
final class Section {
    private static final Set<String> NOTHING = Set.of("", "~", "null", "Null", "NULL");

    private final String path;
    private final Place place;
    private final Problems problems;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Set<String> known = new LinkedHashSet<>();
    private final Map<String, Section> subsections = new HashMap<>();
    private final Map<String, Optional<List<Section>>> lists = new HashMap<>();

    private record Entry(Place keyPlace, Node value) {}

    private Section(String path, Place place, Problems problems) {
        this.path = path;
        this.place = place;
        this.problems = problems;
    }

    static Section of(String path, MappingNode mapping, Problems problems) {
        Section section = new Section(path, Place.of(mapping.getStartMark()), problems);
        mapping.getValue().forEach(section::add);
        return section;
    }

    private void add(NodeTuple tuple) {
        Place keyPlace = Place.of(tuple.getKeyNode().getStartMark());
        if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
            problems.error(keyPlace, "a key must be one plain word");
            return;
        }
        Entry first = entries.putIfAbsent(key.getValue(), new Entry(keyPlace, tuple.getValueNode()));
        if (first != null) {
            problems.error(
                    keyPlace, "a second time the same key; it is there already on line " + first.keyPlace.line());
        }
    }

    /** The value of a key, or the fallback when it is left out or wrong. */
    <T> T value(String key, T fallback, Reading<T> reading) {
        return optional(key, reading).orElseGet(() -> {
            refuseNothing(key);
            return fallback;
        });
    }

    /** The value of a key that has no default; the placeholder when it is missing or wrong, which is a problem. */
    <T> T required(String key, T placeholder, Reading<T> reading) {
        if (!has(key)) {
            known.add(key);
            problems.error(place, name(key) + " is missing here; it has no default");
            return placeholder;
        }
        return value(key, placeholder, reading);
    }

    /** The value of a key for which leaving it out, or leaving it empty, means none. */
    <T> Optional<T> optional(String key, Reading<T> reading) {
        known.add(key);
        return has(key) && !isNothing(key) ? read(key, entries.get(key).value, reading) : Optional.empty();
    }

    /** The values of a list, or the fallback when it is left out or wrong. */
    <T> List<T> values(String key, List<T> fallback, Reading<T> reading) {
        known.add(key);
        if (!has(key)) {
            return fallback;
        }
        if (!(entries.get(key).value instanceof SequenceNode list)) {
            error(key, "must be a list, such as [one, two]");
            return fallback;
        }
        List<T> values = new ArrayList<>();
        list.getValue().forEach(node -> read(key, node, reading).ifPresent(values::add));
        return values;
    }

    private <T> Optional<T> read(String key, Node node, Reading<T> reading) {
        Place at = Place.of(node.getStartMark());
        if (!(node instanceof ScalarNode scalar)) {
            problems.error(at, name(key) + " must be one value, not a list or a section");
            return Optional.empty();
        }
        try {
            return Optional.of(reading.read(scalar.getValue()));
        } catch (Refused e) {
            problems.error(at, name(key) + " " + e.getMessage());
            return Optional.empty();
        }
    }

    /** A section within; when it is left out or empty, one without keys, so that all its values are the defaults. */
    Section section(String key) {
        known.add(key);
        return subsections.computeIfAbsent(key, this::open);
    }

    private Section open(String key) {
        if (has(key) && entries.get(key).value instanceof MappingNode mapping) {
            return of(name(key), mapping, problems);
        }
        if (has(key) && !isNothing(key)) {
            error(key, "must be a section: its keys on the lines below, indented");
        }
        return new Section(name(key), place(key), problems);
    }

    /** The sections of a list; empty when the whole list is left out. */
    Optional<List<Section>> sections(String key) {
        known.add(key);
        return lists.computeIfAbsent(key, this::openList);
    }

    private Optional<List<Section>> openList(String key) {
        if (!has(key) || isNothing(key)) {
            return Optional.empty();
        }
        if (!(entries.get(key).value instanceof SequenceNode list)) {
            error(key, "must be a list: each entry begins with \"- \"");
            return Optional.empty();
        }
        List<Section> items = new ArrayList<>();
        for (Node node : list.getValue()) {
            if (node instanceof MappingNode mapping) {
                items.add(of(name(key), mapping, problems));
            } else {
                problems.error(
                        Place.of(node.getStartMark()), "an entry of " + name(key) + " must have keys and values");
            }
        }
        return Optional.of(items);
    }

    boolean isEmptyList(String key) {
        return has(key)
                && entries.get(key).value instanceof SequenceNode list
                && list.getValue().isEmpty();
    }

    /** The text of a key if it is a single value, for readings that depend on its shape; does not make the key known. */
    Optional<String> text(String key) {
        return has(key) && entries.get(key).value instanceof ScalarNode scalar
                ? Optional.of(scalar.getValue())
                : Optional.empty();
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    Set<String> keys() {
        return entries.keySet();
    }

    /** Whether a check that compares this value with others makes sense: not when it was wrong in itself. */
    boolean isSound(String key) {
        return !has(key) || !problems.hasErrorAt(place(key));
    }

    void error(String key, String message) {
        problems.error(place(key), name(key) + " " + message);
    }

    void warn(String key, String message) {
        problems.warn(place(key), name(key) + " " + message);
    }

    private void refuseNothing(String key) {
        if (has(key) && isNothing(key)) {
            error(key, "has no value; give it one, or remove the line to have the default");
        }
    }

    /** Call when all keys have been asked for, here and in the sections within. */
    void reportUnknownKeys() {
        entries.forEach((key, entry) -> {
            if (!known.contains(key)) {
                problems.error(entry.keyPlace, unknown(key));
            }
        });
        subsections.values().forEach(Section::reportUnknownKeys);
        lists.values().forEach(list -> list.ifPresent(items -> items.forEach(Section::reportUnknownKeys)));
    }

    private String unknown(String key) {
        String where = path.isEmpty() ? "there is no section " : "there is no such key in " + path + ": ";
        return where
                + Readings.quoted(key)
                + Nearest.to(key, known)
                        .map(word -> "; did you mean \"" + word + "\"?")
                        .orElse("; known are " + String.join(", ", known));
    }

    /** A key that has been complained of as a whole: what is in it is not looked at. */
    void ignore(String key) {
        known.add(key);
        if (subsections.containsKey(key)) {
            subsections.get(key).acceptAnyKeys();
        }
        lists.remove(key);
    }

    /** For a section that is not what it should be: one problem is enough, its keys are not looked at. */
    void acceptAnyKeys() {
        known.addAll(entries.keySet());
    }

    /** Of the value; of the section when the key is left out. */
    private Place place(String key) {
        return has(key) ? Place.of(entries.get(key).value.getStartMark()) : place;
    }

    private boolean isNothing(String key) {
        return entries.get(key).value instanceof ScalarNode scalar
                && scalar.isPlain()
                && NOTHING.contains(scalar.getValue());
    }

    private String name(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
