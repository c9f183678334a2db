package org.relaysupervisor.config;

import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * The text of the file as YAML nodes. What cannot be read is one problem, told in our own words: the parser's would quote the
 * file, and with it a password that somebody wrote there.
 */
final class YamlText {
    /** The deepest key of a valid file is at 5; the parser recurses, so the depth must have a bound. */
    private static final int DEEPEST = 16;

    private final Problems problems;
    private final String text;
    private final LoadSettings settings =
            LoadSettings.builder().setAllowNonScalarKeys(true).build();

    private YamlText(Problems problems, String text) {
        this.problems = problems;
        this.text = text;
    }

    /** @throws InvalidConfigException with the one problem that keeps the file from being read, and what was recorded before */
    static MappingNode parse(String text, Problems problems) throws InvalidConfigException {
        return new YamlText(problems, text).parse();
    }

    private MappingNode parse() throws InvalidConfigException {
        Optional<Integer> unprintable = firstUnprintable();
        if (unprintable.isPresent()) {
            throw refusal(Place.at(text, unprintable.get()), "a control character; the file must be plain text");
        }
        try {
            requirePlainYaml();
            Node root = new Compose(settings)
                    .composeString(text)
                    .orElseThrow(() -> refusal(Place.START, "the file is empty; {} alone would mean all the defaults"));
            if (root instanceof MappingNode mapping) {
                return mapping;
            }
            throw refusal(Place.of(root.getStartMark()), "the file must consist of sections such as \"station:\"");
        } catch (MarkedYamlEngineException e) {
            Place place = Place.of(e.getProblemMark().or(e::getContextMark));
            throw refusal(place, explain(e, place));
        } catch (YamlEngineException e) {
            throw refusal(Place.START, "this is not YAML");
        }
    }

    /** Of the characters that YAML forbids. */
    private Optional<Integer> firstUnprintable() {
        for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
            int c = text.codePointAt(i);
            boolean lineOrTab = c == '\t' || c == '\n' || c == '\r';
            boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
            if ((Character.isISOControl(c) && !lineOrTab) || surrogate || c == 0xFEFF || c == 0xFFFE || c == 0xFFFF) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    /** One document without references, tags or depth: events are read lazily, so nothing is built before it is known. */
    private void requirePlainYaml() throws InvalidConfigException {
        int documents = 0;
        int depth = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            Place place = Place.of(event.getStartMark());
            if (event instanceof DocumentStartEvent && ++documents > 1) {
                throw refusal(
                        place,
                        "a second YAML document begins here; remove this line and all below it, or this line alone");
            }
            if (isReference(event)) {
                throw refusal(
                        place,
                        "anchors and references (& and *) have no use here; text that begins so must be in quotes");
            }
            if (isTagged(event)) {
                throw refusal(place, "YAML tags (!) have no use here; text that begins with ! must be in quotes");
            }
            if (event instanceof CollectionStartEvent && ++depth > DEEPEST) {
                throw refusal(place, "sections within sections, more than " + DEEPEST + " deep");
            }
            if (event instanceof CollectionEndEvent) {
                depth--;
            }
        }
    }

    private static boolean isReference(Event event) {
        return event instanceof AliasEvent
                || (event instanceof NodeEvent node && node.getAnchor().isPresent());
    }

    /** The parser gives a quoted scalar no tag; {@code !} alone and {@code !anything} are written ones. */
    private static boolean isTagged(Event event) {
        return (event instanceof ScalarEvent scalar && scalar.getTag().isPresent())
                || (event instanceof CollectionStartEvent collection
                        && collection.getTag().isPresent());
    }

    private InvalidConfigException refusal(Place place, String message) {
        problems.error(place, message);
        return problems.asException();
    }

    private String explain(MarkedYamlEngineException e, Place place) {
        if (isIndentedByTab(place)) {
            return "a tab; indent with spaces";
        }
        String said = e.getContext() + ": " + e.getProblem();
        return EXPLANATIONS.stream()
                .filter(explanation -> said.contains(explanation.parserSays()))
                .findFirst()
                .map(Explanation::weSay)
                .orElse("this is not valid YAML; check indentation, colons and quotes on this line and the one above");
    }

    private boolean isIndentedByTab(Place place) {
        String line = text.lines().skip(place.line() - 1L).findFirst().orElse("");
        return line.length() > line.stripLeading().length()
                && line.substring(0, line.length() - line.stripLeading().length())
                        .contains("\t");
    }

    private record Explanation(String parserSays, String weSay) {}

    private static final List<Explanation> EXPLANATIONS = List.of(
            new Explanation(
                    "cannot start any token",
                    "a value cannot begin with this character; put the text in single quotes, '...'"),
            new Explanation(
                    "mapping values are not allowed here",
                    "a colon where no key can be; check the indentation and the line above, and put text that contains a"
                            + " colon in quotes"),
            new Explanation(
                    "could not find expected ':'",
                    "a key without its colon; write \"key: value\", with a space between"),
            new Explanation("scalar: found unexpected end of stream", "a closing quote is missing"),
            new Explanation("found unknown escape character", "a backslash in double quotes; use single quotes, '...'"),
            new Explanation("expected ',' or", "a comma or a closing bracket is missing"),
            new Explanation("expected <block end>", "this line's indentation does not fit the lines above it"),
            new Explanation(
                    "sequence entries are not allowed here",
                    "a list entry (-) where none can be; check the indentation of the line and of those above"));
}
