package org.relaysupervisor.admin;

import java.util.List;
import org.relaysupervisor.status.Finding;

/** What is looked at before a show. */
@FunctionalInterface
public interface Checkup {
    /** Blocks for half a minute at the most. */
    List<Finding> examine() throws InterruptedException;
}
