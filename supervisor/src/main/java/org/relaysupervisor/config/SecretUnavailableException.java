package org.relaysupervisor.config;

/** A secret is not where the configuration says. The message names the place and what to do, never a value. */
public final class SecretUnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    public SecretUnavailableException(String message) {
        super(message);
    }
}
