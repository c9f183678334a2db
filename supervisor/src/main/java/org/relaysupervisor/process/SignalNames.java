package org.relaysupervisor.process;

import jnr.constants.platform.Signal;

/** Signals' names by their number on this system. */
final class SignalNames {
    private SignalNames() {}

    /** {@code "SIGKILL"} for 9; {@code "SIG34"} for one that has no name, such as the real-time signals. */
    static String of(int number) {
        Signal signal = Signal.valueOf(number);
        return signal == Signal.__UNKNOWN_CONSTANT__ ? "SIG" + number : signal.name();
    }
}
