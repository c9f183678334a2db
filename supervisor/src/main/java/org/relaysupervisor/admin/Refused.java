package org.relaysupervisor.admin;

import java.util.Optional;
import org.relaysupervisor.http.HttpCall;

/** An answer other than what was asked for; the message is for the operator. */
final class Refused extends RuntimeException {
    private final int status;

    Refused(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }

    /** A parameter that must be there. */
    static String required(HttpCall call, String name) {
        return call.parameter(name)
                .filter(value -> !value.isEmpty())
                .orElseThrow(() -> new Refused(400, "the parameter " + name + " is missing"));
    }

    /** A parameter that is a number, if it is there. */
    static Optional<Long> number(HttpCall call, String name, long least, long most) {
        return call.parameter(name).map(value -> {
            try {
                long number = Long.parseLong(value);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Said below, as for one out of range.
            }
            throw new Refused(400, name + " must be a number from " + least + " to " + most + ", not " + value);
        });
    }
}
