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
        set("silence", on ? "on" : "off");
    }

    public void deadChannel(boolean on) throws IOException {
        set("dead_channel", on ? "on" : "off");
    }

    private void set(String name, String state) throws IOException {
        try (ControlSocket liquidsoap = new ControlSocket(socket)) {
            String answer = liquidsoap.ask("drill." + name + " " + state);
            if (!answer.strip().equals(name + " is " + state)) {
                throw new IOException("Liquidsoap runs a radio.liq without the switch drill." + name
                        + ": take it over from the shipped one, and restart liquidsoap");
            }
        }
    }
}
