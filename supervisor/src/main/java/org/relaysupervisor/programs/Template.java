package org.relaysupervisor.programs;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text with places for values: <code>{{name}}</code> is replaced by a value, and what stands between <code>{{#name}}</code> and
 * <code>{{/name}}</code> is repeated for each of a list, or left out. A section's tag alone on its line takes the line with it.
 *
 * <p>A place without a value and a value without a place are both errors, so that neither a template nor the code that fills it
 * can fall behind the other. Immutable.
 */
public final class Template {
    private static final Pattern TAG =
            Pattern.compile("(?m)^[ \\t]*\\{\\{([#/])(\\w+)}}[ \\t]*\\R|\\{\\{([#/]?)(\\w+)}}");

    private final String name;
    private final List<Part> parts;

    private Template(String name, List<Part> parts) {
        this.name = name;
        this.parts = parts;
    }

    private sealed interface Part {
        record Text(String text) implements Part {}

        record Place(String name) implements Part {}

        record Section(String name, List<Part> body) implements Part {}
    }

    private record OpenSection(String name, List<Part> body) {}

    /**
     * @param name for messages
     * @throws IllegalArgumentException when sections are not closed as they were opened
     */
    public static Template parse(String name, String source) {
        Deque<OpenSection> open = new ArrayDeque<>();
        open.push(new OpenSection("", new ArrayList<>()));
        Matcher tag = TAG.matcher(source);
        int from = 0;
        while (tag.find()) {
            addText(open.peek().body(), source.substring(from, tag.start()));
            from = tag.end();
            boolean ownLine = tag.group(2) != null;
            apply(name, open, tag.group(ownLine ? 1 : 3), tag.group(ownLine ? 2 : 4));
        }
        addText(open.peek().body(), source.substring(from));
        if (open.size() > 1) {
            throw new IllegalArgumentException(name + ": {{#" + open.peek().name() + "}} is not closed");
        }
        return new Template(name, List.copyOf(open.peek().body()));
    }

    private static void apply(String template, Deque<OpenSection> open, String kind, String name) {
        switch (kind) {
            case "#" -> open.push(new OpenSection(name, new ArrayList<>()));
            case "/" -> {
                OpenSection closed = open.pop();
                if (!closed.name().equals(name)) {
                    throw new IllegalArgumentException(
                            template + ": {{/" + name + "}} closes {{#" + closed.name() + "}}");
                }
                open.peek().body().add(new Part.Section(name, List.copyOf(closed.body())));
            }
            default -> open.peek().body().add(new Part.Place(name));
        }
    }

    private static void addText(List<Part> body, String text) {
        if (!text.isEmpty()) {
            body.add(new Part.Text(text));
        }
    }

    /**
     * @param literal writes a text as the template's language needs it
     * @throws IllegalArgumentException when places and values don't match, or a text can't be written in that language
     */
    public String render(Values values, UnaryOperator<String> literal) {
        requireUsed(parts, values);
        StringBuilder output = new StringBuilder();
        render(parts, List.of(values), literal, output);
        return output.toString();
    }

    private void render(List<Part> body, List<Values> scopes, UnaryOperator<String> literal, StringBuilder output) {
        for (Part part : body) {
            if (part instanceof Part.Text text) {
                output.append(text.text());
            } else if (part instanceof Part.Place place) {
                output.append(find(place.name(), scopes).write(literal));
            } else if (part instanceof Part.Section section) {
                for (Values inner : find(section.name(), scopes).repetitions()) {
                    List<Values> innerScopes = new ArrayList<>();
                    innerScopes.add(inner);
                    innerScopes.addAll(scopes);
                    render(section.body(), innerScopes, literal, output);
                }
            }
        }
    }

    private Values.Value find(String place, List<Values> scopes) {
        return scopes.stream()
                .filter(scope -> scope.has(place))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name + ": there is no value for {{" + place + "}}"))
                .get(place);
    }

    /** Looks at the template as written: a section that is left out this time has its places all the same. */
    private void requireUsed(List<Part> body, Values values) {
        Set<String> unused = new HashSet<>(values.names());
        Map<String, List<Part>> sections = new HashMap<>();
        collect(body, unused, sections);
        if (!unused.isEmpty()) {
            throw new IllegalArgumentException(name + ": there is no place for " + unused);
        }
        for (String value : values.names()) {
            List<Part> section = sections.get(value);
            if (section != null) {
                values.get(value).repetitions().forEach(inner -> requireUsed(section, inner));
            }
        }
    }

    /** Takes away the names that have a place, and joins the bodies of all sections by the same name. */
    private static void collect(List<Part> body, Set<String> names, Map<String, List<Part>> sections) {
        for (Part part : body) {
            if (part instanceof Part.Place place) {
                names.remove(place.name());
            } else if (part instanceof Part.Section section) {
                names.remove(section.name());
                sections.computeIfAbsent(section.name(), n -> new ArrayList<>()).addAll(section.body());
                collect(section.body(), names, sections);
            }
        }
    }
}
