package org.relaysupervisor;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where this machine and this installation keep what the children need. */
final class Installation {
    private Installation() {}

    static String searchPath(Map<String, String> environment) {
        return environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
    }

    /** Where relayctl looks; without a service manager that made the place, in the state directory. */
    static Path controlSocket(Map<String, String> environment, Path state) {
        return given(environment, "RUNTIME_DIRECTORY").orElse(state).resolve("control.sock");
    }

    /** Of the service manager's making, for files that others rotate, back up or leave out; else the state directory's. */
    static Path logs(Map<String, String> environment, Path ofState) {
        return given(environment, "LOGS_DIRECTORY").orElse(ofState);
    }

    /** systemd.exec(5): absolute paths, joined by colons where a unit names several. */
    private static Optional<Path> given(Map<String, String> environment, String variable) {
        String first = environment.getOrDefault(variable, "").split(":", 2)[0];
        return first.startsWith("/") ? Optional.of(Path.of(first)) : Optional.empty();
    }

    /** The standby programme that comes with the program; the start script says where. */
    static Path shippedStandby() {
        return Path.of(System.getProperty("relay.standby", "/usr/share/relay-supervisor/standby.mp3"));
    }
}
