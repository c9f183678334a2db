package org.relaysupervisor.proxy;

import io.netty.util.concurrent.Ticker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.proxy.ProxySnapshot.RecorderConnection;
import org.relaysupervisor.proxy.ProxySnapshot.RecorderConnection.End;

/**
 * The recorders that read a feed: one, as a rule. Whatever becomes of them costs the feed nothing. Lives on the event loop, but for
 * {@link #newest}.
 */
final class Recorders {
    private static final Logger log = System.getLogger(Proxy.class.getName());

    private final String path;
    private final String feed;
    private final FrameRing ring;
    private final Mount mount;
    private final Ticker ticker;
    private final Clock clock;
    private final List<FeedRecorder> present = new ArrayList<>();
    private long connects;
    private long overruns;
    private boolean warned;
    private FeedRecorder newestRecorder;
    private Instant newestPlayedAt;
    private volatile Optional<RecorderConnection> newest = Optional.empty();

    /**
     * @param feed the feed's name
     * @param ticker what the ring's frames were timed by
     */
    Recorders(String path, String feed, FrameRing ring, Mount mount, Ticker ticker, Clock clock) {
        this.path = path;
        this.feed = feed;
        this.ring = ring;
        this.mount = mount;
        this.ticker = ticker;
        this.clock = clock;
    }

    boolean isEmpty() {
        return present.isEmpty();
    }

    void serve(Client client, RequestHead head, Reply reply) {
        RecorderRequest request = RecorderRequest.of(head, feed, ring.framesBefore(ring.head()));
        request.fault().ifPresent(this::warn);
        FeedRecorder recorder = new FeedRecorder(client, request, ring, mount, this);
        connects++;
        present.add(recorder);
        publish();
        recorder.start(reply);
    }

    /** Once: a recorder that is started again and again would say it as often. */
    private void warn(String fault) {
        if (!warned) {
            warned = true;
            log.log(
                    Level.WARNING,
                    path + ": a recorder's header " + fault + "; such headers are ignored, so it may record the last "
                            + ring.heldNanos() / 1_000_000_000L + " s again");
        }
    }

    /** It is about to be sent its first frame. */
    void begun(FeedRecorder recorder, long playedNanos) {
        newestRecorder = recorder;
        newestPlayedAt = clock.now().minusNanos(ticker.nanoTime() - playedNanos);
        publish();
    }

    void ended(FeedRecorder recorder) {
        present.remove(recorder);
        overruns += recorder.end().filter(End.OVERRUN::equals).isPresent() ? 1 : 0;
        publish();
    }

    /** Gives each what is new. They wait for no turns of their own: what they do not have yet can be lost. */
    void turn() {
        for (FeedRecorder recorder : List.copyOf(present)) {
            try {
                recorder.turn();
            } catch (RuntimeException e) {
                recorder.failed(e);
            }
        }
    }

    /** Closes every connection, once it has all that the ring has. */
    void dismiss() {
        List.copyOf(present).forEach(FeedRecorder::dismiss);
    }

    private void publish() {
        if (newestRecorder != null) {
            newest = Optional.of(new RecorderConnection(
                    newestRecorder.session(),
                    feed,
                    newestRecorder.first(),
                    newestPlayedAt,
                    newestRecorder.missed(),
                    newestRecorder.end(),
                    connects,
                    overruns));
        }
    }

    /** The newest connection that has had a frame. Any thread. */
    Optional<RecorderConnection> newest() {
        return newest;
    }
}
