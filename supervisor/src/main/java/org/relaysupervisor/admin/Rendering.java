package org.relaysupervisor.admin;

import java.io.PrintStream;
import java.nio.file.Path;

/** What {@code relayctl monitoring render DIR} does; found by {@link java.util.ServiceLoader}, as {@link Check} is. */
@FunctionalInterface
public interface Rendering {
    String USUAL_CONFIG = "/etc/relay-supervisor/relay.yaml";

    /**
     * @param config the relay.yaml
     * @param directory made if need be
     * @param out told what was done with each file, one a line
     * @param err told every problem, one a line
     * @return the exit code: 0 when all is there, also when files that were changed by hand were kept; else 1
     */
    int render(Path config, Path directory, PrintStream out, PrintStream err);
}
