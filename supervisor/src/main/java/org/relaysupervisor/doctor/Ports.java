package org.relaysupervisor.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.process.ProcFs;
import org.relaysupervisor.status.Finding;
import org.relaysupervisor.status.RelaySnapshot;

/** Whether each configured port is served by who should, and nothing else can be reached from outside. Connects to nothing. */
final class Ports {
    private static final String NAME = "ports";

    private final ProcFs procFs;
    private final long daemon;

    Ports(ProcFs procFs, long daemon) {
        this.procFs = procFs;
        this.daemon = daemon;
    }

    /** @param owner empty while the child that should serve it has no process */
    private record Port(String setting, int number, OptionalLong owner) {}

    Finding finding(RelayConfig config, RelaySnapshot relay) throws IOException {
        List<String> problems = new ArrayList<>();
        List<Port> ports = ports(config, relay);
        for (Port port : ports) {
            if (port.owner().isEmpty()) {
                problems.add(port.setting() + ": its program is not up");
            } else if (!procFs.listens(port.owner().getAsLong(), port.number())) {
                problems.add(port.setting() + ": port " + port.number() + " is served by " + holder(port.number()));
            }
        }
        if (!problems.isEmpty()) {
            return Finding.failed(
                    NAME, String.join("; ", problems), "stop what is in the way, or choose another port in relay.yaml");
        }
        Set<String> open = unexpected(config, relay);
        if (!open.isEmpty()) {
            return Finding.warning(
                    NAME,
                    "open to others without being configured: " + String.join(", ", open),
                    "see bind in relay.yaml and the templates, or close them in the firewall");
        }
        String numbers =
                ports.stream().map(port -> Integer.toString(port.number())).collect(Collectors.joining(", "));
        return Finding.ok(NAME, numbers + " are served, and nothing else is open to others");
    }

    private String holder(int port) {
        return procFs.holder(port)
                .map(holder -> holder.command() + " (pid " + holder.pid() + ")")
                .orElse("nobody of ours");
    }

    private List<Port> ports(RelayConfig config, RelaySnapshot relay) {
        List<Port> ports = new ArrayList<>();
        ports.add(new Port("listeners.port", config.listeners().port(), OptionalLong.of(daemon)));
        ports.add(new Port("metrics.port", config.metrics().port(), OptionalLong.of(daemon)));
        if (!config.isEdge()) {
            ports.add(new Port("source_route.port", config.sourceRoute().port(), OptionalLong.of(daemon)));
            ports.add(new Port("icecast.port", config.icecast().port(), pid(relay, "icecast")));
        }
        if (config.inputs().stream().anyMatch(RelayConfig.HarborInput.class::isInstance)) {
            ports.add(new Port("harbor.port", config.harbor().port(), OptionalLong.of(daemon)));
        }
        return ports;
    }

    private static OptionalLong pid(RelaySnapshot relay, String child) {
        return relay.children().stream()
                .map(RelaySnapshot.Child::state)
                .filter(state -> state.name().equals(child))
                .map(state -> state.pid())
                .findFirst()
                .orElse(OptionalLong.empty());
    }

    private Set<String> unexpected(RelayConfig config, RelaySnapshot relay) throws IOException {
        List<Long> pids = new ArrayList<>(List.of(daemon));
        relay.children().forEach(child -> child.state().pid().ifPresent(pids::add));
        Set<String> open = new TreeSet<>();
        for (long pid : pids) {
            for (InetSocketAddress address : procFs.listeningAddresses(pid)) {
                if (!address.getAddress().isLoopbackAddress() && !isConfigured(address.getPort(), config)) {
                    open.add(address.getAddress().getHostAddress() + " port " + address.getPort());
                }
            }
        }
        return open;
    }

    private static boolean isConfigured(int port, RelayConfig config) {
        return isOpen(port, config.listeners().port(), config.listeners().bind())
                || isOpen(port, config.harbor().port(), config.harbor().bind());
    }

    private static boolean isOpen(int port, int configured, InetAddress bind) {
        return port == configured && !bind.isLoopbackAddress();
    }
}
