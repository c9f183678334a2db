package org.relaysupervisor.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.relaysupervisor.drill.Drills;
import org.relaysupervisor.status.Finding;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.status.Snapshots;

/** What is behind the control protocol, in memory. */
final class FakeRelay implements Commands, Logs, Supplier<RelaySnapshot> {
    final List<String> commands = new CopyOnWriteArrayList<>();
    final List<LogLine> lines = new CopyOnWriteArrayList<>();
    final FakeRecordings recordings = new FakeRecordings();
    volatile List<Finding> findings = List.of();
    volatile RelaySnapshot snapshot = Snapshots.onAir().build();
    volatile Outcome outcome = new Outcome(true, "done");

    AdminApi api() {
        return new AdminApi(this, this, this, recordings, () -> findings);
    }

    void print(String child, String text) {
        lines.add(new LogLine(lines.size() + 1, Instant.parse("2026-11-22T12:00:00.123Z"), child, text));
    }

    @Override
    public RelaySnapshot get() {
        return snapshot;
    }

    @Override
    public Outcome restart(String child) {
        return command("restart " + child);
    }

    @Override
    public Outcome stop(String child) {
        return command("stop " + child);
    }

    @Override
    public Outcome start(String child) {
        return command("start " + child);
    }

    @Override
    public Outcome canary() {
        return command("canary");
    }

    @Override
    public Outcome reload() {
        return command("reload");
    }

    @Override
    public Outcome startShow(String name, Optional<String> profile, Set<String> expected, Optional<Duration> duration) {
        return command("start show " + name + ", profile " + profile.orElse("none") + ", expected " + expected
                + ", for " + duration.map(Duration::toString).orElse("ever"));
    }

    @Override
    public Outcome endShow() {
        return command("end show");
    }

    @Override
    public List<Drills.Choice> drills() {
        return List.of(
                new Drills.Choice("stop-stream", "liquidsoap is stopped", Optional.empty()),
                new Drills.Choice("oom-icecast", "icecast is killed", Optional.of("no cgroups")));
    }

    @Override
    public Outcome startDrill(String name, Duration longest, int mostListeners, boolean force) {
        return command(
                "start drill " + name + ", for " + longest + ", listeners " + mostListeners + ", force " + force);
    }

    @Override
    public Outcome renewDrill(String id) {
        return command("renew drill " + id);
    }

    @Override
    public Outcome endDrill(String id) {
        return command("end drill " + id);
    }

    private Outcome command(String text) {
        commands.add(text);
        return outcome;
    }

    @Override
    public List<LogLine> tail(Optional<String> child, int count) {
        List<LogLine> all = after(0, child);
        return all.subList(Math.max(0, all.size() - count), all.size());
    }

    @Override
    public List<LogLine> after(long sequence, Optional<String> child) {
        List<LogLine> wanted = new ArrayList<>(lines);
        wanted.removeIf(line -> line.sequence() <= sequence
                || (child.isPresent() && !child.get().equals(line.child())));
        return wanted;
    }
}
