package org.relaysupervisor.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.archive.ArchiveSnapshot;
import org.relaysupervisor.archive.ArchiveSnapshot.Disk;
import org.relaysupervisor.archive.DiskLevel;
import org.relaysupervisor.loop.LoopStatus;
import org.relaysupervisor.proxy.PrimaryFault;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
import org.relaysupervisor.proxy.Refusal;
import org.relaysupervisor.recording.RecordingSnapshot;
import org.relaysupervisor.shows.ShowsSnapshot;
import org.relaysupervisor.status.Archives;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.status.Snapshots;
import org.relaysupervisor.supervise.Cause;
import org.relaysupervisor.supervise.ChildState;

class MetricsTest {
    private final AtomicReference<RelaySnapshot> relay =
            new AtomicReference<>(Snapshots.onAir().build());
    private final Metrics metrics = new Metrics(relay::get);

    @Test
    void aStationOnAirIsExposedAsInTheGoldenFile() throws IOException {
        assertThat(ownFamilies()).isEqualTo(golden("on-air.prom"));
    }

    @Test
    void everyCounterIsThereAtZeroFromTheFirstScrape() throws IOException {
        relay.set(Snapshots.starting().build());

        assertThat(ownFamilies()).isEqualTo(golden("starting.prom"));
    }

    @Test
    void everyCounterOfAStationOnAirExistedWhenItStarted() {
        List<String> later = counters();
        relay.set(Snapshots.starting().build());

        assertThat(counters()).containsAll(later).isNotEmpty();
        assertThat(samples())
                .filteredOn(line -> isCounter(line) && line.matches("(relay|r2)_.*"))
                .allMatch(line -> line.endsWith(" 0.0"));
    }

    @Test
    void everyCauseAndReasonHasItsSeries() {
        for (Cause cause : Cause.values()) {
            assertThat(metrics.scrape())
                    .contains("relay_child_restarts_total{cause=\"" + cause.label() + "\",child=\"recorder\"} ");
        }
        for (Refusal refusal : Refusal.values()) {
            assertThat(metrics.scrape()).contains("relay_refusals_total{reason=\"" + refusal.label() + "\"} ");
        }
    }

    @Test
    void anEdgeTellsOfItsPrimaryAndOfNoIcecast() {
        relay.set(Snapshots.edge().build());

        assertThat(samples())
                .contains(
                        "relay_upstream_connected{mount=\"/live\"} 0.0",
                        "relay_upstream_lag_seconds{mount=\"/live\"} 12.3",
                        "relay_upstream_reconnects_total{cause=\"connect\",mount=\"/live\"} 5.0")
                .noneMatch(line -> line.startsWith("icecast_") || line.startsWith("relay_upstream_connects"));
        for (PrimaryFault fault : PrimaryFault.values()) {
            assertThat(metrics.scrape())
                    .contains("relay_upstream_reconnects_total{cause=\"" + fault.label() + "\",mount=\"/live\"} ");
        }
    }

    @Test
    void aPrimaryHasNoUpstream() {
        assertThat(samples())
                .noneMatch(line -> line.startsWith("relay_upstream_connected")
                        || line.startsWith("relay_upstream_lag")
                        || line.startsWith("relay_upstream_reconnects"));
    }

    @Test
    void theSeriesOfASourceGoWithTheSource() {
        assertThat(samples()).anyMatch(line -> line.startsWith("icecast_stream_start{"));

        relay.set(Snapshots.onAir().withoutSource("/live").build());

        assertThat(samples())
                .contains("icecast_up 1.0")
                .anyMatch(line -> line.startsWith("icecast_server_start "))
                .noneMatch(line -> line.startsWith("icecast_listeners") || line.startsWith("icecast_stream_start"));
    }

    @Test
    void allThatIcecastSaidGoesWhenItIsDown() {
        relay.set(Snapshots.onAir().icecastDown().build());

        assertThat(samples()).filteredOn(line -> line.startsWith("icecast_")).containsExactly("icecast_up 0.0");
    }

    @Test
    void theSeriesOfAMountGoWithTheMount() {
        assertThat(samples()).anyMatch(line -> line.contains("/live"));

        relay.set(Snapshots.onAir().withoutMount("/live").build());

        assertThat(samples()).noneMatch(line -> line.contains("/live"));
    }

    @Test
    void aDeadChildHasNoStartTimeAndNoMemoryButKeepsItsCounters() {
        relay.set(Snapshots.onAir()
                .child(Snapshots.dead("icecast", ChildState.FAILED, 1 << 27, Map.of(Cause.SIGNAL, 6L)))
                .build());

        assertThat(samples())
                .contains(
                        "relay_child_wanted{child=\"icecast\"} 1.0",
                        "relay_child_up{child=\"icecast\"} 0.0",
                        "relay_child_failed{child=\"icecast\"} 1.0",
                        "relay_child_restarts_total{cause=\"signal\",child=\"icecast\"} 6.0")
                .noneMatch(line -> line.startsWith("relay_child_start_time_seconds{child=\"icecast\"")
                        || line.startsWith("relay_child_memory_bytes{child=\"icecast\""));
    }

    @Test
    void listenersThatIcecastDoesNotKnowAreCountedWithItsOwn() {
        relay.set(Snapshots.onAir()
                .withoutSource("/live")
                .source(Snapshots.source("/live", 4))
                .build());

        assertThat(samples())
                .filteredOn(line -> line.startsWith("icecast_listeners{"))
                .singleElement()
                .asString()
                .endsWith(" 17.0");
    }

    @Test
    void aBridgeIsActiveAsLongAsItIsSeen() {
        assertThat(samples())
                .contains(
                        "relay_bridge_active{by=\"feed\",mount=\"/live\"} 0.0",
                        "relay_bridge_active{by=\"standby\",mount=\"/live\"} 0.0");

        relay.set(Snapshots.onAir().bridged("/live", Bridge.STANDBY).build());

        assertThat(samples())
                .contains(
                        "relay_bridge_active{by=\"feed\",mount=\"/live\"} 0.0",
                        "relay_bridge_active{by=\"standby\",mount=\"/live\"} 1.0",
                        "relay_on_air{mount=\"/live\"} 0.0");
    }

    @Test
    void aMountThatIsNotInMemoryHasNoSeriesOfAFeed() {
        relay.set(Snapshots.onAir().byIcecast("/live").build());

        assertThat(samples())
                .anyMatch(line -> line.startsWith("relay_listener_survivals_total{"))
                .noneMatch(line -> line.startsWith("relay_feed_") || line.startsWith("relay_bridge_active"));
    }

    @Test
    void aRefusedReloadShowsUntilOneSucceeds() {
        relay.set(Snapshots.onAir().reloaded(false, 3).build());

        assertThat(samples()).contains("relay_config_last_reload_successful 0.0", "relay_config_generation 3.0");
    }

    @Test
    void labelsAreEscapedSoThatNoMountNameCanForgeALine() {
        String hostile = "/a\"} 1\nicecast_up 7\n\\";
        relay.set(Snapshots.onAir()
                .mount(Snapshots.silent(hostile), Snapshots.silentTraffic())
                .source(Snapshots.source(hostile, 1))
                .build());

        assertThat(samples())
                .contains("relay_listeners{mount=\"/a\\\"} 1\\nicecast_up 7\\n\\\\\"} 0.0", "icecast_up 1.0")
                .doesNotContain("icecast_up 7");
    }

    @Test
    void aMountThatIcecastListsTwiceDoesNotFailTheScrape() {
        relay.set(Snapshots.onAir().source(Snapshots.source("/live", 99)).build());

        assertThat(samples())
                .filteredOn(line -> line.startsWith("icecast_listeners{"))
                .singleElement()
                .asString()
                .endsWith(" 13.0");
    }

    @Test
    void titlesAndTheStationsNameAreNotExposed() {
        assertThat(metrics.scrape()).doesNotContain("Some Title", "Test Radio");
    }

    @Test
    void aScrapeAsksForOneSnapshotAndConstructionForNone() {
        AtomicLong asked = new AtomicLong();
        Metrics counted = new Metrics(() -> {
            asked.incrementAndGet();
            return relay.get();
        });
        assertThat(asked).hasValue(0);

        counted.scrape();

        assertThat(asked).hasValue(1);
    }

    @Test
    void overlappingScrapesEachShowOneMoment() throws Exception {
        AtomicLong moment = new AtomicLong();
        Metrics changing = new Metrics(() -> atMoment(moment.incrementAndGet()));
        int threads = 4;
        CyclicBarrier together = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<List<String>>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                all.add(pool.submit(() -> {
                    together.await(10, TimeUnit.SECONDS);
                    List<String> scrapes = new ArrayList<>();
                    for (int n = 0; n < 50; n++) {
                        scrapes.add(changing.scrape());
                    }
                    return scrapes;
                }));
            }
            for (Future<List<String>> scrapes : all) {
                for (String scrape : scrapes.get(60, TimeUnit.SECONDS)) {
                    assertThat(value(scrape, "relay_loop_tasks_total"))
                            .isEqualTo(value(scrape, "relay_loop_failures_total"));
                }
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(moment).hasValue(threads * 50L);
    }

    @Test
    void figuresSurviveGarbageCollection() {
        Metrics fresh = new Metrics(relay::get);
        double cpuBefore = value(fresh.scrape(), "process_cpu_seconds_total");
        double collectionsBefore = collections(fresh.scrape());

        System.gc();
        System.gc();

        String after = fresh.scrape();
        assertThat(after.lines()).noneMatch(line -> line.endsWith(" NaN"));
        assertThat(collections(after)).isGreaterThan(collectionsBefore);
        assertThat(value(after, "process_cpu_seconds_total")).isGreaterThan(cpuBefore);
    }

    @Test
    void theJvmsFiguresAreTrue() {
        String scrape = metrics.scrape();

        assertThat(value(scrape, "process_resident_memory_bytes")).isBetween(10e6, 10e9);
        assertThat(value(scrape, "process_open_fds")).isBetween(3.0, value(scrape, "process_max_fds"));
        assertThat(value(scrape, "jvm_threads_current")).isBetween(1.0, 1e4);
        assertThat(value(scrape, "jvm_memory_used_bytes{area=\"heap\"}"))
                .isBetween(1e5, value(scrape, "jvm_memory_max_bytes{area=\"heap\"}"));
        assertThat(value(scrape, "jvm_memory_committed_bytes{area=\"nonheap\"}"))
                .isGreaterThan(1e6);
        assertThat(value(scrape, "jvm_buffer_pool_used_bytes{pool=\"direct\"}")).isNotNegative();
    }

    @Test
    void aSnapshotThatCannotBeHadFailsTheScrapeAndNotTheNextOne() {
        Metrics broken = new Metrics(() -> {
            throw new IllegalStateException("no snapshot");
        });

        assertThatThrownBy(broken::scrape).hasMessageContaining("no snapshot");
        assertThat(metrics.scrape()).contains("icecast_up 1.0");
    }

    @Test
    void aShowThatIsOnTheAirAndNotRecordedIsMissing() {
        RecordingSnapshot away = RecordingSnapshot.nothing(true, "/live");
        relay.set(Snapshots.onAir().recording(away).build());
        assertThat(samples()).contains("relay_recording_missing 1.0", "relay_recording_active 0.0");

        relay.set(Snapshots.onAir().recording(away).shows(ShowsSnapshot.NONE).build());
        assertThat(samples()).contains("relay_recording_missing 0.0");

        relay.set(Snapshots.offAir().recording(away).build());
        assertThat(samples()).contains("relay_recording_missing 0.0");

        relay.set(Snapshots.onAir()
                .recording(RecordingSnapshot.nothing(false, "/live"))
                .build());
        assertThat(samples()).contains("relay_recording_missing 0.0");
    }

    @Test
    void aDiskThatDoesNotFillIsNeverFullAndOneThatIsNotKnownSaysNothing() {
        ArchiveSnapshot still = Archives.withDisk(
                Archives.recording(),
                new Disk(DiskLevel.RESERVE, 1, 0, OptionalDouble.of(Double.POSITIVE_INFINITY), Optional.empty()));
        relay.set(Snapshots.onAir().archive(still).build());
        assertThat(samples())
                .contains(
                        "relay_recording_seconds_until_full +Inf",
                        "relay_recording_disk_level{level=\"reserve\"} 1.0",
                        "relay_recording_disk_level{level=\"ample\"} 0.0");

        relay.set(Snapshots.starting().build());
        assertThat(samples())
                .noneMatch(line -> line.startsWith("relay_recording_seconds_until_full")
                        || line.startsWith("relay_recording_last_segment"));
    }

    private static RelaySnapshot atMoment(long moment) {
        LoopStatus loop = Snapshots.onAir().build().loop();
        return Snapshots.onAir()
                .loop(new LoopStatus(moment, moment, 0, 0, loop.longestTask(), loop.currentTask(), loop.queued()))
                .build();
    }

    private List<String> samples() {
        return metrics.scrape().lines().filter(line -> !line.startsWith("#")).toList();
    }

    private List<String> counters() {
        return samples().stream()
                .filter(MetricsTest::isCounter)
                .map(line -> line.substring(0, line.lastIndexOf(' ')))
                .toList();
    }

    private static boolean isCounter(String line) {
        return line.split("[{ ]", 2)[0].endsWith("_total");
    }

    private static double collections(String scrape) {
        return scrape.lines()
                .filter(line -> line.startsWith("jvm_gc_collection_seconds_count"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static double value(String scrape, String series) {
        return scrape.lines()
                .filter(line -> line.startsWith(series + " "))
                .map(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(series + " is not in the scrape"));
    }

    /** All but the JVM's and the process's, whose values are not ours; the JVM's version is written as JAVA. */
    private String ownFamilies() {
        Stream<String> lines =
                metrics.scrape().lines().filter(line -> line.matches("(# (HELP|TYPE) )?(icecast|relay|r2)_.*"));
        return lines.map(line -> line.replace('"' + Runtime.version().toString() + '"', "\"JAVA\""))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static String golden(String name) throws IOException {
        try (InputStream file = MetricsTest.class.getResourceAsStream(name)) {
            return new String(file.readAllBytes(), UTF_8);
        }
    }
}
