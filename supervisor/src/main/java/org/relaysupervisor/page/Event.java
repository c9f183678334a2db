package org.relaysupervisor.page;

import java.time.Instant;

/**
 * Something that happened.
 *
 * @param at by the wall clock, right to about a second
 * @param text what, and why, in plain words
 */
record Event(Instant at, Mark mark, String text) {}
