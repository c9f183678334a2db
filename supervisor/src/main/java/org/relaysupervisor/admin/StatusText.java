package org.relaysupervisor.admin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.relaysupervisor.admin.TextPage.Cell;
import org.relaysupervisor.admin.TextPage.Colour;
import org.relaysupervisor.audio.DeadAir;
import org.relaysupervisor.audio.DeadAirKind;
import org.relaysupervisor.drill.DrillSnapshot;
import org.relaysupervisor.metering.MeterSnapshot;
import org.relaysupervisor.proxy.ProxySnapshot.PrimaryTraffic;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.status.SafeText;
import org.relaysupervisor.supervise.Cause;
import org.relaysupervisor.supervise.ChildSnapshot;
import org.relaysupervisor.supervise.ChildState;

/** The status for people. */
final class StatusText {
    private final RelaySnapshot relay;
    private final TextPage page;

    private StatusText(RelaySnapshot relay, boolean colour) {
        this.relay = relay;
        this.page = new TextPage(colour);
    }

    static String render(RelaySnapshot relay, boolean colour) {
        StatusText text = new StatusText(relay, colour);
        text.headline();
        text.children();
        text.notes();
        text.mounts();
        text.upstream();
        text.heard();
        ShowText.add(relay, text.page);
        RecordingText.add(relay, text.page);
        HlsText.add(relay, text.page);
        text.config();
        return text.page.toString();
    }

    private void headline() {
        Cell air = air(relay);
        String station = SafeText.cut(Plain.text(relay.station()), TextPage.WIDTH - air.width() - 2);
        page.add(station).add("  ").add(air);
        page.add("\nrelay-supervisor ").add(Plain.text(relay.version()));
        page.add(", up ").add(Plain.duration(relay.uptime())).add("\n");
        relay.drill().active().ifPresent(this::drill);
        page.add("\n");
    }

    /** At the top: who is woken by an alert looks here first. */
    private void drill(DrillSnapshot.Active drill) {
        String since = Plain.duration(Duration.between(drill.since(), relay.now()));
        String end = drill.repairing()
                ? "being repaired"
                : "repaired in " + Plain.duration(Duration.between(relay.now(), drill.until())) + " at the latest";
        page.advice(Colour.CHANGING, "DRILL " + drill.name() + " for " + since + ", " + end + ": " + drill.what());
        drill.problem().ifPresent(problem -> page.advice(Colour.BAD, "drill: " + problem));
    }

    /** What the station as a whole does. */
    static Cell air(RelaySnapshot relay) {
        long total = relay.mounts().size();
        long onAir = relay.mounts().stream().filter(RelaySnapshot.Mount::onAir).count();
        boolean standby = relay.mounts().stream().anyMatch(RelaySnapshot.Mount::onStandby);
        List<DeadAir> dead = deadAir(relay);
        boolean onlyStandby = dead.stream().allMatch(found -> found.kind() == DeadAirKind.STANDBY);
        if (!onlyStandby && onAir > 0) {
            String kinds = dead.stream().map(Heard::name).distinct().collect(Collectors.joining(", "));
            return new Cell(SafeText.cut("DEAD AIR: " + kinds, TextPage.WIDTH / 2), Colour.BAD);
        }
        if (!dead.isEmpty() && onAir > 0) {
            // Between shows this is as it should be.
            return new Cell("STANDBY", Colour.CHANGING);
        }
        if (onAir == total && onAir > 0) {
            return new Cell("ON AIR", Colour.GOOD);
        }
        if (onAir > 0) {
            return new Cell("ON AIR, " + onAir + " of " + total + " mounts", Colour.CHANGING);
        }
        return standby ? new Cell("STANDBY", Colour.CHANGING) : new Cell("OFF AIR", Colour.BAD);
    }

    private void children() {
        List<List<Cell>> rows = new ArrayList<>();
        rows.add(TextPage.row("CHILD", "STATE", "PID", "UPTIME", "MEMORY", "RESTARTS", "LAST"));
        for (RelaySnapshot.Child child : relay.children()) {
            ChildSnapshot state = child.state();
            rows.add(List.of(
                    Cell.of(state.name()),
                    new Cell(state.state().label() + (state.adopted() ? ", adopted" : ""), colour(state)),
                    Cell.of(state.pid().isPresent() ? Long.toString(state.pid().getAsLong()) : "-"),
                    Cell.of(child.uptime().map(Plain::duration).orElse("-")),
                    Cell.of(memory(child)),
                    Cell.of(Long.toString(StatusJson.total(state))),
                    Cell.of(state.lastExit()
                            .map(exit -> exit.cause().label() + " " + Plain.ago(exit.at(), relay.now()))
                            .orElse("-"))));
        }
        page.table(rows);
    }

    static String memory(RelaySnapshot.Child child) {
        String limit = child.memoryLimit() > 0 ? " / " + Plain.bytes(child.memoryLimit()) : "";
        String used = child.residentBytes().isPresent()
                ? Plain.bytes(child.residentBytes().getAsLong())
                : "-";
        return used + limit;
    }

    static Colour colour(ChildSnapshot state) {
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
        page.add("\n");
    }

    private void note(String child, String text) {
        page.add("  ").add(Plain.text(child)).add(": ").add(Plain.text(text)).add("\n");
    }

    private void mounts() {
        List<List<Cell>> rows = new ArrayList<>();
        rows.add(TextPage.row("MOUNT", "AIR", "LISTENERS", "FROM", "KBIT/S", "TITLE"));
        for (RelaySnapshot.Mount mount : relay.mounts()) {
            rows.add(List.of(
                    Cell.of(mount.path()),
                    air(mount),
                    Cell.of(Integer.toString(mount.listeners())),
                    Cell.of(from(mount)),
                    Cell.of(String.format(Locale.ROOT, "%.0f", mount.bytesPerSecond() * 8 / 1000)),
                    Cell.of(mount.title().orElse("-"))));
        }
        page.table(rows);
        relay.mounts().forEach(this::bridges);
        page.add("\n");
    }

    /** Where an edge has its mounts from. */
    private void upstream() {
        List<RelaySnapshot.Mount> fetched = relay.mounts().stream()
                .filter(mount -> mount.primary().isPresent())
                .toList();
        if (fetched.isEmpty()) {
            return;
        }
        List<List<Cell>> rows = new ArrayList<>();
        rows.add(TextPage.row("UPSTREAM", "STATE", "LAG", "RECONNECTS"));
        for (RelaySnapshot.Mount mount : fetched) {
            PrimaryTraffic primary = mount.primary().orElseThrow();
            rows.add(List.of(
                    Cell.of(mount.path()),
                    primary.connected() ? new Cell("connected", Colour.GOOD) : new Cell("away", Colour.BAD),
                    Cell.of(String.format(Locale.ROOT, "%.1fs", primary.lag().toMillis() / 1000.0)),
                    Cell.of(Long.toString(primary.reconnects().values().stream()
                            .mapToLong(Long::longValue)
                            .sum()))));
        }
        page.table(rows);
        fetched.forEach(mount -> mount.primary()
                .flatMap(PrimaryTraffic::problem)
                .ifPresent(problem -> page.advice(Colour.CHANGING, mount.path() + ": " + Plain.text(problem))));
        page.add("\n");
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
                        case STANDBY ->
                            (relay.isEdge() ? ": the primary" : ": Liquidsoap") + " is away, standby from memory for "
                                    + since;
                    };
                    int room = TextPage.WIDTH - 2 - what.length();
                    String path = SafeText.cut(Plain.text(mount.path()), room);
                    page.add("  ").add(path).add(what).add("\n");
                });
    }

    private static List<DeadAir> deadAir(RelaySnapshot relay) {
        return relay.mounts().stream()
                .flatMap(mount -> mount.meter().stream())
                .flatMap(meter -> Heard.active(meter).stream())
                .toList();
    }

    private void heard() {
        List<RelaySnapshot.Mount> metered = relay.mounts().stream()
                .filter(mount -> mount.meter().isPresent())
                .toList();
        if (metered.isEmpty()) {
            return;
        }
        List<List<Cell>> rows = new ArrayList<>();
        rows.add(TextPage.row("HEARD", "M LUFS", "S LUFS", "I LUFS", "LRA LU", "TP DBTP", "STATE", "PLAYS"));
        for (RelaySnapshot.Mount mount : metered) {
            MeterSnapshot meter = mount.meter().orElseThrow();
            List<Cell> row = new ArrayList<>();
            row.add(Cell.of(mount.path()));
            Heard.levels(meter).forEach(row::add);
            row.add(Heard.state(meter));
            row.add(Heard.source(mount));
            rows.add(row);
        }
        page.table(rows);
        metered.forEach(mount -> found(mount.path(), mount.meter().orElseThrow()));
        page.add("\n");
    }

    private void found(String path, MeterSnapshot meter) {
        Heard.active(meter).forEach(dead -> page.note(Colour.BAD, path + ": " + Heard.sentence(dead, relay.onAir())));
        meter.problem().ifPresent(problem -> page.advice(Colour.CHANGING, path + ": " + problem));
    }

    private void config() {
        page.add("Config: generation ").add(relay.configGeneration());
        relay.lastReload().ifPresent(at -> {
            Cell result = relay.lastReloadSucceeded()
                    ? new Cell("reloaded", Colour.PLAIN)
                    : new Cell("the last reload failed", Colour.BAD);
            page.add(", ").add(result).add(" ").add(Plain.ago(at, relay.now()));
        });
        page.add("\n");
        relay.heartbeat()
                .problem()
                .ifPresent(problem -> page.advice(Colour.BAD, "The heartbeat does not arrive: " + problem));
    }
}
