package org.relaysupervisor.doctor;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.relaysupervisor.store.Content;
import org.relaysupervisor.store.ObjectStore;
import org.relaysupervisor.store.Presence;
import org.relaysupervisor.store.PublishedText;
import org.relaysupervisor.store.StoreException;
import org.relaysupervisor.store.StoreException.Reason;
import org.relaysupervisor.store.WebHeaders;

/** A store in memory that can be a bad one. */
final class FakeStore implements ObjectStore {
    private record Kept(byte[] bytes, Content content) {}

    private final Map<String, Kept> objects = new ConcurrentHashMap<>();
    Optional<Reason> refuses = Optional.empty();
    Optional<Reason> refusesPut = Optional.empty();
    Optional<Reason> refusesDelete = Optional.empty();
    boolean overwrites;
    boolean bends;
    boolean believes;
    boolean knowsNoMd5;

    @Override
    public String description() {
        return "a store in memory";
    }

    private static void fail(Optional<Reason> reason) throws StoreException {
        if (reason.isPresent()) {
            throw new StoreException(reason.get(), "it said no");
        }
    }

    @Override
    public void put(String key, Path file, Content content) throws StoreException {
        fail(refusesPut);
        if (objects.containsKey(key) && !overwrites) {
            throw new StoreException(Reason.CONFLICT, key + " is there");
        }
        try {
            byte[] bytes = Files.readAllBytes(file);
            if (bends) {
                bytes[bytes.length - 1]++;
            }
            objects.put(key, new Kept(bytes, content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Presence compare(String key, Path file, Content content) {
        Kept kept = objects.get(key);
        if (kept == null) {
            return Presence.ABSENT;
        }
        boolean same = knowsNoMd5
                ? kept.content().sha256().equals(content.sha256())
                : kept.content().md5().equals(content.md5());
        return same || believes ? Presence.SAME : Presence.DIFFERENT;
    }

    @Override
    public InputStream read(String key) {
        return new ByteArrayInputStream(objects.get(key).bytes());
    }

    @Override
    public List<String> list(String prefix) throws StoreException {
        fail(refuses);
        return objects.keySet().stream()
                .filter(key -> key.startsWith(prefix))
                .sorted()
                .toList();
    }

    @Override
    public String publish(String key, byte[] bytes, WebHeaders headers, Optional<String> replaced) {
        throw new UnsupportedOperationException("recordings are never published");
    }

    @Override
    public Optional<PublishedText> published(String key) {
        return Optional.empty();
    }

    @Override
    public void delete(String key) throws StoreException {
        fail(refusesDelete);
        objects.remove(key);
    }

    @Override
    public void abortAbandoned(Duration age) {
        // There are none.
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
