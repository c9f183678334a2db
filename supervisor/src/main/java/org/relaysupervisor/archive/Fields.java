package org.relaysupervisor.archive;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.relaysupervisor.store.Content;

/**
 * A JSON object that is written or read. Durations are decimal numbers of seconds, exact to the nanosecond; times are ISO 8601 UTC; what
 * is absent is {@code null}. Fields that are not known are passed over. Reading throws {@code IOException} for what is missing or of
 * another kind.
 */
final class Fields {
    private static final JSON WRITER =
            JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT, JSON.Feature.WRITE_NULL_PROPERTIES);

    private static final JSON READER = JSON.std.with(JSON.Feature.USE_BIG_DECIMAL_FOR_FLOATS);

    private final Map<String, Object> values;

    private Fields(Map<String, Object> values) {
        this.values = values;
    }

    static Fields empty() {
        return new Fields(new LinkedHashMap<>());
    }

    static Fields parse(byte[] json) throws IOException {
        try {
            Map<String, Object> values = READER.mapFrom(json);
            if (values == null) {
                throw new IOException("it is no JSON object");
            }
            return new Fields(values);
        } catch (RuntimeException e) {
            throw new IOException("it is no JSON object", e);
        }
    }

    byte[] bytes() throws IOException {
        return WRITER.asBytes(values);
    }

    Fields put(String name, Object textOrNumber) {
        values.put(name, textOrNumber);
        return this;
    }

    Fields put(String name, Instant time) {
        return put(name, (Object) time.toString());
    }

    Fields put(String name, Duration duration) {
        BigDecimal seconds = BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9));
        return put(name, (Object) seconds.stripTrailingZeros());
    }

    Fields put(String name, OptionalLong number) {
        return put(name, number.isPresent() ? (Object) number.getAsLong() : null);
    }

    Fields put(String name, OptionalDouble number) {
        boolean finite = number.isPresent() && Double.isFinite(number.getAsDouble());
        return put(name, finite ? (Object) number.getAsDouble() : null);
    }

    Fields put(String name, Optional<Fields> object) {
        return put(name, (Object) object.map(fields -> fields.values).orElse(null));
    }

    Fields put(String name, List<Fields> objects) {
        return put(name, (Object) objects.stream().map(fields -> fields.values).toList());
    }

    Fields put(Content content) {
        return put("bytes", (Object) content.length())
                .put("sha256", content.sha256())
                .put("md5", content.md5());
    }

    Content content() throws IOException {
        return new Content(number("bytes"), text("sha256"), text("md5"));
    }

    String text(String name) throws IOException {
        return value(name, String.class);
    }

    long number(String name) throws IOException {
        return value(name, Number.class).longValue();
    }

    boolean flag(String name) throws IOException {
        return value(name, Boolean.class);
    }

    Instant time(String name) throws IOException {
        try {
            return Instant.parse(text(name));
        } catch (DateTimeException e) {
            throw new IOException(name + " is no time", e);
        }
    }

    Duration duration(String name) throws IOException {
        try {
            BigDecimal seconds = new BigDecimal(value(name, Number.class).toString());
            return Duration.ofNanos(seconds.movePointRight(9).longValueExact());
        } catch (ArithmeticException e) {
            throw new IOException(name + " is no duration", e);
        }
    }

    boolean has(String name) {
        return values.get(name) != null;
    }

    OptionalDouble decimal(String name) throws IOException {
        return has(name) ? OptionalDouble.of(value(name, Number.class).doubleValue()) : OptionalDouble.empty();
    }

    Optional<Fields> object(String name) throws IOException {
        return has(name) ? Optional.of(fields(values.get(name), name)) : Optional.empty();
    }

    List<Fields> objects(String name) throws IOException {
        List<Fields> objects = new ArrayList<>();
        for (Object element : value(name, List.class)) {
            objects.add(fields(element, name));
        }
        return objects;
    }

    @SuppressWarnings("unchecked")
    private static Fields fields(Object value, String name) throws IOException {
        if (value instanceof Map) {
            return new Fields((Map<String, Object>) value);
        }
        throw new IOException(name + " is no object");
    }

    private <T> T value(String name, Class<T> type) throws IOException {
        Object value = values.get(name);
        if (!type.isInstance(value)) {
            throw new IOException(name + " is missing, or of another kind");
        }
        return type.cast(value);
    }
}
