package org.relaysupervisor.proxy;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.function.Consumer;
import org.relaysupervisor.frames.AudioFormat;
import org.relaysupervisor.frames.Frame;
import org.relaysupervisor.proxy.ProxySnapshot.Outage;

/** What a feed's listeners get while its source is silent or gone: the standby programme from memory, if there is one. */
final class StandIn {
    private static final Logger log = System.getLogger(Proxy.class.getName());

    private final String path;
    private final Absence absence;
    private Standby programme = Standby.none();
    /** Of a source that is silent, and may go on in the middle of its stream when another has played meanwhile. */
    private byte[] silentHeaders = {};

    StandIn(String path, Meters meters) {
        this.path = path;
        absence = new Absence(Outage.SOURCE, meters);
    }

    /** What plays from the next frame on, from its beginning. */
    void use(Standby standby, String contentType, long nowNanos) {
        if (standby.isEmpty()) {
            log.log(Level.WARNING, path + ": the standby is not " + contentType + ", and can't be played");
        }
        programme = standby;
        programme.start(nowNanos);
    }

    boolean hasProgramme() {
        return !programme.isEmpty();
    }

    /** Empty when there is no programme. */
    Optional<AudioFormat> format() {
        return programme.format();
    }

    /** Whether the source is away just now. */
    boolean isOn() {
        return absence.isPresent();
    }

    /** @param headers with which the source's next frames are understood */
    void begin(long sinceNanos, Audience audience, byte[] headers, boolean plays) {
        if (isOn()) {
            return;
        }
        absence.begin(sinceNanos, audience);
        silentHeaders = headers;
        programme.start(sinceNanos);
        log.log(
                Level.WARNING,
                path + ": the source is away; "
                        + (plays ? "the standby plays from memory" : "there is no standby to play"));
    }

    void count(long nowNanos) {
        absence.count(nowNanos);
    }

    void play(long nowNanos, Consumer<Frame> feed) {
        programme.play(nowNanos, feed);
    }

    /** The source is back. Returns what must stand before its first frame, since others played after the headers that it needs. */
    Optional<Frame> end(Frame first, long nowNanos, Audience audience) {
        absence.end(nowNanos, audience);
        log.log(Level.INFO, path + ": the source is back");
        return first.kind() == Frame.Kind.AUDIO && silentHeaders.length > 0
                ? Optional.of(new Frame(silentHeaders, Frame.Kind.FIRST_HEADER, 0, first.format()))
                : Optional.empty();
    }

    /** The source did not come back: the feed ended. */
    void giveUp(long nowNanos) {
        absence.giveUp(nowNanos);
    }
}
