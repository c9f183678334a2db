package org.relaysupervisor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.relaysupervisor.config.RelayConfig;

/**
 * The pure plan from one configuration to the next.
 *
 * <p>A child is restarted only when what it is given differs: its arguments or the text of its files. So a child that a change
 * doesn't concern keeps its pid, whatever section of {@code relay.yaml} the change is in.
 *
 * @param added children to start
 * @param removed children to stop
 * @param restarted children to restart with what they are given now
 * @param kept children that keep their pid
 * @param deferred settings that take effect only when the daemon is restarted, as {@code section.key}
 */
record Reconfiguration(
        Set<String> added, Set<String> removed, Set<String> restarted, Set<String> kept, List<String> deferred) {

    /**
     * @param givenBefore what each child was given under the old configuration: its arguments and files as one text
     * @param givenAfter the same under the new one
     */
    static Reconfiguration between(
            RelayConfig before, Map<String, String> givenBefore, RelayConfig after, Map<String, String> givenAfter) {
        Set<String> both = new TreeSet<>(givenBefore.keySet());
        both.retainAll(givenAfter.keySet());
        return new Reconfiguration(
                without(givenAfter.keySet(), both),
                without(givenBefore.keySet(), both),
                both.stream()
                        .filter(name -> !givenBefore.get(name).equals(givenAfter.get(name)))
                        .collect(Collectors.toCollection(TreeSet::new)),
                both.stream()
                        .filter(name -> givenBefore.get(name).equals(givenAfter.get(name)))
                        .collect(Collectors.toCollection(TreeSet::new)),
                deferred(before, after));
    }

    /** The same plan when a child has what it is given now already. */
    Reconfiguration keeping(String child) {
        Set<String> others = without(restarted, Set.of(child));
        Set<String> all = new TreeSet<>(kept);
        all.add(child);
        return new Reconfiguration(added, removed, others, all, deferred);
    }

    /**
     * The new configuration as far as it can take effect now: what is {@link #deferred} stays as it was, so that the children are
     * told of the ports that are really open and of the spool that is really used.
     */
    static RelayConfig effective(RelayConfig before, RelayConfig after) {
        RelayConfig.Listeners listeners = new RelayConfig.Listeners(
                before.listeners().bind(),
                before.listeners().port(),
                after.listeners().limit(),
                after.listeners().trustedFronts(),
                after.listeners().publicUrl(),
                after.listeners().frontSecrets());
        RelayConfig.Icecast icecast = new RelayConfig.Icecast(
                before.icecast().port(),
                after.icecast().clients(),
                after.icecast().burst(),
                after.icecast().queue(),
                after.icecast().sourceTimeout());
        return new RelayConfig(
                after.station(),
                after.mounts(),
                after.inputs(),
                after.standby(),
                after.silence(),
                listeners,
                after.front(),
                after.harbor(),
                icecast,
                before.sourceRoute(),
                after.programs(),
                after.memory(),
                withSpool(before.recording().spool(), after.recording()),
                after.store(),
                after.upload(),
                after.hls(),
                before.metrics(),
                before.control(),
                after.restart(),
                after.metering(),
                after.profiles(),
                after.shows(),
                after.heartbeat(),
                after.passwords(),
                after.upstream());
    }

    private static RelayConfig.Recording withSpool(Optional<Path> spool, RelayConfig.Recording recording) {
        return new RelayConfig.Recording(
                recording.enabled(),
                recording.mount(),
                recording.segment(),
                spool,
                recording.reserve(),
                recording.hls());
    }

    private static Set<String> without(Set<String> all, Set<String> some) {
        Set<String> rest = new TreeSet<>(all);
        rest.removeAll(some);
        return rest;
    }

    /**
     * The daemon's own sockets stay as they are until it restarts, because rebinding would drop every listener; and so does the
     * spool, because what is in it is brought to the store by the daemon that began with it.
     */
    private static List<String> deferred(RelayConfig before, RelayConfig after) {
        List<String> settings = new ArrayList<>();
        if (!before.listeners().bind().equals(after.listeners().bind())) {
            settings.add("listeners.bind");
        }
        if (before.listeners().port() != after.listeners().port()) {
            settings.add("listeners.port");
        }
        if (before.icecast().port() != after.icecast().port()) {
            settings.add("icecast.port");
        }
        if (!before.sourceRoute().equals(after.sourceRoute())) {
            settings.add("source_route.port");
        }
        if (!before.recording().spool().equals(after.recording().spool())) {
            settings.add("recording.spool");
        }
        if (!before.metrics().equals(after.metrics())) {
            settings.add("metrics.port");
        }
        if (!before.control().equals(after.control())) {
            settings.add("control");
        }
        return List.copyOf(settings);
    }

    /** One line for the operator. */
    String describe() {
        List<String> parts = new ArrayList<>();
        addPart(parts, "started", added);
        addPart(parts, "stopped", removed);
        addPart(parts, "restarting", restarted);
        addPart(parts, "unchanged", kept);
        if (!deferred.isEmpty()) {
            parts.add("at the next start of the daemon: " + String.join(", ", deferred));
        }
        return String.join("; ", parts);
    }

    private static void addPart(List<String> parts, String what, Set<String> children) {
        if (!children.isEmpty()) {
            parts.add(what + ": " + String.join(", ", children));
        }
    }
}
