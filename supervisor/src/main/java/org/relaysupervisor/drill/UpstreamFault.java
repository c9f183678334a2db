package org.relaysupervisor.drill;

import java.io.IOException;

/** An edge is cut off from its primary, as by a broken line between the two. */
final class UpstreamFault implements Fault {
    private final Line line;

    /** To the primary; closed for what is connected as well. */
    @FunctionalInterface
    interface Line {
        void open(boolean open) throws IOException;
    }

    UpstreamFault(Line line) {
        this.line = line;
    }

    @Override
    public String what() {
        return "the primary is cut off; who listens hears the standby";
    }

    @Override
    public void begin() throws IOException {
        line.open(false);
    }

    /** A mount that a reload brought isn't cut off yet. */
    @Override
    public void keep() throws IOException {
        line.open(false);
    }

    @Override
    public void repair() throws IOException {
        line.open(true);
    }
}
