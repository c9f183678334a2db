package org.relaysupervisor.store;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** A store that is made when it is first used: the S3 client takes half a second and twenty megabytes. */
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

    @Override
    public void put(String key, Path file, Content content) throws StoreException, InterruptedException {
        opened().put(key, file, content);
    }

    @Override
    public Presence compare(String key, Path file, Content content) throws StoreException, InterruptedException {
        return opened().compare(key, file, content);
    }

    @Override
    public InputStream read(String key) throws StoreException, InterruptedException {
        return opened().read(key);
    }

    @Override
    public List<String> list(String prefix) throws StoreException, InterruptedException {
        return opened().list(prefix);
    }

    @Override
    public void delete(String key) throws StoreException, InterruptedException {
        opened().delete(key);
    }

    @Override
    public void abortAbandoned(Duration age) throws StoreException, InterruptedException {
        opened().abortAbandoned(age);
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
