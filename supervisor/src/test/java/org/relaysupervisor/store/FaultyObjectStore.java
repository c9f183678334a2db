package org.relaysupervisor.store;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.relaysupervisor.store.StoreException.Reason;

/**
 * Another store that fails now and then: before it has done anything, or after it has done it, which its caller cannot tell apart. The
 * same seed gives the same faults to the same calls. Any thread, but then the order is not the same.
 */
public final class FaultyObjectStore implements ObjectStore {
    /** What may go wrong by itself; a conflict is left to the store. */
    private static final List<Reason> REASONS = List.of(
            Reason.AUTH,
            Reason.NO_BUCKET,
            Reason.CLOCK_SKEW,
            Reason.THROTTLED,
            Reason.SERVER,
            Reason.NETWORK,
            Reason.CHECKSUM,
            Reason.LOCAL_IO);

    private final ObjectStore store;
    private final Random random;
    private final Map<Reason, Integer> faults = new EnumMap<>(Reason.class);
    private double share;

    private enum Moment {
        NEVER,
        BEFORE,
        AFTER
    }

    /** @param share of the calls that fail, 0 to 1 */
    public FaultyObjectStore(ObjectStore store, long seed, double share) {
        this.store = store;
        this.random = new Random(seed);
        this.share = share;
    }

    /** From now on; 0 for a store that works. */
    public synchronized void share(double newShare) {
        share = newShare;
    }

    /** How often each reason was given. */
    public synchronized Map<Reason, Integer> faults() {
        return new EnumMap<>(faults);
    }

    private synchronized Moment next() {
        if (random.nextDouble() >= share) {
            return Moment.NEVER;
        }
        return random.nextBoolean() ? Moment.BEFORE : Moment.AFTER;
    }

    private synchronized StoreException fault(String what) {
        Reason reason = REASONS.get(random.nextInt(REASONS.size()));
        faults.merge(reason, 1, Integer::sum);
        return new StoreException(reason, "a fault of the test: " + what);
    }

    @FunctionalInterface
    private interface Call<T> {
        T run() throws StoreException, InterruptedException;
    }

    private <T> T faultily(String what, Call<T> call) throws StoreException, InterruptedException {
        Moment moment = next();
        if (moment == Moment.BEFORE) {
            throw fault(what);
        }
        T result = call.run();
        if (moment == Moment.AFTER) {
            throw fault(what + " after all");
        }
        return result;
    }

    @Override
    public String description() {
        return "faulty " + store.description();
    }

    @Override
    public void put(String key, Path file, Content content) throws StoreException, InterruptedException {
        faultily("put " + key, () -> {
            store.put(key, file, content);
            return null;
        });
    }

    @Override
    public Presence compare(String key, Path file, Content content) throws StoreException, InterruptedException {
        return faultily("compare " + key, () -> store.compare(key, file, content));
    }

    @Override
    public InputStream read(String key) throws StoreException, InterruptedException {
        return faultily("read " + key, () -> store.read(key));
    }

    @Override
    public List<String> list(String prefix) throws StoreException, InterruptedException {
        return faultily("list " + prefix, () -> store.list(prefix));
    }

    @Override
    public void delete(String key) throws StoreException, InterruptedException {
        faultily("delete " + key, () -> {
            store.delete(key);
            return null;
        });
    }

    @Override
    public void abortAbandoned(Duration age) throws StoreException, InterruptedException {
        faultily("abort", () -> {
            store.abortAbandoned(age);
            return null;
        });
    }

    @Override
    public void close() {
        store.close();
    }
}
