package org.relaysupervisor.proof;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Who listens, and how. A third of the listeners of each kind asks for ICY metadata.
 *
 * @param server where they connect to
 * @param mount such as {@code /live}
 * @param steady listeners that read all that comes, and stay
 * @param slow listeners on top of those, with a small receive buffer, that read at {@code slowRate}
 * @param churning listeners on top of those that leave after 1 to 10 s and join again within 2 s, all the time
 * @param stalling listeners on top of those, with a small receive buffer, that read for 1 to 10 s, then nothing for a minute,
 *     then leave and join again, all the time
 * @param sampled of the steady ones, and of the churning ones as many as a fifth of that: they cut what they hear into frames
 * @param slowRate bytes a second that a slow listener reads
 * @param joinsPerSecond when many join at once
 * @param pace time between two looks at the connections; zero looks whenever something is there. Anything else makes many
 *     listeners cheap, and all times coarser by as much
 * @param seed of what churning listeners do
 */
public record SwarmPlan(
        InetSocketAddress server,
        String mount,
        int steady,
        int slow,
        int churning,
        int stalling,
        int sampled,
        int slowRate,
        int joinsPerSecond,
        Duration pace,
        long seed) {
    private static final int HALF_OF_128_KBIT = 8_000;

    /** Steady listeners only, 200 of them joining each second, on a port of 127.0.0.1. */
    public static SwarmPlan of(int port, String mount, int steady) {
        return new SwarmPlan(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                mount,
                steady,
                0,
                0,
                0,
                0,
                HALF_OF_128_KBIT,
                200,
                Duration.ZERO,
                1);
    }

    public SwarmPlan withSlow(int count) {
        return new SwarmPlan(
                server, mount, steady, count, churning, stalling, sampled, slowRate, joinsPerSecond, pace, seed);
    }

    public SwarmPlan withChurning(int count, long churnSeed) {
        return new SwarmPlan(
                server, mount, steady, slow, count, stalling, sampled, slowRate, joinsPerSecond, pace, churnSeed);
    }

    public SwarmPlan withStalling(int count) {
        return new SwarmPlan(
                server, mount, steady, slow, churning, count, sampled, slowRate, joinsPerSecond, pace, seed);
    }

    public SwarmPlan withSampled(int count) {
        return new SwarmPlan(
                server, mount, steady, slow, churning, stalling, count, slowRate, joinsPerSecond, pace, seed);
    }

    public SwarmPlan withJoinsPerSecond(int rate) {
        return new SwarmPlan(server, mount, steady, slow, churning, stalling, sampled, slowRate, rate, pace, seed);
    }

    public SwarmPlan withPace(Duration interval) {
        return new SwarmPlan(
                server, mount, steady, slow, churning, stalling, sampled, slowRate, joinsPerSecond, interval, seed);
    }
}
