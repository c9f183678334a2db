package org.relaysupervisor.drill;

import java.io.IOException;

/** The address that listeners and probes connect to is gone, while all that the daemon measures is as it should be. */
final class PortFault implements Fault {
    private final Port port;

    /** Closed to who comes; who is connected stays. */
    @FunctionalInterface
    interface Port {
        void open(boolean open) throws IOException;
    }

    PortFault(Port port) {
        this.port = port;
    }

    @Override
    public String what() {
        return "the listeners' port refuses connections; who listens goes on";
    }

    @Override
    public void begin() throws IOException {
        port.open(false);
    }

    @Override
    public void repair() throws IOException {
        port.open(true);
    }
}
