package org.relaysupervisor.store;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.relaysupervisor.store.StoreException.Reason;

/** A store that is made when it is first used, and anew after it was refused: the S3 client takes half a second and twenty megabytes. */
final class LazyObjectStore implements ObjectStore {
    private final String description;
    private final Opening opening;
    private final ReentrantLock lock = new ReentrantLock();
    private ObjectStore opened;
    private boolean closed;

    @FunctionalInterface
    interface Opening {
        ObjectStore open() throws StoreException;
    }

    LazyObjectStore(String description, Opening opening) {
        this.description = description;
        this.opening = opening;
    }

    private ObjectStore opened() throws StoreException {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException(description + " is closed");
            }
            if (opened == null) {
                opened = opening.open();
            }
            return opened;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String description() {
        return description;
    }

    @FunctionalInterface
    private interface Call<T> {
        T on(ObjectStore store) throws StoreException, InterruptedException;
    }

    private <T> T call(Call<T> call) throws StoreException, InterruptedException {
        ObjectStore used = opened();
        try {
            return call.on(used);
        } catch (StoreException e) {
            if (e.reason() == Reason.AUTH) {
                forget(used);
            }
            throw e;
        }
    }

    /** The keys may be put right before the next call, which asks for them again. */
    private void forget(ObjectStore refused) {
        lock.lock();
        try {
            if (opened == refused) {
                opened = null;
                refused.close();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void put(String key, Path file, Content content) throws StoreException, InterruptedException {
        call(store -> {
            store.put(key, file, content);
            return null;
        });
    }

    @Override
    public Presence compare(String key, Path file, Content content) throws StoreException, InterruptedException {
        return call(store -> store.compare(key, file, content));
    }

    @Override
    public InputStream read(String key) throws StoreException, InterruptedException {
        return call(store -> store.read(key));
    }

    @Override
    public List<String> list(String prefix) throws StoreException, InterruptedException {
        return call(store -> store.list(prefix));
    }

    @Override
    public String publish(String key, byte[] bytes, WebHeaders headers, Optional<String> replaced)
            throws StoreException, InterruptedException {
        return call(store -> store.publish(key, bytes, headers, replaced));
    }

    @Override
    public Optional<PublishedText> published(String key) throws StoreException, InterruptedException {
        return call(store -> store.published(key));
    }

    @Override
    public void delete(String key) throws StoreException, InterruptedException {
        call(store -> {
            store.delete(key);
            return null;
        });
    }

    @Override
    public void abortAbandoned(Duration age) throws StoreException, InterruptedException {
        call(store -> {
            store.abortAbandoned(age);
            return null;
        });
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (opened != null) {
                opened.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
