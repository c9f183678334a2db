package org.relaysupervisor.metrics;

import com.sun.management.UnixOperatingSystemMXBean;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The daemon's own JVM and process, under the names that Prometheus' client libraries share. RATIONALE.md tells why not by
 * Micrometer's ready-made binders.
 */
final class JavaMeters {
    private static final Path STATUS = Path.of("/proc/self/status");

    /**
     * What the meters read. Micrometer holds the object that a function meter is made for weakly, and its function strongly; so
     * each is made for the registry, and its function holds what it reads.
     */
    private final MeterRegistry registry;

    private JavaMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    static void register(MeterRegistry registry) {
        JavaMeters meters = new JavaMeters(registry);
        meters.memory();
        meters.collections();
        meters.process();
    }

    private void memory() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        area("heap", memory::getHeapMemoryUsage);
        area("nonheap", memory::getNonHeapMemoryUsage);
        gauge(
                        "jvm.memory.max",
                        "The most heap the JVM may use.",
                        () -> memory.getHeapMemoryUsage().getMax())
                .baseUnit("bytes")
                .tag("area", "heap")
                .register(registry);
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            if (pool.getName().equals("direct")) {
                gauge("jvm.buffer.pool.used", "Memory of direct buffers, outside the heap.", pool::getMemoryUsed)
                        .baseUnit("bytes")
                        .tag("pool", pool.getName())
                        .register(registry);
            }
        }
    }

    private void area(String area, Supplier<MemoryUsage> usage) {
        gauge("jvm.memory.used", "Memory in use, by area.", () -> usage.get().getUsed())
                .baseUnit("bytes")
                .tag("area", area)
                .register(registry);
        gauge(
                        "jvm.memory.committed",
                        "Memory taken from the system, by area.",
                        () -> usage.get().getCommitted())
                .baseUnit("bytes")
                .tag("area", area)
                .register(registry);
    }

    private void collections() {
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            FunctionTimer.builder(
                            "jvm.gc.collection",
                            registry,
                            owner -> collector.getCollectionCount(),
                            owner -> collector.getCollectionTime(),
                            TimeUnit.MILLISECONDS)
                    .description("Garbage collections and the time they took, by collector.")
                    .tag("gc", collector.getName())
                    .register(registry);
        }
    }

    private void process() {
        gauge("jvm.threads.current", "Threads alive in the JVM.", ManagementFactory.getThreadMXBean()::getThreadCount)
                .register(registry);
        gauge("process.resident.memory", "Resident memory of the daemon.", JavaMeters::residentBytes)
                .baseUnit("bytes")
                .register(registry);
        UnixOperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class);
        FunctionCounter.builder("process.cpu", registry, owner -> system.getProcessCpuTime() / 1e9)
                .description("CPU time the daemon used, in user and system mode.")
                .baseUnit("seconds")
                .register(registry);
        gauge("process.open.fds", "File descriptors the daemon has open.", system::getOpenFileDescriptorCount)
                .register(registry);
        gauge("process.max.fds", "File descriptors the daemon may open.", system::getMaxFileDescriptorCount)
                .register(registry);
    }

    private static Gauge.Builder<Supplier<Number>> gauge(String name, String description, Supplier<Number> value) {
        return Gauge.builder(name, value).description(description);
    }

    /** From {@code VmRSS}, which the kernel gives in KiB. */
    private static long residentBytes() {
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow(() -> new IOException(STATUS + " has no VmRSS"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
