package org.relaysupervisor.heartbeat;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.HeartbeatUrl;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.loop.Loop;

/**
 * Asks an address again and again, whose owner raises an alarm when nobody does any more. It is asked from the control loop's own timer: a
 * daemon whose loop stands still is as silent as a dead one. Belongs to the loop, except for {@link #snapshot}.
 */
public final class Heartbeat {
    private static final Logger log = System.getLogger(Heartbeat.class.getName());

    private final Loop loop;
    private final Executor worker;
    private final Ping ping;

    private Optional<RelayConfig.Heartbeat> configured = Optional.empty();
    private Optional<Secret> address = Optional.empty();
    private Optional<Loop.Timer> timer = Optional.empty();
    private Optional<CompletableFuture<Optional<String>>> underWay = Optional.empty();
    private Optional<Instant> lastSuccess = Optional.empty();
    private Optional<String> problem = Optional.empty();
    private long failures;

    private volatile HeartbeatSnapshot snapshot = HeartbeatSnapshot.NONE;

    /** Asks an address, on the worker. */
    @FunctionalInterface
    public interface Ping {
        /** @return why nobody said yes, without the address; empty when somebody did */
        Optional<String> ask(URI address);
    }

    /** @param worker one thread or more, used by nobody who may need it soon */
    public Heartbeat(Loop loop, Executor worker, Ping ping) {
        this.loop = loop;
        this.worker = worker;
        this.ping = ping;
    }

    /**
     * Takes over a configuration, and beats at once when it is another one.
     *
     * @param secret the address, when it is one; empty when it can't be had
     */
    public void use(Optional<RelayConfig.Heartbeat> next, Optional<Secret> secret) {
        if (next.equals(configured) && secret.equals(address)) {
            return;
        }
        configured = next;
        address = secret;
        timer.ifPresent(Loop.Timer::cancel);
        timer = next.map(heartbeat -> loop.every(heartbeat.every(), this::beat));
        problem = Optional.empty();
        if (next.isPresent()) {
            beat();
        }
        publish();
    }

    private void beat() {
        collect();
        if (underWay.isPresent()) {
            failed("the attempt before still waits for the network or the name server");
            return;
        }
        Optional<URI> to = target();
        if (to.isEmpty()) {
            failed("its address can't be read, or is none that begins with http:// or https://");
            return;
        }
        CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
        underWay = Optional.of(answer);
        try {
            worker.execute(() -> {
                answer.complete(ask(to.get()));
                announce();
            });
        } catch (RejectedExecutionException e) {
            underWay = Optional.empty();
            failed("there is no thread for it");
        }
    }

    private Optional<URI> target() {
        RelayConfig.HeartbeatTarget target = configured.orElseThrow().target();
        if (target instanceof HeartbeatUrl open) {
            return Optional.of(open.url());
        }
        return address.flatMap(secret -> url(secret.reveal()));
    }

    private static Optional<URI> url(String text) {
        try {
            URI url = URI.create(text.strip());
            boolean web = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
            return web && url.getHost() != null ? Optional.of(url) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Optional<String> ask(URI to) {
        try {
            return ping.ask(to);
        } catch (RuntimeException e) {
            return Optional.of("it could not be asked (" + e.getClass().getSimpleName() + ")");
        }
    }

    /** On the worker. When the loop has no room for it, the next beat finds the answer. */
    private void announce() {
        loop.offer(this::collect);
    }

    private void collect() {
        if (underWay.isEmpty() || !underWay.get().isDone()) {
            return;
        }
        Optional<String> failure = underWay.get().join();
        underWay = Optional.empty();
        if (failure.isPresent()) {
            failed(failure.get());
            return;
        }
        if (problem.isPresent()) {
            log.log(Level.INFO, "the heartbeat arrives again");
        }
        problem = Optional.empty();
        lastSuccess = Optional.of(loop.now());
        publish();
    }

    private void failed(String why) {
        failures++;
        if (!problem.equals(Optional.of(why))) {
            log.log(Level.WARNING, "the heartbeat does not arrive: {0}", why);
        }
        problem = Optional.of(why);
        publish();
    }

    private void publish() {
        snapshot = new HeartbeatSnapshot(configured.isPresent(), lastSuccess, failures, problem);
    }

    /** Any thread. */
    public HeartbeatSnapshot snapshot() {
        return snapshot;
    }
}
