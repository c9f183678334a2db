package org.relaysupervisor;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.process.Fingerprint;
import org.relaysupervisor.process.ProcFs;
import org.relaysupervisor.process.ProcessSpec;
import org.relaysupervisor.programs.LiquidsoapProgram;
import org.relaysupervisor.supervise.ChildSpec;

/** How Liquidsoap is launched in its lane, either as the one that is heard or beside that one. It may outlive the daemon. */
final class LiquidsoapLaunch implements ChildSpec.Launch {
    private final LiquidsoapProgram program;
    private final ProcFs procFs;
    private final Consumer<Lane> heard;
    private final Fingerprint given;

    /** @param heard told before each start of one that is to be heard */
    LiquidsoapLaunch(LiquidsoapProgram program, ProcFs procFs, Consumer<Lane> heard) {
        this.program = program;
        this.procFs = procFs;
        this.heard = heard;
        given = Fingerprint.of(program.given());
    }

    @Override
    public ProcessSpec prepare() throws IOException {
        requireFreeHarbor();
        heard.accept(program.lane());
        return program.prepare().lasting(given);
    }

    @Override
    public ProcessSpec prepareBeside() throws IOException {
        requireFreeHarbor();
        return program.prepareBeside();
    }

    private void requireFreeHarbor() throws IOException {
        procFs.requireFree(
                "source_route.port",
                program.lane().harbor(),
                program.config().sourceRoute().port());
    }

    @Override
    public Optional<String> process() {
        return Optional.of(program.process());
    }

    @Override
    public Optional<Fingerprint> lasting() {
        return Optional.of(given);
    }
}
