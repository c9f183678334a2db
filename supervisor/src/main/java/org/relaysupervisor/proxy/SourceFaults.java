package org.relaysupervisor.proxy;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import org.relaysupervisor.frames.AudioFormat;

/** What a feed's sources do that they should not: counted always, and said now and then. */
final class SourceFaults {
    private static final Logger log = System.getLogger(Proxy.class.getName());
    private static final Duration SAID_EVERY = Duration.ofMinutes(1);

    private final String path;
    private Optional<Long> saidNanos = Optional.empty();
    private Optional<AudioFormat> format = Optional.empty();
    private long garbageBytes;
    private long tagBytes;
    private long formatChanges;

    SourceFaults(String path) {
        this.path = path;
    }

    /** What the newest frame of a source is; a change from the one before is a fault. */
    void format(AudioFormat now, long nowNanos) {
        if (format.isPresent() && !format.get().equals(now)) {
            formatChanges++;
            say("the source went over from " + format.get() + " to " + now + "; some players stop at that", nowNanos);
        }
        format = Optional.of(now);
    }

    /** What a primary sends, and the standby that it takes turns with. */
    void fetched(AudioFormat fetched, AudioFormat standby, long nowNanos) {
        if (!fetched.equals(standby)) {
            say(
                    "the primary sends " + fetched + ", and the standby is " + standby
                            + "; some players stop where one follows the other: give the mount the"
                            + " sample_rate and channels that it has there",
                    nowNanos);
        }
    }

    /** Another source, or another connection of it: it may have another format. */
    void newSource() {
        format = Optional.empty();
    }

    /** Bytes that were left out. */
    void skipped(long garbage, long tags, String contentType, long nowNanos) {
        if (garbage > 0) {
            say(garbage + " bytes of the source were no frames of " + contentType + " and are left out", nowNanos);
        }
        garbageBytes += garbage;
        tagBytes += tags;
    }

    /** At most once a minute, whatever it is. */
    void say(String what, long nowNanos) {
        if (saidNanos.isEmpty() || nowNanos - saidNanos.get() > SAID_EVERY.toNanos()) {
            saidNanos = Optional.of(nowNanos);
            log.log(Level.WARNING, path + ": " + what);
        }
    }

    long garbageBytes() {
        return garbageBytes;
    }

    long tagBytes() {
        return tagBytes;
    }

    long formatChanges() {
        return formatChanges;
    }
}
