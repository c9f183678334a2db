package org.relaysupervisor.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.relaysupervisor.store.StoreException.Reason;

/** A store that lasts as long as the test. Any thread. */
public class MemoryObjectStore implements ObjectStore {
    private final ConcurrentSkipListMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
    private final Map<String, WebHeaders> published = new ConcurrentHashMap<>();

    @Override
    public String description() {
        return "memory";
    }

    @Override
    public void put(String key, Path file, Content content) throws StoreException {
        byte[] bytes = bytes(file);
        if (bytes.length != content.length()) {
            throw new StoreException(
                    Reason.LOCAL_IO, file + " has " + bytes.length + " bytes, not " + content.length());
        }
        if (objects.putIfAbsent(Keys.checked(key), bytes) != null) {
            throw new StoreException(Reason.CONFLICT, "memory: there is an object " + key);
        }
    }

    @Override
    public Presence compare(String key, Path file, Content content) {
        byte[] object = objects.get(Keys.checked(key));
        if (object == null) {
            return Presence.ABSENT;
        }
        return ContentDigest.of(object).equals(content) ? Presence.SAME : Presence.DIFFERENT;
    }

    @Override
    public InputStream read(String key) throws StoreException {
        byte[] object = objects.get(Keys.checked(key));
        if (object == null) {
            throw new StoreException(Reason.SERVER, "memory: there is no object " + key);
        }
        return new ByteArrayInputStream(object);
    }

    @Override
    public List<String> list(String prefix) throws StoreException {
        Keys.checkedBeginning(prefix);
        return objects.keySet().stream().filter(key -> key.startsWith(prefix)).toList();
    }

    @Override
    public String publish(String key, byte[] bytes, WebHeaders headers, Optional<String> replaced)
            throws StoreException, InterruptedException {
        Optional<byte[]> before = Optional.ofNullable(objects.get(Keys.checked(key)));
        boolean right = before.map(MemoryObjectStore::version).equals(replaced);
        byte[] copy = bytes.clone();
        boolean done = right
                && before.map(present -> objects.replace(key, present, copy))
                        .orElseGet(() -> objects.putIfAbsent(key, copy) == null);
        if (!done) {
            throw new StoreException(Reason.CONFLICT, "memory: " + key + " is not the one that was to be replaced");
        }
        published.put(key, headers);
        return version(copy);
    }

    @Override
    public Optional<PublishedText> published(String key) throws StoreException, InterruptedException {
        Optional<byte[]> object = Optional.ofNullable(objects.get(Keys.checked(key)));
        if (object.filter(bytes -> bytes.length > PublishedText.LONGEST).isPresent()) {
            throw new StoreException(Reason.SERVER, "memory: " + key + " is too long");
        }
        return object.map(bytes -> new PublishedText(new String(bytes, StandardCharsets.UTF_8), version(bytes)));
    }

    private static String version(byte[] bytes) {
        return ContentDigest.of(bytes).md5();
    }

    /** With what a published object was sent. */
    public WebHeaders headers(String key) {
        return published.get(key);
    }

    @Override
    public void delete(String key) {
        objects.remove(Keys.checked(key));
    }

    @Override
    public void abortAbandoned(Duration age) {
        // An object is there or it isn't.
    }

    /** All that is stored; a view. */
    public Map<String, byte[]> objects() {
        return Collections.unmodifiableMap(objects);
    }

    /** Puts something there that isn't ours, or damages what is. */
    public void replace(String key, byte[] bytes) {
        objects.put(Keys.checked(key), bytes);
    }

    private static byte[] bytes(Path file) throws StoreException {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new StoreException(Reason.LOCAL_IO, "reading " + file, e);
        }
    }

    @Override
    public void close() {
        // What it has stays readable to the test.
    }
}
