package org.relaysupervisor.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.process.ProcFs;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.store.ObjectStore;

/**
 * What is looked at; each supplier is asked anew each time.
 *
 * @param spool where recordings wait for the store
 * @param store is left open
 * @param hls where HLS goes; empty when it goes nowhere; is left open
 */
public record Premises(
        Supplier<RelayConfig> config,
        Supplier<RelaySnapshot> status,
        Supplier<Path> spool,
        Supplier<ObjectStore> store,
        Supplier<Optional<ObjectStore>> hls,
        ProcFs procFs,
        Executables executables,
        Clock clock) {
    /** How many there are at the most. */
    public static final int CHECKS = 13;

    /** In the order in which an operator mends. */
    List<Check> checks() {
        RelayConfig now = config.get();
        RelaySnapshot seen = status.get();
        List<Check> checks = new ArrayList<>();
        checks.add(new Check("children", () -> List.of(Views.children(seen))));
        if (now.isEdge()) {
            checks.add(new Check("upstream", () -> List.of(Views.upstream(seen))));
        }
        checks.add(new Check(
                "ports", () -> List.of(new Ports(procFs, ProcessHandle.current().pid()).finding(now, seen))));
        if (!now.isEdge() || now.recording().enabled()) {
            recording(checks, now, seen);
        }
        checks.add(new Check("calendar", () -> List.of(Views.calendar(seen.shows()))));
        checks.add(new Check(
                "memory",
                () -> List.of(
                        new MemoryDelegation(Path.of("/proc/self/cgroup"), Path.of("/sys/fs/cgroup")).finding())));
        return checks;
    }

    /** What a recording needs, from the program to the store. */
    private void recording(List<Check> checks, RelayConfig now, RelaySnapshot seen) {
        RelayConfig.Mount mount = now.recordedMount().orElseGet(now::mainMount);
        checks.add(new Check("recording", () -> List.of(Views.recording(seen))));
        checks.add(new Check(
                "recorder: codec",
                () -> List.of(new Codec(Program.installed(executables, now.programs()))
                        .finding(
                                mount,
                                now.recording().hls().enabled(),
                                now.hls().enabled()))));
        checks.add(new Check(
                "disk: room",
                () -> List.of(Views.room(seen.archive().disk(), now.recording().reserve(), mount.bytesPerSecond()))));
        checks.add(new Check(
                "disk: speed", () -> List.of(new DiskSpeed(spool.get(), clock).finding(mount.bytesPerSecond()))));
        checks.add(new Check("store", () -> new StoreProbe(store.get()).findings()));
        if (now.store() instanceof RelayConfig.S3Store s3) {
            checks.add(new Check("clock", () -> List.of(new StoreClock(s3.endpoint(), clock).finding())));
        }
        hls.get().ifPresent(place -> checks.add(new Check("hls: store", () -> new HlsProbe(place).findings())));
        checks.add(new Check("upload", () -> List.of(Views.upload(seen.archive()))));
    }
}
