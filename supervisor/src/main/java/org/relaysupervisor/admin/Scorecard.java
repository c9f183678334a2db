package org.relaysupervisor.admin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.relaysupervisor.admin.DrillWatch.Alert;
import org.relaysupervisor.admin.DrillWatch.Look;
import org.relaysupervisor.admin.DrillWatch.Sent;

/** What one drill made fire, and when. Times are since the drill's beginning. */
final class Scorecard {
    private final Look before;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private Look last;
    private Optional<Duration> repaired = Optional.empty();

    /** One alert. Alertmanager's view counts as firing where Prometheus isn't watched. */
    private static final class Entry {
        Optional<Duration> fired = Optional.empty();
        Optional<Duration> told = Optional.empty();
        Optional<Duration> resolved = Optional.empty();
        boolean muted;
        int times;
        final Set<String> receivers = new LinkedHashSet<>();
    }

    Scorecard(Look before) {
        this.before = before;
        this.last = before;
    }

    /** @return what is new, one line each */
    List<String> seen(Duration at, Look look) {
        List<String> news = new ArrayList<>();
        Map<String, Alert> now = new TreeMap<>();
        look.alerts().forEach(alert -> now.put(alert.name(), alert));
        now.forEach((name, alert) -> seen(at, alert, news));
        entries.forEach((name, entry) -> {
            boolean gone = !now.containsKey(name) || !fires(now.get(name));
            if (entry.fired.isPresent() && entry.resolved.isEmpty() && gone) {
                entry.resolved = Optional.of(at);
                news.add(name + " is resolved");
            }
        });
        last = look;
        return news;
    }

    private void seen(Duration at, Alert alert, List<String> news) {
        if (wasThereBefore(alert.name())) {
            return;
        }
        Entry entry = entries.computeIfAbsent(alert.name(), name -> {
            news.add(name + (fires(alert) ? " fires" : " is pending"));
            return new Entry();
        });
        if (fires(alert) && (entry.fired.isEmpty() || entry.resolved.isPresent())) {
            entry.fired = entry.fired.or(() -> Optional.of(at));
            entry.resolved = Optional.empty();
            entry.times++;
            news.add(alert.name() + (entry.times > 1 ? " fires again" : " fires"));
        }
        if (alert.told() && entry.told.isEmpty()) {
            entry.told = Optional.of(at);
            news.add("Alertmanager has " + alert.name() + ", for " + String.join(", ", alert.receivers()));
        }
        entry.muted |= alert.muted();
        entry.receivers.addAll(alert.receivers());
    }

    private static boolean fires(Alert alert) {
        return alert.firing() || alert.told() || alert.muted();
    }

    private boolean wasThereBefore(String name) {
        return before.alerts().stream().anyMatch(alert -> alert.name().equals(name) && fires(alert));
    }

    /** Alerts that fired when the drill began: nothing can be said of them. */
    static List<String> firing(Look look) {
        return look.alerts().stream().filter(Scorecard::fires).map(Alert::name).toList();
    }

    void repaired(Duration at) {
        repaired = Optional.of(at);
    }

    /** Whether all that fired is resolved, and nothing is pending. */
    boolean isSettled() {
        return entries.values().stream().allMatch(entry -> entry.fired.isEmpty() || entry.resolved.isPresent())
                && last.alerts().stream().allMatch(alert -> wasThereBefore(alert.name()));
    }

    /** Names without labels, of all that fired. */
    Set<String> fired() {
        Set<String> fired = new LinkedHashSet<>();
        entries.forEach((name, entry) -> {
            if (entry.fired.isPresent()) {
                fired.add(new Alert(name, true, false, false, Set.of()).plainName());
            }
        });
        return fired;
    }

    /** @param expected exactly what should have fired; empty when anything may */
    List<String> faults(Optional<Set<String>> expected) {
        List<String> faults = new ArrayList<>();
        entries.forEach((name, entry) -> {
            if (entry.fired.isPresent() && entry.resolved.isEmpty()) {
                faults.add(name + " is not resolved");
            }
            if (entry.times > 1) {
                faults.add(name + " fired " + entry.times + " times");
            }
        });
        expected.ifPresent(names -> {
            names.stream().filter(name -> !fired().contains(name)).forEach(name -> faults.add(name + " did not fire"));
            fired().stream()
                    .filter(name -> !names.contains(name))
                    .forEach(name -> faults.add(name + " fired, and was not expected"));
        });
        notifications().forEach((integration, sent) -> {
            if (sent.failed() > 0) {
                faults.add(sent.failed() + (sent.failed() == 1 ? " attempt" : " attempts") + " to notify by "
                        + integration + " failed; see Alertmanager's log");
            }
        });
        return faults;
    }

    /** What Alertmanager sent, or tried to, since the drill's beginning, by integration; whether it was read is not known. */
    private Map<String, Sent> notifications() {
        Map<String, Sent> sent = new TreeMap<>();
        Map<String, Sent> earlier = before.notifications().orElse(Map.of());
        last.notifications().orElse(Map.of()).forEach((integration, now) -> {
            Sent then = earlier.getOrDefault(integration, new Sent(0, 0));
            // Fewer than before: it was started again meanwhile.
            boolean same = now.sent() >= then.sent() && now.failed() >= then.failed();
            Sent since = same ? new Sent(now.sent() - then.sent(), now.failed() - then.failed()) : now;
            if (since.sent() > 0 || since.failed() > 0) {
                sent.put(integration, since);
            }
        });
        return sent;
    }

    /** For people. */
    String text() {
        TextPage page = new TextPage(false);
        List<List<TextPage.Cell>> rows = new ArrayList<>();
        rows.add(TextPage.row("ALERT", "FIRED", "TO ALERTMANAGER", "RESOLVED", "RECEIVERS"));
        entries.forEach((name, entry) -> rows.add(TextPage.row(
                name,
                entry.fired.map(at -> "after " + Plain.duration(at)).orElse("only pending"),
                entry.told.map(at -> "after " + Plain.duration(at)).orElse(entry.muted ? "muted" : "-"),
                resolved(entry),
                entry.receivers.isEmpty() ? "-" : String.join(", ", entry.receivers))));
        if (entries.isEmpty()) {
            page.add("  no alert fired\n");
        } else {
            page.tableUncut(rows);
        }
        if (last.notifications().isPresent()) {
            page.add("notifications: ").add(notified()).add("\n");
        }
        return page.toString();
    }

    private String resolved(Entry entry) {
        if (entry.resolved.isEmpty()) {
            return entry.fired.isPresent() ? "NOT" : "-";
        }
        Duration at = entry.resolved.get();
        if (repaired.isEmpty() || at.compareTo(repaired.get()) < 0) {
            return "before the repair";
        }
        return Plain.duration(at.minus(repaired.get())) + " after the repair";
    }

    private String notified() {
        StringBuilder text = new StringBuilder();
        notifications()
                .forEach((integration, sent) -> text.append(text.length() == 0 ? "" : ", ")
                        .append(Plain.text(integration))
                        .append(' ')
                        .append(sent.sent())
                        .append(sent.failed() > 0 ? " (" + sent.failed() + " failed)" : ""));
        return text.length() == 0 ? "none" : text.toString();
    }
}
