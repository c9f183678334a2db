package org.relaysupervisor.admin;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.relaysupervisor.admin.TextPage.Cell;
import org.relaysupervisor.admin.TextPage.Colour;
import org.relaysupervisor.audio.DeadAir;
import org.relaysupervisor.audio.DeadAirCause;
import org.relaysupervisor.audio.DeadAirKind;
import org.relaysupervisor.metering.MeterSnapshot;
import org.relaysupervisor.programs.OnAir;
import org.relaysupervisor.status.RelaySnapshot;

/** What listeners hear, in words. */
final class Heard {
    private Heard() {}

    /** To a tenth, which is what ears and the tolerances of EBU R128 tell apart. */
    static String level(double value) {
        if (Double.isNaN(value)) {
            return "unknown";
        }
        if (value == Double.NEGATIVE_INFINITY) {
            return "-inf";
        }
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.equals("-0.0") ? "0.0" : text;
    }

    /** The values of a row of the table, or as many dashes: the state says why. */
    static Stream<Cell> levels(MeterSnapshot meter) {
        return meter.reading()
                .map(reading -> Stream.of(
                        reading.momentary(),
                        reading.shortTerm(),
                        reading.integrated(),
                        reading.range(),
                        reading.truePeak()))
                .map(values -> values.map(Heard::level))
                .orElseGet(() -> Stream.generate(() -> "-").limit(5))
                .map(Cell::of);
    }

    static Cell state(MeterSnapshot meter) {
        if (!active(meter).isEmpty()) {
            return new Cell("dead air", Colour.BAD);
        }
        return switch (meter.state()) {
            case MEASURING -> new Cell("good", Colour.GOOD);
            case RESYNCHRONISING -> new Cell("resynchronising", Colour.CHANGING);
            case WAITING -> new Cell("no reading", Colour.CHANGING);
            case UNAVAILABLE -> new Cell("no meter", Colour.CHANGING);
        };
    }

    static Cell source(RelaySnapshot.Mount mount) {
        String source = mount.onAirSource().orElse("unknown");
        return switch (source) {
            case OnAir.NOTHING -> new Cell(source, Colour.BAD);
            case OnAir.STANDBY -> new Cell(source, Colour.CHANGING);
            default -> Cell.of(source);
        };
    }

    /** The kinds of dead air that are heard, in the order of the enum. */
    static List<DeadAir> active(MeterSnapshot meter) {
        return Stream.of(DeadAirKind.values())
                .map(kind -> meter.deadAir().get(kind))
                .filter(Objects::nonNull)
                .filter(DeadAir::active)
                .toList();
    }

    /** Such as {@code digital silence for 12s}. */
    static String sentence(DeadAir found, Optional<OnAir> onAir) {
        return name(found) + inputs(found, onAir) + " for " + Plain.duration(found.duration());
    }

    static String name(DeadAir found) {
        return found.cause().map(Heard::words).orElse(found.kind().label().replace('_', ' '));
    }

    private static String words(DeadAirCause cause) {
        return switch (cause) {
            case NO_BYTES -> "no audio arrives";
            case DC -> "nothing but DC";
            case LEFT_DEAD -> "left channel dead";
            case RIGHT_DEAD -> "right channel dead";
            case ANTIPHASE -> "channels in antiphase";
            case DIGITAL_SILENCE, NEAR_SILENCE, STEADY_TONE, CLIPPING, TOO_LOUD, TOO_QUIET, FROZEN_LOOP, STANDBY ->
                cause.label().replace('_', ' ');
        };
    }

    /** Of the standby: why none of the inputs plays. */
    private static String inputs(DeadAir found, Optional<OnAir> onAir) {
        if (found.kind() != DeadAirKind.STANDBY) {
            return "";
        }
        return onAir.map(OnAir::inputs)
                .filter(inputs -> !inputs.isEmpty())
                .map(inputs -> inputs.entrySet().stream()
                        .map(input -> input.getKey() + ": " + input.getValue().label())
                        .collect(Collectors.joining(", ", " (", ")")))
                .orElse("");
    }
}
