package org.relaysupervisor.store;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where finished files stay. A key is a relative path of letters, digits, {@code . _ - /}. What was {@link #put} is never changed; only
 * what is {@link #publish}ed for the web can be replaced, by who knows the version that is there. Calls block, for minutes at the worst, and never without a timeout; any thread, and several at once.
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

    /**
     * Puts an object out for readers on the web, at once and whole: whoever reads it meanwhile gets all of the one or all of the other. When
     * the call fails for any reason but a conflict it may have happened all the same.
     *
     * @param bytes a few megabytes at most
     * @param replaced the version that must be there now; empty when there must be none
     * @return the new version, which differs from that of any other content
     * @throws StoreException {@link StoreException.Reason#CONFLICT} when something else is there, and it is left as it is
     */
    String publish(String key, byte[] bytes, WebHeaders headers, Optional<String> replaced)
            throws StoreException, InterruptedException;

    /** A text that was published, as it is now; empty when there is none. */
    Optional<PublishedText> published(String key) throws StoreException, InterruptedException;

    /** Takes an object away; none there is no error. For probes only: recordings are never deleted. */
    void delete(String key) throws StoreException, InterruptedException;

    /** Ends transfers that were begun at least so long ago and given up since, so that nobody pays for their parts. */
    void abortAbandoned(Duration age) throws StoreException, InterruptedException;

    @Override
    void close();
}
