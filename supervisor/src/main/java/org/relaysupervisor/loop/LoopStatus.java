package org.relaysupervisor.loop;

import java.time.Duration;

/**
 * How well the control loop keeps up; read from any thread, also while the loop is stuck.
 *
 * @param tasks tasks run since the start
 * @param failures tasks that ended with an uncaught exception
 * @param rejected tasks refused because the queue was full, or the loop closed
 * @param stalls tasks that held the loop for longer than 250 ms
 * @param longestTask the longest single task since the start
 * @param currentTask how long the task that is running now has been running; zero when idle
 * @param queued tasks waiting now
 */
public record LoopStatus(
        long tasks,
        long failures,
        long rejected,
        long stalls,
        Duration longestTask,
        Duration currentTask,
        int queued) {}
