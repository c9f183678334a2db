package org.relaysupervisor.proxy;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.relaysupervisor.config.Lane;

/** What both routes decide by, as it stands now. Read and written on the event loop only. */
final class Policy {
    private final ProxyLimits limits;
    private int listenerLimit;
    private Set<InetAddress> trustedFronts;
    private Front front = new Front(List.of());
    private int burst;
    private boolean streamWanted = true;
    private boolean icecastAvailable;
    private Lane lane = Lane.A;

    Policy(ProxySettings settings) {
        limits = settings.limits();
        takeOver(settings);
    }

    /** The parts that may change while connections are open. */
    void takeOver(ProxySettings settings) {
        listenerLimit = settings.listenerLimit();
        trustedFronts = settings.trustedFronts();
        front = new Front(settings.frontSecrets());
        burst = settings.burst();
    }

    ProxyLimits limits() {
        return limits;
    }

    int listenerLimit() {
        return listenerLimit;
    }

    Set<InetAddress> trustedFronts() {
        return trustedFronts;
    }

    Front front() {
        return front;
    }

    int burst() {
        return burst;
    }

    /** Whether there is to be a stream, or an operator has stopped what makes it. */
    boolean streamWanted() {
        return streamWanted;
    }

    void streamWanted(boolean now) {
        streamWanted = now;
    }

    /** Whose sources are heard. */
    Lane lane() {
        return lane;
    }

    void lane(Lane now) {
        lane = now;
    }

    boolean icecastAvailable() {
        return icecastAvailable;
    }

    void icecastAvailable(boolean now) {
        icecastAvailable = now;
    }
}
