package org.relaysupervisor.drill;

import java.io.IOException;
import java.util.Optional;

/** What Liquidsoap plays is changed, by Liquidsoap itself: encoder, proxy, Icecast and meter get it as any programme. */
final class ProgrammeFault implements Fault {
    private final String what;
    private final Switch programme;
    private final Children children;
    private final String liquidsoap;

    /** May block for some seconds. */
    @FunctionalInterface
    interface Switch {
        void set(boolean on) throws IOException;
    }

    /** @param liquidsoap the child's name */
    ProgrammeFault(String what, Switch programme, Children children, String liquidsoap) {
        this.what = what;
        this.programme = programme;
        this.children = children;
        this.liquidsoap = liquidsoap;
    }

    @Override
    public String what() {
        return what;
    }

    @Override
    public Optional<String> impossible() {
        return ChildFault.mustBeUp(children, liquidsoap);
    }

    @Override
    public void begin() throws IOException {
        programme.set(true);
    }

    /** A Liquidsoap that was restarted knows nothing of it. */
    @Override
    public void keep() throws IOException {
        if (impossible().isEmpty()) {
            programme.set(true);
        }
    }

    @Override
    public void repair() throws IOException {
        if (impossible().isEmpty()) {
            programme.set(false);
        }
    }
}
