package org.relaysupervisor.archive;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.store.ObjectStore;
import org.relaysupervisor.store.StoreException;
import org.relaysupervisor.store.StoreException.Reason;
import org.relaysupervisor.store.TransferTally;

/**
 * Brings files to the store, the oldest first. The disk is the queue; here is only its oldest part. Of the archive's thread; the transfers
 * themselves run on others.
 */
final class Uploads {
    private static final System.Logger log = System.getLogger(Uploads.class.getName());

    /** What becomes of a transfer. */
    interface Results {
        void verified(Transfer transfer);

        void absent(Transfer transfer, List<Transfer.Part> parts);
    }

    private final Supplier<ObjectStore> store;
    private final Executor executor;
    private final Mailbox back;
    private final Runnable wake;
    private final Clock clock;
    private final Backoff backoff;
    private final Results results;
    private final int most;
    private final TransferTally tally =
            new TransferTally(List.of(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0));
    private final Map<String, Transfer> byKey = new HashMap<>();
    private final TreeSet<Transfer> oldestFirst = new TreeSet<>(Comparator.comparing(Transfer::start)
            .thenComparing(transfer -> transfer.part().key()));
    private boolean leftOut;
    private int running;
    private long verifiedBytes;
    private int storeFailures;
    private long storeNotBefore;
    private Optional<Reason> complainedOf = Optional.empty();

    /**
     * @param back the archive's thread
     * @param wake is run there when a transfer has ended
     * @param most files to remember at once
     */
    Uploads(
            Supplier<ObjectStore> store,
            Executor executor,
            Mailbox back,
            Runnable wake,
            Clock clock,
            RandomGenerator random,
            Results results,
            int most) {
        this.store = store;
        this.executor = executor;
        this.back = back;
        this.wake = wake;
        this.clock = clock;
        this.backoff = new Backoff(random);
        this.results = results;
        this.most = most;
        this.storeNotBefore = clock.nanoTime();
    }

    /** Takes a file, unless it has it already or there are too many. */
    void offer(Transfer transfer) {
        if (byKey.containsKey(transfer.part().key())) {
            return;
        }
        // While files are left out, those that come now wait behind them: on the disk.
        if (byKey.size() >= most || (leftOut && !transfer.isManifest())) {
            leftOut = true;
            return;
        }
        byKey.put(transfer.part().key(), transfer);
        oldestFirst.add(transfer);
    }

    boolean has(String key) {
        return byKey.containsKey(key);
    }

    /** Whether the disk should be looked through for more. */
    boolean wantsMore() {
        return leftOut && byKey.size() <= most / 2;
    }

    /** The disk is looked through now, and all that waits is offered, the oldest first. */
    void beginOffers() {
        leftOut = false;
    }

    /** Somebody has perhaps put right what failed: nothing waits any longer. */
    void tryNow() {
        long now = clock.nanoTime();
        storeNotBefore = now;
        complainedOf = Optional.empty();
        byKey.values().forEach(transfer -> transfer.waitNoLonger(now));
    }

    /** Begins what may be begun now. After a failure of the store only one at a time, until one succeeds. */
    void pump(int concurrency) {
        long now = clock.nanoTime();
        int limit = storeFailures > 0 ? 1 : concurrency;
        if (now - storeNotBefore < 0) {
            return;
        }
        for (Transfer transfer : oldestFirst) {
            if (running >= limit) {
                return;
            }
            if (transfer.isReady(now) && !start(transfer)) {
                return;
            }
        }
    }

    private boolean start(Transfer transfer) {
        try {
            transfer.begin();
            running++;
            executor.execute(() -> run(transfer));
            return true;
        } catch (RejectedExecutionException busy) {
            running--;
            transfer.end();
            return false;
        }
    }

    /** On a thread of its own. */
    private void run(Transfer transfer) {
        long begin = clock.nanoTime();
        Transfer.Outcome outcome;
        try {
            outcome = transfer.attempt(store.get());
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            outcome = failure(Reason.NETWORK, "interrupted", ending);
        } catch (RuntimeException e) {
            outcome = failure(Reason.SERVER, "unexpected: " + e, e);
        }
        Transfer.Outcome result = outcome;
        back.post(() -> {
            finished(transfer, result, clock.since(begin));
            wake.run();
        });
    }

    private static Transfer.Outcome failure(Reason reason, String message, Exception cause) {
        return new Transfer.Outcome(Optional.of(new StoreException(reason, message, cause)), List.of());
    }

    private void finished(Transfer transfer, Transfer.Outcome outcome, Duration took) {
        running--;
        if (outcome.failure().isPresent()) {
            failed(transfer, outcome.failure().get());
            return;
        }
        storeFailures = 0;
        complainedOf = Optional.empty();
        if (outcome.absent().isEmpty()) {
            tally.done(took);
            tally.answered();
            verifiedBytes += transfer.part().content().length();
            transfer.end();
            results.verified(transfer);
        } else {
            forget(transfer);
            results.absent(transfer, outcome.absent());
        }
    }

    private void failed(Transfer transfer, StoreException failure) {
        Reason reason = failure.reason();
        tally.failed(failure);
        long now = clock.nanoTime();
        transfer.failed(now
                + backoff.after(transfer.failures() + 1, reason.isPermanent()).toNanos());
        if (isOfTheStore(reason)) {
            storeFailures++;
            storeNotBefore =
                    now + backoff.after(storeFailures, reason.isPermanent()).toNanos();
        }
        boolean isNews = !complainedOf.equals(Optional.of(reason));
        complainedOf = Optional.of(reason);
        if (isNews) {
            Level level = reason.isPermanent() ? Level.ERROR : Level.WARNING;
            log.log(
                    level,
                    "{0} could not be uploaded ({1}): {2}; it stays in the spool and is tried again",
                    transfer.part().key(),
                    reason.label(),
                    failure.getMessage());
        }
    }

    /** Whether other files would fail in the same way. */
    private static boolean isOfTheStore(Reason reason) {
        return switch (reason) {
            case AUTH, NO_BUCKET, CLOCK_SKEW, THROTTLED, SERVER, NETWORK -> true;
            case CHECKSUM, LOCAL_IO, CONFLICT -> false;
        };
    }

    /** It is done. */
    void forget(Transfer transfer) {
        byKey.remove(transfer.part().key());
        oldestFirst.remove(transfer);
    }

    /** It is verified, and couldn't be marked as such: it is looked at again. */
    void again(Transfer transfer) {
        transfer.failed(
                clock.nanoTime() + backoff.after(transfer.failures() + 1, false).toNanos());
    }

    /** When the oldest file that waits was closed, by the monotonic clock. */
    OptionalLong oldest() {
        return oldestFirst.stream().mapToLong(Transfer::since).min();
    }

    TransferTally tally() {
        return tally;
    }

    /** Of files that were sent and verified. */
    long verifiedBytes() {
        return verifiedBytes;
    }
}
