package org.relaysupervisor.programs;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The switches in radio.liq that put silence, or one dead channel, in place of all that plays. They are off when Liquidsoap starts.
 * Blocks for at most some seconds.
 */
public final class DrillSwitches {
    private final Path socket;

    /** @param socket Liquidsoap's, see {@link LiquidsoapProgram#socket} */
    public DrillSwitches(Path socket) {
        this.socket = socket;
    }

    public void silence(boolean on) throws IOException {
        set("drill_silence", on);
    }

    public void deadChannel(boolean on) throws IOException {
        set("drill_dead_channel", on);
    }

    /** No spaces around the sign: 2.1 takes them for a part of the name. */
    private void set(String name, boolean on) throws IOException {
        try (ControlSocket liquidsoap = new ControlSocket(socket)) {
            String answer = liquidsoap.ask("var.set " + name + "=" + on);
            if (!answer.startsWith("Variable " + name + " set")) {
                throw new IOException("Liquidsoap runs a radio.liq without the switch " + name
                        + ": take it over from the" + " shipped one, and restart liquidsoap");
            }
        }
    }
}
