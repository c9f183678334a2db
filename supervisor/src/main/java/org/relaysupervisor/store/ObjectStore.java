package org.relaysupervisor.store;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Where finished files stay. A key is a relative path of letters, digits, {@code . _ - /}. What was stored is never changed: there is no
 * way to overwrite. Calls block, for minutes at the worst, and never without a timeout; any thread, and several at once.
 */
public interface ObjectStore extends AutoCloseable {
    /** What it is, for people: never with a secret in it. */
    String description();

    /**
     * Sends a file under a key that nobody has yet. When this returns the store has said yes to every byte; whether it has them is told by
     * {@link #compare}.
     *
     * @throws StoreException {@link StoreException.Reason#CONFLICT} when there is an object of that key, and it is left as it is
     */
    void put(String key, Path file, Content content) throws StoreException, InterruptedException;

    /**
     * Asks the store what it has under a key, by size and checksum; no byte of it is read unless the store knows no checksum.
     *
     * @param file of which it should be a copy; read only when the store's checksum is one of parts
     */
    Presence compare(String key, Path file, Content content) throws StoreException, InterruptedException;

    /** An object's bytes, to be closed; a read fails with an {@code IOException} when the connection does. */
    InputStream read(String key) throws StoreException, InterruptedException;

    /** All keys that begin with a prefix, in order. */
    List<String> list(String prefix) throws StoreException, InterruptedException;

    /** Takes an object away; none there is no error. For probes only: recordings are never deleted. */
    void delete(String key) throws StoreException, InterruptedException;

    /** Ends transfers that were begun at least so long ago and given up since, so that nobody pays for their parts. */
    void abortAbandoned(Duration age) throws StoreException, InterruptedException;

    @Override
    void close();
}
