package org.relaysupervisor;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.PublicHls;
import org.relaysupervisor.config.RelayConfig.Store;
import org.relaysupervisor.hls.HlsPublisher;
import org.relaysupervisor.hls.HlsSegment;
import org.relaysupervisor.hls.HlsSnapshot;
import org.relaysupervisor.hls.Writer;
import org.relaysupervisor.loop.Loop;
import org.relaysupervisor.process.StateDirectory;
import org.relaysupervisor.store.Bandwidth;
import org.relaysupervisor.store.ObjectStore;
import org.relaysupervisor.store.ObjectStores;

/**
 * This station's HLS, joined to its store. It has a thread, a client and a way of its own into the network, so that neither the stream nor
 * the archive ever waits for it. Belongs to the loop, but for {@link #snapshot} and {@link #store}.
 */
final class StationHls implements AutoCloseable {
    private static final Duration CLOSING = Duration.ofSeconds(2);

    private final StateDirectory state;
    private final MaskedSecrets secrets;
    private final Loop loop;
    private final ExecutorService worker = DaemonThreads.worker("relay-hls");
    private final HlsPublisher publisher;
    private volatile Optional<ObjectStore> store = Optional.empty();
    private PublicHls used;

    StationHls(RelayConfig config, StateDirectory state, MaskedSecrets secrets, Loop loop) {
        this.state = state;
        this.secrets = secrets;
        this.loop = loop;
        publisher = new HlsPublisher(loop, worker, Writer.of(state.root().resolve("hls-writer"), new SecureRandom()));
        open(config);
    }

    /** A newer configuration. */
    void use(RelayConfig next) {
        if (!next.hls().equals(used)) {
            close(store);
            open(next);
        }
    }

    private void open(RelayConfig config) {
        used = config.hls();
        store = used.store().filter(place -> used.enabled()).map(place -> open(place, config));
        store.ifPresentOrElse(opened -> publisher.use(used, opened), publisher::off);
    }

    /** A live stream's rate is what it is: it isn't held back with the recordings, nor does it hold them back. */
    private ObjectStore open(Store place, RelayConfig config) {
        Bandwidth unlimited =
                new Bandwidth(OptionalLong.empty(), loop, length -> TimeUnit.NANOSECONDS.sleep(length.toNanos()));
        // A place of its own for what a directory store remembers of its disk: the archive's remembers another.
        return ObjectStores.openLive(
                place, config.upload(), state.root().resolve("hls"), secrets::fetch, unlimited, loop);
    }

    /** Where it goes; empty when it goes nowhere. Any thread. */
    Optional<ObjectStore> store() {
        return store;
    }

    /** A closed segment of the recorder's. */
    void add(HlsSegment segment) {
        publisher.offer(segment);
    }

    /** To be called each second. */
    void observe() {
        publisher.observe();
    }

    /** Any thread. */
    HlsSnapshot snapshot() {
        return publisher.snapshot();
    }

    /** What is on its way there fails, or isn't missed. */
    private static void close(Optional<ObjectStore> store) {
        store.ifPresent(ObjectStore::close);
    }

    /** The last segment gets a moment: the recorder has just closed it. */
    @Override
    public void close() {
        worker.shutdown();
        try {
            if (!worker.awaitTermination(CLOSING.toMillis(), TimeUnit.MILLISECONDS)) {
                worker.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close(store);
    }
}
