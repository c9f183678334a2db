package org.relaysupervisor.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.relaysupervisor.station.Station;

/** A stand-in for Liquidsoap that starts it otherwise: a shell script, for {@code programs.liquidsoap}. */
final class LiquidsoapWrapper {
    private LiquidsoapWrapper() {}

    /**
     * Has a station that isn't started yet run it.
     *
     * @param file where it is written
     * @param start commands of the shell: {@code $1} is the radio's script, {@code $library} the option that goes before it, or empty
     */
    static void install(Station station, Path file, String start) throws IOException {
        Files.writeString(file, """
                #!/bin/sh
                library=
                if [ "${1:-}" = --no-stdlib ]; then library=$1; shift; fi
                # All but a start is the real program's business.
                case ${1:-} in -*) exec liquidsoap $library "$@" ;; esac
                """ + start);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        station.edit("(?m)^  liquidsoap: liquidsoap$", "  liquidsoap: " + file);
    }
}
