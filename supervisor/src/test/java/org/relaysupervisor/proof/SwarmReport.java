package org.relaysupervisor.proof;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.ToIntFunction;

/**
 * What a swarm went through since its last report.
 *
 * @param listeners one entry for each, whatever became of its connections
 * @param ownPause the longest time that the swarm's thread was late by itself (garbage collection, no processor): silences may
 *     be shorter than they look by so much
 */
public record SwarmReport(List<Outcome> listeners, Duration ownPause) {
    /** What a listener is like. */
    public enum Kind {
        STEADY,
        SLOW,
        CHURNING,
        STALLING
    }

    /**
     * What one listener went through.
     *
     * @param icy whether it asked for ICY metadata
     * @param hearing whether it is connected now, and had audio on this connection
     * @param closed times that the server closed the connection after audio had come
     * @param refused attempts that brought no audio: no connection, no reply, or another status than 200
     * @param status of the last reply; 0 before any
     * @param bytes of audio, ICY metadata included
     * @param longestSilenceNanos between two reads of audio on one connection; one that still lasts counts, and counts again,
     *     whole, in the next report
     * @param firstByteNanos from connecting to the first audio; of the last time, empty when it did not join
     * @param outageNanos from the last audio on a connection that the server closed to the first on the next; of the last time
     */
    public record Outcome(
            Kind kind,
            boolean icy,
            boolean hearing,
            int closed,
            int refused,
            int status,
            long bytes,
            long longestSilenceNanos,
            OptionalLong firstByteNanos,
            OptionalLong outageNanos) {}

    /** How many of a kind are connected and have audio. */
    public int hearing(Kind kind) {
        return sum(kind, listener -> listener.hearing() ? 1 : 0);
    }

    /** Connections that the server closed. */
    public int closed(Kind kind) {
        return sum(kind, Outcome::closed);
    }

    public int refused(Kind kind) {
        return sum(kind, Outcome::refused);
    }

    /** Of the steady listeners: a slow one is silent whenever it doesn't read. */
    public Duration longestSilence() {
        return Duration.ofNanos(listeners.stream()
                .filter(listener -> listener.kind() == Kind.STEADY)
                .mapToLong(Outcome::longestSilenceNanos)
                .max()
                .orElse(0));
    }

    /** The shortest outage of a steady listener whose connection was closed and who has audio again. */
    public OptionalLong shortestOutageNanos() {
        return listeners.stream()
                .filter(listener -> listener.kind() == Kind.STEADY)
                .flatMapToLong(listener -> listener.outageNanos().stream())
                .min();
    }

    /**
     * What the audience would call silence: the longest on a wire, or, when connections were closed, the time until the first
     * of those listeners had audio again on a new one, whichever is longer.
     */
    public Duration silence() {
        long outage = shortestOutageNanos().orElse(0);
        return Duration.ofNanos(Math.max(longestSilence().toNanos(), outage));
    }

    /** Of everybody, ICY metadata included. */
    public long bytes() {
        return listeners.stream().mapToLong(Outcome::bytes).sum();
    }

    /** Times to first audio of those that joined, in nanoseconds, ascending. */
    public long[] firstByteNanos() {
        return listeners.stream()
                .flatMapToLong(listener -> listener.firstByteNanos().stream())
                .sorted()
                .toArray();
    }

    private int sum(Kind kind, ToIntFunction<Outcome> count) {
        return listeners.stream()
                .filter(listener -> listener.kind() == kind)
                .mapToInt(count)
                .sum();
    }
}
