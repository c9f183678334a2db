package org.relaysupervisor;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.loop.Loop;
import org.relaysupervisor.memory.MemoryWatch;
import org.relaysupervisor.process.CgroupTree;
import org.relaysupervisor.process.CgroupWatch;
import org.relaysupervisor.process.ProcFs;
import org.relaysupervisor.programs.OnAir;
import org.relaysupervisor.programs.OnAirWatch;
import org.relaysupervisor.shows.Shows;
import org.relaysupervisor.shows.ShowsSnapshot;
import org.relaysupervisor.supervise.Cause;
import org.relaysupervisor.supervise.Supervisor;

/** Keeps each child within its memory: joins what the kernel says and what is foreseen to the supervisor, which acts. */
final class Containment implements AutoCloseable {
    private final Loop loop;
    private final Optional<CgroupTree> cgroups;
    private final Optional<CgroupWatch> groups;
    private final MemoryWatch memory;

    private Containment(Loop loop, Optional<CgroupTree> cgroups, MemoryWatch memory) throws IOException {
        this.loop = loop;
        this.cgroups = cgroups;
        this.memory = memory;
        groups = cgroups.isPresent()
                ? Optional.of(CgroupWatch.open(new DaemonThreads("relay-cgroups"), this::stirred))
                : Optional.empty();
    }

    /** @param leaking told on the loop of a child that is to be restarted before it is killed, and why */
    static Containment open(
            Loop loop,
            Optional<CgroupTree> cgroups,
            ProcFs procFs,
            RelayConfig config,
            Supervisor supervisor,
            Shows shows,
            OnAirWatch onAir,
            BiConsumer<String, String> leaking)
            throws IOException {
        MemoryWatch.Remedies remedies = new MemoryWatch.Remedies() {
            @Override
            public void overLimit(String child, String why) {
                supervisor.condemn(child, Cause.RSS, why);
            }

            @Override
            public void leaking(String child, String why) {
                leaking.accept(Lane.child(child), why);
            }
        };
        return new Containment(
                loop,
                cgroups,
                new MemoryWatch(
                        loop, cgroups, procFs, config, () -> isQuiet(shows.snapshot(), onAir.onAir()), remedies));
    }

    /** Whether a restart spoils no show. */
    static boolean isQuiet(ShowsSnapshot shows, Optional<OnAir> onAir) {
        boolean standbyPlays =
                onAir.filter(playing -> playing.source().equals(OnAir.STANDBY)).isPresent();
        return standbyPlays || (shows.known() && shows.current().isEmpty());
    }

    MemoryWatch memory() {
        return memory;
    }

    /** On the loop. */
    void started(String child, long pid) {
        memory.started(child, pid);
        follow(child);
    }

    /** On the loop. */
    void adopted(String child, long pid) {
        memory.adopted(child, pid);
        follow(child);
    }

    private void follow(String child) {
        groups.ifPresent(watch -> watch.follow(cgroups.orElseThrow().of(child)));
    }

    /** Any thread. When the loop has no room for it, the next look sees the same. */
    private void stirred(String child) {
        loop.offer(() -> memory.stirred(child));
    }

    /** For an operator who has just reloaded: what is wrong with the limits, one line each. */
    String warnings() {
        List<String> problems = memory.problems();
        return problems.isEmpty() ? "" : "\nwarning: " + String.join("\nwarning: ", problems);
    }

    @Override
    public void close() throws IOException {
        if (groups.isPresent()) {
            groups.get().close();
        }
    }
}
