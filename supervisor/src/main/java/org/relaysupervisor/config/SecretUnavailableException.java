package org.relaysupervisor.config;

import java.io.IOException;

/** A secret cannot be had. The message names the place where it should be and what to do, never the value. */
public final class SecretUnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    public SecretUnavailableException(String message) {
        super(message);
    }

    public SecretUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
