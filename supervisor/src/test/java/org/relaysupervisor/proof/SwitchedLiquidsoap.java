package org.relaysupervisor.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.relaysupervisor.station.Station;

/**
 * The daemon's own Liquidsoap, with all that comes after its choice of input; in place of that choice it plays one of several files, which
 * it changes for another at its next frame when it is told to.
 */
final class SwitchedLiquidsoap {
    private SwitchedLiquidsoap() {}

    /**
     * Has a station that isn't started yet run it.
     *
     * @param directory of the files
     * @param names without .wav; the first is played until another is told
     */
    static void install(Station station, Path directory, List<String> names) throws IOException {
        Path sources = Files.writeString(directory.resolve("switched.liq"), sources(directory, names));
        LiquidsoapWrapper.install(station, directory.resolve("switched-liquidsoap"), start(sources));
    }

    private static String sources(Path directory, List<String> names) {
        StringBuilder script = new StringBuilder("""
                played = ref("%s")
                def play(name) =
                  played := name
                  "playing " ^ name
                end
                server.register(namespace="proof", "play", play)
                """.formatted(names.get(0)));
        StringBuilder cases = new StringBuilder();
        for (String name : names) {
            script.append("proof_%s = single(id=\"%s\", \"%s/%s.wav\")\n".formatted(name, name, directory, name));
            cases.append("({!played == \"%s\"}, proof_%s), ".formatted(name, name));
        }
        return script.append("safe = mksafe(switch(id=\"proof\", track_sensitive=false, [%s({true}, proof_%s)]))\n"
                        .formatted(cases, names.get(0)))
                .toString();
    }

    private static String start(Path sources) {
        return """
                umask 077
                sed -e '/^safe = mksafe(choice)$/{r %s' -e 'd}' "$1" >"$1.switched" || exit
                exec liquidsoap $library "$1.switched"
                """.formatted(sources);
    }

    /** Returns when the switch was ordered, as System.nanoTime() has it. */
    static long play(LiquidsoapSocket socket, String name) throws IOException {
        long ordered = System.nanoTime();
        String answer = socket.ask("proof.play " + name);
        if (!answer.equals("playing " + name)) {
            throw new IOException("Liquidsoap did not play " + name + " but said: " + answer);
        }
        return ordered;
    }
}
