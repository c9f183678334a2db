package org.relaysupervisor.proxy;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.relaysupervisor.proxy.ProxySnapshot.Continuity;
import org.relaysupervisor.proxy.ProxySnapshot.Loss;
import org.relaysupervisor.proxy.ProxySnapshot.Outage;
import org.relaysupervisor.proxy.ProxySnapshot.Route;

/** The counts that belong to no mount. The event loop adds, any thread reads. */
final class Meters {
    private static final Logger log = System.getLogger(Proxy.class.getName());

    private final Map<Route, LongAdder> accepted = adders(Route.class);
    private final Map<Refusal, LongAdder> refusals = adders(Refusal.class);
    final AtomicInteger open = new AtomicInteger();
    final LongAdder titleUpdates = new LongAdder();
    final LongAdder connects = new LongAdder();
    final LongAdder connectFailures = new LongAdder();
    final AtomicInteger waiting = new AtomicInteger();
    final LongAdder answers = new LongAdder();
    final LongAdder answerNanos = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final Map<Outage, LongAdder> survivals = adders(Outage.class);
    private final Map<Outage, LongAdder> bridgedNanos = adders(Outage.class);
    private final Map<Loss, LongAdder> lost = adders(Loss.class);
    private final LongAdder moved = new LongAdder();
    final LongAdder resumed = new LongAdder();
    final LongAdder unkept = new LongAdder();
    private final LongAdder skippedNanos = new LongAdder();

    private static <K extends Enum<K>> Map<K, LongAdder> adders(Class<K> type) {
        Map<K, LongAdder> adders = new EnumMap<>(type);
        for (K key : type.getEnumConstants()) {
            adders.put(key, new LongAdder());
        }
        return adders;
    }

    void accepted(Route route) {
        accepted.get(route).increment();
    }

    void refused(Refusal reason) {
        refusals.get(reason).increment();
    }

    void answered(long nanos) {
        answers.increment();
        answerNanos.add(nanos);
    }

    void survived(Outage outage, int listeners) {
        survivals.get(outage).add(listeners);
    }

    void bridged(Outage outage, long nanos) {
        bridgedNanos.get(outage).add(nanos);
    }

    void lost(Loss cause) {
        lost.get(cause).increment();
    }

    void moved(long skipped) {
        moved.increment();
        skippedNanos.add(skipped);
    }

    /** An error that ended one connection, and nothing else. */
    void failed(String where, Throwable cause) {
        errors.increment();
        log.log(Level.DEBUG, where, cause);
    }

    Continuity continuity() {
        Map<Outage, Duration> lasted = new EnumMap<>(Outage.class);
        sums(bridgedNanos, Outage.class).forEach((outage, nanos) -> lasted.put(outage, Duration.ofNanos(nanos)));
        return new Continuity(
                sums(survivals, Outage.class),
                sums(lost, Loss.class),
                lasted,
                moved.sum(),
                Duration.ofNanos(skippedNanos.sum()),
                resumed.sum(),
                unkept.sum());
    }

    Map<Route, Long> accepted() {
        return sums(accepted, Route.class);
    }

    Map<Refusal, Long> refusals() {
        return sums(refusals, Refusal.class);
    }

    long errors() {
        return errors.sum();
    }

    static <K extends Enum<K>> Map<K, Long> sums(Map<K, LongAdder> adders, Class<K> type) {
        Map<K, Long> sums = new EnumMap<>(type);
        adders.forEach((key, adder) -> sums.put(key, adder.sum()));
        return sums;
    }
}
