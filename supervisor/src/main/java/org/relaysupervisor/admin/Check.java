package org.relaysupervisor.admin;

import java.io.PrintStream;
import java.nio.file.Path;

/** What {@code relayctl check FILE} does; found by {@link java.util.ServiceLoader}, so that the CLI's other verbs never load it. */
@FunctionalInterface
public interface Check {
    /**
     * @param out told that the file is good
     * @param err told every problem, one a line
     * @return the exit code: 0 when the file is good, else 1
     */
    int check(Path file, PrintStream out, PrintStream err);
}
