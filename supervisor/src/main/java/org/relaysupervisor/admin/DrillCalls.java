package org.relaysupervisor.admin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.relaysupervisor.admin.TextPage.Cell;
import org.relaysupervisor.admin.TextPage.Colour;
import org.relaysupervisor.drill.Drills;
import org.relaysupervisor.http.HttpCall;

/** What the calls below {@code /drill} are told, and how the list of drills is shown. */
final class DrillCalls {
    private static final Duration LONGEST = Duration.ofHours(2);
    private static final long USUAL_SECONDS = 600;

    private DrillCalls() {}

    static Duration longest(HttpCall call) {
        return Duration.ofSeconds(
                Refused.number(call, "seconds", 1, LONGEST.toSeconds()).orElse(USUAL_SECONDS));
    }

    static int mostListeners(HttpCall call) {
        return Refused.number(call, "most_listeners", 0, Integer.MAX_VALUE)
                .orElse(0L)
                .intValue();
    }

    static boolean force(HttpCall call) {
        return call.parameter("force").equals(Optional.of("1"));
    }

    static String text(List<Drills.Choice> choices, boolean colour) {
        TextPage page = new TextPage(colour);
        List<List<Cell>> rows = new ArrayList<>();
        rows.add(TextPage.row("DRILL", "WHAT HAPPENS"));
        choices.forEach(choice -> rows.add(List.of(Cell.of(choice.name()), Cell.of(choice.what()))));
        page.tableUncut(rows);
        choices.forEach(choice ->
                choice.refused().ifPresent(why -> page.advice(Colour.CHANGING, choice.name() + ": not now: " + why)));
        return page.toString();
    }

    static Map<String, Object> json(List<Drills.Choice> choices) {
        Map<String, Object> fields = StatusJson.fields();
        fields.put("drills", choices.stream().map(DrillCalls::json).toList());
        return fields;
    }

    private static Map<String, Object> json(Drills.Choice choice) {
        Map<String, Object> fields = StatusJson.fields();
        fields.put("name", choice.name());
        fields.put("what", choice.what());
        fields.put("refused", choice.refused().orElse(null));
        return fields;
    }
}
