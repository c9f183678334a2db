package org.relaysupervisor.drill;

import java.io.IOException;

/** A piece of a drill, which may fail. */
@FunctionalInterface
interface Work {
    void run() throws IOException;
}
