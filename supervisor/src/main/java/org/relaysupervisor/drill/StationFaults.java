package org.relaysupervisor.drill;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.relaysupervisor.drill.ChildFault.Kind;
import org.relaysupervisor.process.CgroupTree;
import org.relaysupervisor.process.Processes.Signal;

/**
 * All faults that a station of this kind can have: those of each child that is configured, then those of what is around the
 * children.
 */
public final class StationFaults implements Faults {
    private final Children children;
    private final Supplier<List<String>> names;
    private final String liquidsoap;
    private final Optional<CgroupTree> cgroups;
    private final Station station;

    /** What can be broken beside the children. Calls come on the drill's thread, and may block for some seconds. */
    public interface Station {
        /** Digital silence in place of the programme, or the programme again. */
        void silence(boolean on) throws IOException;

        /** The programme on its left channel alone, or on both again. */
        void deadChannel(boolean on) throws IOException;

        /** Where the store is; empty for a bucket. Any thread. */
        Optional<Path> storeDirectory();

        /** Whether a bucket is asked with the right keys. With the right ones, what waits for any store is tried at once. */
        void storeKeys(boolean right) throws IOException;

        /** Any thread. */
        Path spool();

        /** Whether listeners can connect. Who is connected stays. */
        void listenerPort(boolean open) throws IOException;

        /** Whether the stream is fetched from another machine. Any thread. */
        boolean isEdge();

        /** Whether an edge may be connected to its primary. */
        void primary(boolean reachable) throws IOException;

        /** Why a second Liquidsoap can't be tried beside the first now; empty when it can. Any thread. */
        Optional<String> noReplacement();

        /** Gives the children the memory limits of the configuration. */
        void usualLimits() throws IOException;

        /** Whether somebody starts the daemon again when it is killed. Any thread. */
        boolean isStartedAgain();

        /** Whether somebody kills the daemon when it hangs, and starts it again. Any thread. */
        boolean isWatched();

        /** KILL or STOP for the daemon, in a moment: the answer to who asked for it leaves before. */
        void signalDaemon(Signal signal);

        /** Leaves the daemon less memory than it uses, in a moment. Only where there are cgroups. */
        void starveDaemon();

        /** Gives the daemon as much memory as there is again. */
        void feedDaemon() throws IOException;
    }

    /**
     * @param names of the children that are configured now; any thread
     * @param liquidsoap which of them plays the programme
     */
    public StationFaults(
            Children children,
            Supplier<List<String>> names,
            String liquidsoap,
            Optional<CgroupTree> cgroups,
            Station station) {
        this.children = children;
        this.names = names;
        this.liquidsoap = liquidsoap;
        this.cgroups = cgroups;
        this.station = station;
    }

    @Override
    public Map<String, Fault> byName() {
        Map<String, Fault> faults = new LinkedHashMap<>();
        List<String> configured = names.get();
        boolean playsItself = configured.contains(liquidsoap);
        if (station.isEdge()) {
            faults.put("primary-gone", new UpstreamFault(station::primary));
        }
        if (playsItself) {
            faults.put("stop-stream", new ChildFault(children, liquidsoap, Kind.STOP));
        }
        for (String child : configured) {
            faults.put("kill-" + child, new ChildFault(children, child, Kind.KILL));
            faults.put("stall-" + child, new ChildFault(children, child, Kind.STALL));
            faults.put("oom-" + child, new MemoryFault(children, child, cgroups, station::usualLimits));
            if (!child.equals(liquidsoap)) {
                faults.put("stop-" + child, new ChildFault(children, child, Kind.STOP));
            }
        }
        if (playsItself) {
            faults.put("silence", programme("the programme is digital silence", station::silence));
            faults.put("dead-channel", programme("the programme's right channel is dead", station::deadChannel));
            faults.put("fail-replacement", new ReplacementFault(children, liquidsoap, station::noReplacement));
        }
        faults.put("probe-target-gone", new PortFault(station::listenerPort));
        faults.put("upload-refused", new UploadFault(station::storeDirectory, station::storeKeys));
        faults.put("disk-full", new DiskFault(station.spool()));
        faults.put(
                "kill-daemon",
                new DaemonFault(
                        DaemonFault.Kind.KILL, station.isStartedAgain(), () -> station.signalDaemon(Signal.KILL)));
        faults.put(
                "stall-daemon",
                new DaemonFault(DaemonFault.Kind.STALL, station.isWatched(), () -> station.signalDaemon(Signal.STOP)));
        faults.put(
                "oom-daemon",
                new DaemonFault(
                        DaemonFault.Kind.OOM,
                        station.isStartedAgain() && cgroups.isPresent(),
                        station::starveDaemon,
                        station::feedDaemon));
        return faults;
    }

    private Fault programme(String what, ProgrammeFault.Switch programme) {
        return new ProgrammeFault(what, programme, children, liquidsoap);
    }
}
