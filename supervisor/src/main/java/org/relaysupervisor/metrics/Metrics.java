package org.relaysupervisor.metrics;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.Supplier;
import org.relaysupervisor.status.RelaySnapshot;

/**
 * All figures of the relay and of the daemon's JVM, for Prometheus. Safe from any thread, scrapes may overlap; nothing here waits
 * for the control loop. The size of a scrape is bounded by the configured children and mounts and by Icecast's source limit.
 */
public final class Metrics {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    /** @param snapshots asked once per scrape, on the scraping thread; must not block and never give null */
    public Metrics(Supplier<RelaySnapshot> snapshots) {
        registry.throwExceptionOnRegistrationFailure();
        registry.getPrometheusRegistry().register(new RelayCollector(snapshots));
        JavaMeters.register(registry);
    }

    /** The present figures in Prometheus' text format. Never blocks. */
    public String scrape() {
        return scrape(Exposition.TEXT);
    }

    String scrape(Exposition format) {
        return registry.scrape(format.contentType());
    }
}
