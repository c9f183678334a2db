package org.relaysupervisor.archive;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.relaysupervisor.store.Content;
import org.relaysupervisor.store.ContentDigest;
import org.relaysupervisor.store.ObjectStore;
import org.relaysupervisor.store.Presence;
import org.relaysupervisor.store.PublishedText;
import org.relaysupervisor.store.StoreException;
import org.relaysupervisor.store.StoreException.Reason;
import org.relaysupervisor.store.WebHeaders;

/** A store in memory that fails before and after its effects, and whose answers get lost. */
final class FaultyStore implements ObjectStore {
    final TreeMap<String, byte[]> objects = new TreeMap<>();
    int puts;

    private final SpoolFiles files;
    private final Faults faults;

    FaultyStore(SpoolFiles files, Faults faults) {
        this.files = files;
        this.faults = faults;
    }

    @Override
    public String description() {
        return "memory";
    }

    @Override
    public void put(String key, Path file, Content content) throws StoreException {
        step("put " + key);
        puts++;
        byte[] bytes = bytes(file);
        if (!ContentDigest.of(bytes).equals(content)) {
            throw new StoreException(Reason.CHECKSUM, file + " is not what it should be");
        }
        if (objects.putIfAbsent(key, bytes) != null) {
            throw new StoreException(Reason.CONFLICT, key + " is there");
        }
        step("answer to put " + key);
    }

    private byte[] bytes(Path file) throws StoreException {
        try {
            return files.bytes(file);
        } catch (IOException e) {
            throw new StoreException(Reason.LOCAL_IO, e.toString(), e);
        }
    }

    @Override
    public Presence compare(String key, Path file, Content content) throws StoreException {
        step("compare " + key);
        byte[] bytes = objects.get(key);
        if (bytes == null) {
            return Presence.ABSENT;
        }
        return ContentDigest.of(bytes).equals(content) ? Presence.SAME : Presence.DIFFERENT;
    }

    @Override
    public InputStream read(String key) throws StoreException {
        step("read " + key);
        byte[] bytes = objects.get(key);
        if (bytes == null) {
            throw new StoreException(Reason.SERVER, "there is no " + key);
        }
        return new ByteArrayInputStream(bytes);
    }

    @Override
    public List<String> list(String prefix) {
        return objects.keySet().stream().filter(key -> key.startsWith(prefix)).toList();
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
    public void delete(String key) {
        objects.remove(key);
    }

    @Override
    public void abortAbandoned(Duration age) throws StoreException {
        step("abort");
    }

    private void step(String what) throws StoreException {
        faults.point("before " + what);
        if (faults.fails()) {
            List<Reason> reasons = List.of(
                    Reason.NETWORK, Reason.SERVER, Reason.THROTTLED, Reason.AUTH, Reason.CLOCK_SKEW, Reason.CHECKSUM);
            throw new StoreException(reasons.get(faults.pick(reasons.size())), what);
        }
        faults.point("after " + what);
    }

    @Override
    public void close() {}
}
