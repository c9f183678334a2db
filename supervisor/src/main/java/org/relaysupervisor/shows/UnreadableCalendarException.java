package org.relaysupervisor.shows;

/** A calendar can't be read, or what was read can't be used. The message says why and what to do; without secrets. */
final class UnreadableCalendarException extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableCalendarException(String message) {
        super(message);
    }
}
