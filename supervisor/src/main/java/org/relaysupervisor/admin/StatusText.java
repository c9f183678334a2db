package org.relaysupervisor.admin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.relaysupervisor.recording.RecordingSnapshot;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.supervise.Cause;
import org.relaysupervisor.supervise.ChildSnapshot;
import org.relaysupervisor.supervise.ChildState;

/** The status for people: 80 columns for usual values, and nothing in it that a terminal would obey but our own colours. */
final class StatusText {
    static final int WIDTH = 80;

    private final RelaySnapshot relay;
    private final boolean colour;
    private final StringBuilder page = new StringBuilder();

    private StatusText(RelaySnapshot relay, boolean colour) {
        this.relay = relay;
        this.colour = colour;
    }

    static String render(RelaySnapshot relay, boolean colour) {
        StatusText text = new StatusText(relay, colour);
        text.headline();
        text.children();
        text.notes();
        text.mounts();
        text.recording();
        text.config();
        return text.page.toString();
    }

    private enum Colour {
        GOOD("\u001b[32m"),
        CHANGING("\u001b[33m"),
        BAD("\u001b[31m"),
        PLAIN("");

        private final String code;

        Colour(String code) {
            this.code = code;
        }
    }

    private record Cell(String text, Colour colour) {
        static Cell of(String text) {
            return new Cell(Plain.text(text), Colour.PLAIN);
        }

        int width() {
            return text.codePointCount(0, text.length());
        }
    }

    private void headline() {
        long total = relay.mounts().size();
        long onAir = relay.mounts().stream().filter(RelaySnapshot.Mount::onAir).count();
        boolean standby = relay.mounts().stream().anyMatch(RelaySnapshot.Mount::onStandby);
        Cell air;
        if (onAir == total && onAir > 0) {
            air = new Cell("ON AIR", Colour.GOOD);
        } else if (onAir > 0) {
            air = new Cell("ON AIR, " + onAir + " of " + total + " mounts", Colour.CHANGING);
        } else {
            air = standby ? new Cell("STANDBY", Colour.CHANGING) : new Cell("OFF AIR", Colour.BAD);
        }
        String station = Plain.cut(Plain.text(relay.station()), WIDTH - air.width() - 2);
        page.append(station).append("  ").append(painted(air));
        page.append("\nrelay-supervisor ").append(Plain.text(relay.version()));
        page.append(", up ").append(Plain.duration(relay.uptime())).append("\n\n");
    }

    private void children() {
        List<List<Cell>> rows = new ArrayList<>();
        rows.add(row("CHILD", "STATE", "PID", "UPTIME", "MEMORY", "RESTARTS", "LAST"));
        for (RelaySnapshot.Child child : relay.children()) {
            ChildSnapshot state = child.state();
            rows.add(List.of(
                    Cell.of(state.name()),
                    new Cell(state.state().label(), colour(state)),
                    Cell.of(state.pid().isPresent() ? Long.toString(state.pid().getAsLong()) : "-"),
                    Cell.of(child.uptime().map(Plain::duration).orElse("-")),
                    Cell.of(memory(child)),
                    Cell.of(Long.toString(StatusJson.total(state))),
                    Cell.of(state.lastExit()
                            .map(exit -> exit.cause().label() + " " + Plain.ago(exit.at(), relay.now()))
                            .orElse("-"))));
        }
        table(rows);
    }

    private static String memory(RelaySnapshot.Child child) {
        String limit = child.memoryLimit() > 0 ? " / " + Plain.bytes(child.memoryLimit()) : "";
        String used = child.residentBytes().isPresent()
                ? Plain.bytes(child.residentBytes().getAsLong())
                : "-";
        return used + limit;
    }

    private static Colour colour(ChildSnapshot state) {
        return switch (state.state()) {
            case UP -> Colour.GOOD;
            case BACKOFF, FAILED -> Colour.BAD;
            case STOPPED -> state.wanted() ? Colour.CHANGING : Colour.PLAIN;
            case WAITING, STARTING, STOPPING -> Colour.CHANGING;
        };
    }

    /** What those that are not up wait for, and how they ended last. */
    private void notes() {
        for (RelaySnapshot.Child child : relay.children()) {
            ChildSnapshot state = child.state();
            if (state.state() == ChildState.UP) {
                continue;
            }
            if (!state.note().isEmpty()) {
                note(state.name(), state.note());
            }
            state.lastExit().filter(exit -> exit.cause() != Cause.OPERATOR).ifPresent(exit -> {
                String ran = Plain.duration(exit.ranFor());
                note(state.name(), "last ended after " + ran + ": " + exit.detail());
            });
        }
        page.append('\n');
    }

    private void note(String child, String text) {
        page.append("  ")
                .append(Plain.text(child))
                .append(": ")
                .append(Plain.text(text))
                .append('\n');
    }

    private void mounts() {
        List<List<Cell>> rows = new ArrayList<>();
        rows.add(row("MOUNT", "AIR", "LISTENERS", "FROM", "KBIT/S", "TITLE"));
        for (RelaySnapshot.Mount mount : relay.mounts()) {
            rows.add(List.of(
                    Cell.of(mount.path()),
                    air(mount),
                    Cell.of(Integer.toString(mount.listeners())),
                    Cell.of(from(mount)),
                    Cell.of(String.format(Locale.ROOT, "%.0f", mount.bytesPerSecond() * 8 / 1000)),
                    Cell.of(mount.title().orElse("-"))));
        }
        table(rows);
        relay.mounts().forEach(this::bridges);
        page.append('\n');
    }

    private static Cell air(RelaySnapshot.Mount mount) {
        if (mount.onStandby()) {
            return new Cell("standby", Colour.CHANGING);
        }
        return mount.onAir() ? new Cell("on", Colour.GOOD) : new Cell("off", Colour.BAD);
    }

    /** Where its listeners get it: from our memory, and how much there is, or from Icecast. */
    private static String from(RelaySnapshot.Mount mount) {
        return mount.feed()
                .map(feed -> "feed " + feed.traffic().held().toSeconds() + "s")
                .orElse("icecast");
    }

    private void bridges(RelaySnapshot.Mount mount) {
        mount.feed().map(RelaySnapshot.Feed::bridges).orElse(Map.of()).entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(bridge -> {
                    String since = Plain.duration(Duration.between(bridge.getValue(), relay.now()));
                    String what = switch (bridge.getKey()) {
                        case FEED -> ": Icecast is away, listeners go on from memory for " + since;
                        case STANDBY -> ": Liquidsoap is away, standby from memory for " + since;
                    };
                    int room = WIDTH - 2 - what.length();
                    String path = Plain.cut(Plain.text(mount.path()), room);
                    page.append("  ").append(path).append(what).append('\n');
                });
    }

    private void recording() {
        RecordingSnapshot recording = relay.recording();
        page.append("Recording: ");
        if (!recording.enabled()) {
            page.append("off\n");
            return;
        }
        Cell state = recording.active() ? new Cell("writing", Colour.GOOD) : new Cell("not writing", Colour.BAD);
        page.append(painted(state)).append(", ").append(Plain.bytes(recording.bytes()));
        page.append(" of ").append(Plain.text(recording.mount())).append(" since the start, ");
        page.append(recording.segments())
                .append(recording.segments() == 1 ? " segment" : " segments")
                .append(" closed");
        page.append('\n');
        if (!recording.active()) {
            recording
                    .lastGrowth()
                    .ifPresent(at -> page.append("  last grew ")
                            .append(Plain.ago(at, relay.now()))
                            .append('\n'));
        }
        recording
                .current()
                .ifPresent(file ->
                        page.append("  ").append(Plain.text(file.toString())).append('\n'));
    }

    private void config() {
        page.append("Config: generation ").append(relay.configGeneration());
        relay.lastReload().ifPresent(at -> {
            Cell result = relay.lastReloadSucceeded()
                    ? new Cell("reloaded", Colour.PLAIN)
                    : new Cell("the last reload failed", Colour.BAD);
            page.append(", ").append(painted(result)).append(' ').append(Plain.ago(at, relay.now()));
        });
        page.append('\n');
    }

    private static List<Cell> row(String... cells) {
        return Arrays.stream(cells).map(Cell::of).toList();
    }

    /** Columns as wide as their widest cell; the last one takes what is left of the width. */
    private void table(List<List<Cell>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<Cell> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).width());
            }
        }
        for (List<Cell> row : rows) {
            int used = 0;
            for (int i = 0; i < columns - 1; i++) {
                Cell cell = row.get(i);
                page.append(painted(cell)).append(" ".repeat(widths[i] - cell.width() + 2));
                used += widths[i] + 2;
            }
            page.append(Plain.cut(row.get(columns - 1).text(), Math.max(12, WIDTH - used)));
            page.append('\n');
        }
    }

    private String painted(Cell cell) {
        boolean plain = !colour || cell.colour() == Colour.PLAIN;
        return plain ? cell.text() : cell.colour().code + cell.text() + "\u001b[0m";
    }
}
