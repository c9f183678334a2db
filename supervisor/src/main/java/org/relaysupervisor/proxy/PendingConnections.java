package org.relaysupervisor.proxy;

import java.util.LinkedHashSet;

/**
 * Connections that are not served (yet): waiting for their request, or for the end of a refusal. When there are too many the
 * oldest goes: a program that has something to ask does so at once, so a flood of silent connections only pushes out itself.
 */
final class PendingConnections {
    private final LinkedHashSet<Client> oldestFirst = new LinkedHashSet<>();
    private final int maximum;

    PendingConnections(int maximum) {
        this.maximum = maximum;
    }

    void add(Client client) {
        if (oldestFirst.size() >= maximum) {
            Client oldest = oldestFirst.iterator().next();
            oldestFirst.remove(oldest);
            oldest.abort(Refusal.OVERLOAD);
        }
        oldestFirst.add(client);
    }

    /** Served now, or gone. */
    void remove(Client client) {
        oldestFirst.remove(client);
    }
}
