package org.relaysupervisor.supervise;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.relaysupervisor.process.Fingerprint;
import org.relaysupervisor.process.ProcessSpec;

/** A handover in the test's hands, and the specifications of what follows each other under two names. */
final class Succeeding implements Handover {
    static final Fingerprint GIVEN = Fingerprint.of("this");

    final List<Consumer<Optional<String>>> asked = new ArrayList<>();
    final List<String> failures = new ArrayList<>();
    int done;

    /** @param process another name than that of the process that lives */
    static ChildSpec spec(String name, String process, String... after) {
        return Scene.spec(
                name,
                new ChildSpec.Launch() {
                    @Override
                    public ProcessSpec prepare() {
                        return prepareBeside().lasting(GIVEN);
                    }

                    @Override
                    public ProcessSpec prepareBeside() {
                        return new ProcessSpec(process, List.of("/bin/" + name), Map.of(), Path.of("/"));
                    }

                    @Override
                    public Optional<String> process() {
                        return Optional.of(process);
                    }

                    @Override
                    public Optional<Fingerprint> lasting() {
                        return Optional.of(GIVEN);
                    }
                },
                after);
    }

    @Override
    public void fit(long pid) throws IOException {
        throw new IOException("is asked by the fake runner only");
    }

    @Override
    public void take(Consumer<Optional<String>> answer) {
        asked.add(answer);
    }

    /** To the newest question. */
    void answer(Optional<String> refusal) {
        asked.get(asked.size() - 1).accept(refusal);
    }

    @Override
    public void done() {
        done++;
    }

    @Override
    public void failed(String why) {
        failures.add(why);
    }
}
