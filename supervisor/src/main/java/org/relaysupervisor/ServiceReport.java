package org.relaysupervisor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.relaysupervisor.loop.Loop;
import org.relaysupervisor.process.ServiceNotifier;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.supervise.ChildSnapshot;
import org.relaysupervisor.supervise.ChildState;

/**
 * What the service manager is told and when: ready once a listener gets audio, or after a bound even so, for a station that waits
 * for its DJ must not be started over and over. The watchdog is fed by the control loop itself: one that is stuck starves it.
 * Belongs to the loop, except for {@link #starting}.
 */
final class ServiceReport {
    /** After which a daemon that serves nothing is called started, with what is missing in its status. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);

    /** Asked for again at each look, so longer than any hold-up of the loop but a hang. */
    private static final Duration EXTENSION = Duration.ofSeconds(30);

    /** One may be late, and one be lost. */
    private static final int FEEDS_PER_WATCHDOG = 3;

    private final Loop loop;
    private final ServiceNotifier notifier;
    private Supplier<String> summary = () -> "starting";
    private String told = "";
    private long startedNanos;

    private enum Phase {
        STARTING,
        READY,
        STOPPING
    }

    private Phase phase = Phase.STARTING;

    ServiceReport(Loop loop, ServiceNotifier notifier) {
        this.loop = loop;
        this.notifier = notifier;
    }

    /** Before the loop has anything to do: ports are opened, an earlier daemon's children are ended. */
    void starting() {
        notifier.status("starting");
        notifier.extendTimeout(EXTENSION);
    }

    /** @param summary one line on what is and what isn't on the air */
    void start(Supplier<String> summary) {
        this.summary = summary;
        startedNanos = loop.nanoTime();
        if (notifier.isHeard()) {
            notifier.watchdog()
                    .ifPresent(patience -> loop.every(patience.dividedBy(FEEDS_PER_WATCHDOG), notifier::alive));
            loop.every(LOOK_EVERY, this::look);
        }
    }

    /** A listener has got audio of the main mount. */
    void serving() {
        if (phase == Phase.STARTING) {
            ready();
        }
    }

    private void look() {
        switch (phase) {
            case STARTING -> {
                if (loop.since(startedNanos).compareTo(PATIENCE) >= 0) {
                    ready();
                } else {
                    notifier.extendTimeout(EXTENSION);
                    tell();
                }
            }
            case READY -> tell();
            case STOPPING -> {}
        }
    }

    private void ready() {
        phase = Phase.READY;
        told = summary.get();
        notifier.ready(told);
    }

    private void tell() {
        String now = summary.get();
        if (!now.equals(told)) {
            told = now;
            notifier.status(now);
        }
    }

    /** Runs a reload between the two messages that systemd wants around it. */
    <T> T reloading(Supplier<T> reload) {
        if (phase != Phase.READY) {
            return reload.get();
        }
        notifier.reloading();
        try {
            return reload.get();
        } finally {
            ready();
        }
    }

    void stopping() {
        phase = Phase.STOPPING;
        notifier.stopping("stopping");
    }

    /** Whether the main mount plays, and which children don't do their work. */
    static String summary(RelaySnapshot relay, String mainMount) {
        List<String> parts = new ArrayList<>();
        parts.add(relay.mounts().stream()
                .filter(mount -> mount.path().equals(mainMount))
                .findFirst()
                .map(ServiceReport::summary)
                .orElse("no mount"));
        relay.children().stream()
                .map(RelaySnapshot.Child::state)
                .filter(child -> !child.wanted() || child.state() != ChildState.UP)
                .map(ServiceReport::summary)
                .forEach(parts::add);
        return String.join("; ", parts);
    }

    private static String summary(RelaySnapshot.Mount mount) {
        if (mount.onAir()) {
            return mount.path() + " is on the air";
        }
        return mount.path() + (mount.onStandby() ? " plays the standby from memory" : " is not on the air");
    }

    private static String summary(ChildSnapshot child) {
        return child.name() + " is " + child.state().label() + (child.wanted() ? "" : " by the operator's wish");
    }
}
