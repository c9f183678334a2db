package org.relaysupervisor.proxy;

/** The bytes are not a request that could be passed on safely; the message says why, in our own words. */
final class MalformedHeadException extends Exception {
    MalformedHeadException(String message) {
        // No stack trace: anyone on the network can cause these by the thousand.
        super(message, null, false, false);
    }
}
