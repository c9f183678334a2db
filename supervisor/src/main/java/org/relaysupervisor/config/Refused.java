package org.relaysupervisor.config;

/**
 * A value that a {@link Reading} does not accept. The message goes on after the name of the key: "must be a whole number". It
 * repeats the value only where a secret written in the wrong place could not show up in it.
 */
final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
        super(message, null, false, false);
    }
}
