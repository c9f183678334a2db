package org.relaysupervisor.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.relaysupervisor.store.TransferTimes;

/** The metric families of one scrape, while they are being filled. A family without a sample is left out. */
final class Families {
    private final List<Family> families = new ArrayList<>();
    private final List<MetricSnapshot> histograms = new ArrayList<>();

    Family gauge(String name, String help, String... labelNames) {
        return add(new Family(Type.GAUGE, name, help, labelNames));
    }

    /** @param name ends in {@code _total} */
    Family counter(String name, String help, String... labelNames) {
        return add(new Family(Type.COUNTER, name, help, labelNames));
    }

    void histogram(String name, String help, TransferTimes times) {
        List<Double> bounds = times.bounds();
        List<Long> counts = times.counts();
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < counts.size(); i++) {
            buckets.bucket(i < bounds.size() ? bounds.get(i) : Double.POSITIVE_INFINITY, counts.get(i));
        }
        histograms.add(HistogramSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(buckets.build())
                        .sum(times.sum())
                        .build())
                .build());
    }

    private Family add(Family family) {
        families.add(family);
        return family;
    }

    MetricSnapshots build() {
        return new MetricSnapshots(Stream.concat(
                        families.stream()
                                .filter(family -> !family.samples.isEmpty())
                                .map(Family::build),
                        histograms.stream())
                .toList());
    }

    private enum Type {
        GAUGE,
        COUNTER
    }

    /** One name, its label names, and a value for each set of label values. */
    static final class Family {
        private final Type type;
        private final String name;
        private final String help;
        private final String[] labelNames;
        private final Map<Labels, Double> samples = new LinkedHashMap<>();

        private Family(Type type, String name, String help, String... labelNames) {
            this.type = type;
            this.name = name;
            this.help = help;
            this.labelNames = labelNames;
        }

        /** A count; exact up to 2^53, which is 18,000 years of a 128 kbit/s stream. */
        void sample(long value, String... labelValues) {
            add((double) value, labelValues);
        }

        /** NaN for what isn't known. */
        void sample(double value, String... labelValues) {
            add(value, labelValues);
        }

        void sample(boolean value, String... labelValues) {
            add(value ? 1 : 0, labelValues);
        }

        /** One count for each of them, by its label; 0 for which there is none. */
        <K> void samples(K[] keys, Map<K, Long> counts, Function<K, String> label) {
            for (K key : keys) {
                sample(counts.getOrDefault(key, 0L), label.apply(key));
            }
        }

        /** In seconds. */
        void sample(Duration value, String... labelValues) {
            add(value.getSeconds() + value.getNano() / 1e9, labelValues);
        }

        /** In seconds; NaN when it isn't known. */
        void sampleOrUnknown(Optional<Duration> value, String... labelValues) {
            value.ifPresentOrElse(known -> sample(known, labelValues), () -> add(Double.NaN, labelValues));
        }

        /** In seconds since 1970. */
        void sample(Instant value, String... labelValues) {
            add(value.getEpochSecond() + value.getNano() / 1e9, labelValues);
        }

        /** Of two samples with the same labels the first stays: a twin would fail the whole scrape. */
        private void add(double value, String... labelValues) {
            samples.putIfAbsent(Labels.of(labelNames, labelValues), value);
        }

        private MetricSnapshot build() {
            return switch (type) {
                case GAUGE -> {
                    GaugeSnapshot.Builder gauge =
                            GaugeSnapshot.builder().name(name).help(help);
                    samples.forEach(
                            (labels, value) -> gauge.dataPoint(new GaugeDataPointSnapshot(value, labels, null)));
                    yield gauge.build();
                }
                case COUNTER -> {
                    CounterSnapshot.Builder counter =
                            CounterSnapshot.builder().name(name).help(help);
                    samples.forEach(
                            (labels, value) -> counter.dataPoint(new CounterDataPointSnapshot(value, labels, null, 0)));
                    yield counter.build();
                }
            };
        }
    }
}
