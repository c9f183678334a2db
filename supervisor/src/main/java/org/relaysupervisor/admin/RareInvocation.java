package org.relaysupervisor.admin;

import java.util.Optional;
import picocli.CommandLine.ParameterException;

/**
 * Help, mistakes and rare spellings. In a class of its own, because the verifier of a class that catches an exception of picocli
 * loads it, and with it opens every jar.
 */
final class RareInvocation {
    private RareInvocation() {}

    static int run(String[] arguments, Relayctl relayctl) {
        try {
            Optional<Invocation> understood = new CommandModel().parse(arguments, relayctl.out);
            return understood.isPresent() ? relayctl.perform(understood.get()) : Relayctl.DONE;
        } catch (ParameterException e) {
            CommandModel.complain(e, relayctl.err);
            return Relayctl.USAGE;
        }
    }
}
