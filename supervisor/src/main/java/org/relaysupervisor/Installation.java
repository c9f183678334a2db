package org.relaysupervisor;

import java.nio.file.Path;
import java.util.Map;

/** Where this machine and this installation keep what the children need. */
final class Installation {
    private Installation() {}

    static String searchPath(Map<String, String> environment) {
        return environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
    }

    /** The standby programme that comes with the program; the start script says where. */
    static Path shippedStandby() {
        return Path.of(System.getProperty("relay.standby", "/usr/share/relay-supervisor/standby.mp3"));
    }
}
