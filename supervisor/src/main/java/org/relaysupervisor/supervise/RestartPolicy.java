package org.relaysupervisor.supervise;

import java.time.Duration;

/**
 * When to try again: exponential backoff with jitter, and a restart intensity over a sliding window.
 *
 * @param firstDelay before the first restart of a child that had been up; zero restarts at once
 * @param maximumDelay the cap of the backoff
 * @param resetAfter an UP that lasted this long resets the backoff
 * @param intensity more than this many restarts within {@code window} is {@link ChildState#FAILED}
 * @param window the sliding window
 * @param failedDelay between attempts while FAILED: slow, but never given up
 */
public record RestartPolicy(
        Duration firstDelay,
        Duration maximumDelay,
        Duration resetAfter,
        int intensity,
        Duration window,
        Duration failedDelay) {}
