package org.relaysupervisor.store;

import java.nio.file.Path;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.config.SecretSource;
import org.relaysupervisor.config.SecretUnavailableException;
import org.relaysupervisor.loop.Clock;

/** Makes the store that the configuration names. */
public final class ObjectStores {
    private ObjectStores() {}

    /** Where secrets come from; each call looks again. */
    @FunctionalInterface
    public interface Keys {
        Secret resolve(SecretSource source) throws SecretUnavailableException;
    }

    /** Where a directory store is. */
    public static Path directory(RelayConfig.DirectoryStore store, Path state) {
        return store.directory().orElseGet(() -> state.resolve("recordings"));
    }

    /**
     * Touches no disk, no network, no secret, and of the S3 client no class: all that comes with the first call. Keys are asked for once
     * then, and again after they were refused.
     *
     * @param state the state directory; a directory store without a path of its own is in {@code recordings} of it
     * @param bandwidth for all transfers of all stores; outlives this one
     */
    public static ObjectStore open(
            RelayConfig.Store store,
            RelayConfig.Upload upload,
            Path state,
            Keys keys,
            Bandwidth bandwidth,
            Clock clock) {
        return open(store, upload, S3Timeouts.USUAL, state, keys, bandwidth, clock);
    }

    /** The same for what is live: its calls are given up after some ten seconds, since by then there is newer to send. */
    public static ObjectStore openLive(
            RelayConfig.Store store,
            RelayConfig.Upload upload,
            Path state,
            Keys keys,
            Bandwidth bandwidth,
            Clock clock) {
        return open(store, upload, S3Timeouts.LIVE, state, keys, bandwidth, clock);
    }

    private static ObjectStore open(
            RelayConfig.Store store,
            RelayConfig.Upload upload,
            S3Timeouts timeouts,
            Path state,
            Keys keys,
            Bandwidth bandwidth,
            Clock clock) {
        if (store instanceof RelayConfig.S3Store s3) {
            return new LazyObjectStore(
                    s3.name(), () -> S3ObjectStore.connect(s3, upload, timeouts, keys, bandwidth, clock));
        }
        RelayConfig.DirectoryStore directoryStore = (RelayConfig.DirectoryStore) store;
        return directoryStore
                .directory()
                .map(directory -> DirectoryObjectStore.configured(directory, state, bandwidth, clock))
                .orElseGet(() -> DirectoryObjectStore.embedded(directory(directoryStore, state), bandwidth, clock));
    }
}
