package org.relaysupervisor.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.relaysupervisor.config.RelayConfig;

/** The audio file that plays when nothing else does: the configuration's own, or the one that is shipped. */
record StandbyFile(Path path) {
    static StandbyFile of(RelayConfig config, Path shipped) {
        return new StandbyFile(config.standby().file().orElse(shipped));
    }

    /** @throws IOException that says what to do, when this user can't read it */
    void requireReadable() throws IOException {
        if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
            throw new IOException(path + ", the standby programme, cannot be read: put an audio file there that the"
                    + " daemon's user can read, or set standby.file in relay.yaml");
        }
    }
}
