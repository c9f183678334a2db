package org.relaysupervisor.process;

/** How a process ended, as the kernel reports it; {@code exit 137} and SIGKILL are told apart. */
public sealed interface Exit {
    /** For people: {@code "exit 1"}, {@code "killed by SIGSEGV (core dumped)"}. */
    String describe();

    /**
     * The process called exit.
     *
     * @param code 0 to 255; what it means is the program's own business, and several of ours lie
     */
    record Code(int code) implements Exit {
        @Override
        public String describe() {
            return "exit " + code;
        }
    }

    /**
     * A signal ended the process.
     *
     * @param signal the signal's name, with the SIG prefix
     * @param core whether the kernel wrote a core dump
     */
    record Killed(String signal, boolean core) implements Exit {
        @Override
        public String describe() {
            return "killed by " + signal + (core ? " (core dumped)" : "");
        }
    }

    /** The process ended, and how was told to the daemon that had started it only. */
    record Unknown() implements Exit {
        @Override
        public String describe() {
            return "ended, with an exit status that only the daemon before could have seen";
        }
    }

    /**
     * The kernel killed the child for memory, or we did when it stood still at its limit.
     *
     * @param end how its leader ended
     * @param ownLimit whether the child had reached its own limit; if not, the unit or the machine had too little
     */
    record OutOfMemory(Exit end, boolean ownLimit) implements Exit {
        @Override
        public String describe() {
            return "out of memory, " + (ownLimit ? "at its own limit" : "of the whole unit or machine") + ": "
                    + end.describe();
        }
    }
}
