package org.relaysupervisor.proof;

import java.io.IOException;
import org.relaysupervisor.station.Station;

/** What is done to the station. */
enum Event {
    KILL_ICECAST("kill -9 of Icecast", "icecast"),
    FREEZE_ICECAST("SIGSTOP of Icecast, until it is found hung and killed", "icecast"),
    RESTART_ICECAST("`relayctl restart icecast`", "icecast"),
    KILL_LIQUIDSOAP("kill -9 of Liquidsoap", "liquidsoap");

    final String label;
    /** The child that is another process afterwards. */
    final String child;

    Event(String label, String child) {
        this.label = label;
        this.child = child;
    }

    /** @param pid of the child */
    void strike(Station station, long pid) throws IOException, InterruptedException {
        switch (this) {
            case KILL_ICECAST, KILL_LIQUIDSOAP -> Station.signal("KILL", pid);
            case FREEZE_ICECAST -> Station.signal("STOP", pid);
            case RESTART_ICECAST -> {
                Station.CommandResult result = station.relayctl("restart", child);
                if (result.exitCode() != 0) {
                    throw new IllegalStateException("relayctl restart icecast: " + result.output());
                }
            }
        }
    }
}
