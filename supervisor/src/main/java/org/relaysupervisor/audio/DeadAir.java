package org.relaysupervisor.audio;

import java.time.Duration;
import java.util.Optional;

/**
 * The state of one kind of dead air.
 *
 * @param active whether it has lasted for its hold time and is not over
 * @param declared whether somebody announced it, so that it can't become active
 * @param duration since it began, before it was active too; zero when there is no sign of it
 * @param cause what in particular, when active
 */
public record DeadAir(
        DeadAirKind kind, boolean active, boolean declared, Duration duration, Optional<DeadAirCause> cause) {}
