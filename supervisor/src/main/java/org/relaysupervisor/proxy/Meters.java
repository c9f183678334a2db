package org.relaysupervisor.proxy;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.relaysupervisor.proxy.ProxySnapshot.Route;

/** The counts that belong to no mount. The event loop adds, any thread reads. */
final class Meters {
    private static final Logger log = System.getLogger(Proxy.class.getName());

    private final Map<Route, LongAdder> accepted = new EnumMap<>(Route.class);
    private final Map<Refusal, LongAdder> refusals = new EnumMap<>(Refusal.class);
    final AtomicInteger open = new AtomicInteger();
    final LongAdder titleUpdates = new LongAdder();
    final LongAdder connects = new LongAdder();
    final LongAdder connectFailures = new LongAdder();
    final AtomicInteger waiting = new AtomicInteger();
    final LongAdder answers = new LongAdder();
    final LongAdder answerNanos = new LongAdder();
    private final LongAdder errors = new LongAdder();

    Meters() {
        for (Route route : Route.values()) {
            accepted.put(route, new LongAdder());
        }
        for (Refusal refusal : Refusal.values()) {
            refusals.put(refusal, new LongAdder());
        }
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

    /** An error that ended one connection, and nothing else. */
    void failed(String where, Throwable cause) {
        errors.increment();
        log.log(Level.DEBUG, where, cause);
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
