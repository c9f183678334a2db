package org.relaysupervisor.archive;

import java.time.Instant;

/** @param at when it began to be shown, UTC */
record Title(Instant at, String text) {}
