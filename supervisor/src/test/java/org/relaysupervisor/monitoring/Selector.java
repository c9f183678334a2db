package org.relaysupervisor.monitoring;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One choice of series in a PromQL expression, such as {@code up{job="relay"}}. */
record Selector(String metric, List<Condition> conditions) {
    private static final Pattern TOKEN = Pattern.compile(
            "\"(?:[^\"\\\\]|\\\\.)*\"" // a text
                    + "|\\[[^]]*]" // a range
                    + "|\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)"
                    + "|\\d[\\w.]*" // a number
                    + "|([a-zA-Z_:][\\w:]*)(\\s*(?:(?:by|without)\\s*\\([^)]*\\)\\s*)?\\()?(?:\\s*\\{((?:\"(?:[^\"\\\\]|\\\\.)*\"|[^\"}])*)})?");
    private static final Pattern CONDITION = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Set<String> WORDS =
            Set.of("and", "or", "unless", "bool", "offset", "by", "without", "Inf", "NaN");

    /** @param operator {@code =}, {@code !=}, {@code =~} or {@code !~} */
    record Condition(String label, String operator, String value) {
        /** Each alternative by itself. */
        List<String> values() {
            return operator.endsWith("~") ? List.of(value.split("\\|")) : List.of(value);
        }
    }

    /** All that an expression asks for. */
    static List<Selector> in(String expression) {
        List<Selector> found = new ArrayList<>();
        Matcher token = TOKEN.matcher(expression);
        while (token.find()) {
            boolean metric = token.group(1) != null && token.group(2) == null && !WORDS.contains(token.group(1));
            if (metric) {
                found.add(new Selector(token.group(1), conditions(token.group(3))));
            }
        }
        return found;
    }

    private static List<Condition> conditions(String text) {
        return CONDITION
                .matcher(text == null ? "" : text)
                .results()
                .map(match -> new Condition(match.group(1), match.group(2), match.group(3)))
                .toList();
    }

    /** Expressions of which each finds something when the metric, its labels and their values exist. */
    List<String> witnesses() {
        List<String> expressions = new ArrayList<>();
        expressions.add(metric);
        for (Condition condition : conditions) {
            for (String value : condition.values()) {
                expressions.add("%s{%s=~\"%s\",%s!=\"\"}".formatted(metric, condition.label, value, condition.label));
            }
        }
        return expressions;
    }
}
