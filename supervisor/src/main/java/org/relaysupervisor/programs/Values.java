package org.relaysupervisor.programs;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What the places of a {@link Template} are filled with, by name. Filled once, by one thread. */
public final class Values {
    private final Map<String, Value> values = new LinkedHashMap<>();

    /** What one place is filled with. */
    sealed interface Value {
        /** The value in the template's language. */
        String write(UnaryOperator<String> literal);

        /** The values of each repetition of a section by this name. */
        List<Values> repetitions();
    }

    private record Text(String text) implements Value {
        @Override
        public String write(UnaryOperator<String> literal) {
            return literal.apply(text);
        }

        @Override
        public List<Values> repetitions() {
            throw new IllegalArgumentException("a text is no section");
        }
    }

    /** Written the same in every language we write. */
    private record Plain(String written, boolean present) implements Value {
        @Override
        public String write(UnaryOperator<String> literal) {
            return written;
        }

        @Override
        public List<Values> repetitions() {
            return present ? List.of(new Values()) : List.of();
        }
    }

    private record Repeated(List<Values> repetitions) implements Value {
        @Override
        public String write(UnaryOperator<String> literal) {
            throw new IllegalArgumentException("a list can only be a section");
        }
    }

    /** A text, which the template's language gets as a literal. */
    public Values text(String name, String text) {
        return put(name, new Text(text));
    }

    public Values number(String name, long number) {
        return put(name, new Plain(Long.toString(number), true));
    }

    /** A number that always has a decimal point, as Liquidsoap's floats must. */
    Values decimal(String name, BigDecimal number) {
        String plain = number.toPlainString();
        return put(name, new Plain(plain.contains(".") ? plain : plain + ".0", true));
    }

    /** {@code true} or {@code false}; as a section it is there or left out. */
    public Values flag(String name, boolean flag) {
        return put(name, new Plain(Boolean.toString(flag), flag));
    }

    public Values list(String name, List<Values> repetitions) {
        return put(name, new Repeated(List.copyOf(repetitions)));
    }

    /** A section by this name with the text under the same name within it, or nothing. */
    public Values optionalText(String name, Optional<String> text) {
        return list(
                name, text.map(value -> new Values().text(name, value)).stream().toList());
    }

    private Values put(String name, Value value) {
        if (values.put(name, value) != null) {
            throw new IllegalArgumentException(name + " is given twice");
        }
        return this;
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    Value get(String name) {
        return values.get(name);
    }

    Set<String> names() {
        return values.keySet();
    }
}
