package org.relaysupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ServiceNotifierTest {
    private static final long PID = 4711;

    @TempDir
    Path directory;

    private static ServiceNotifier to(NotifySocket socket) {
        return ServiceNotifier.of(Map.of("NOTIFY_SOCKET", socket.name()), PID);
    }

    @Test
    void everyMessageReachesASocketInTheFileSystem() {
        try (NotifySocket socket = NotifySocket.bind(directory.resolve("notify").toString());
                ServiceNotifier notifier = to(socket)) {
            assertThat(notifier.isHeard()).isTrue();
            notifier.status("starting\nicecast");
            notifier.extendTimeout(Duration.ofSeconds(30));
            notifier.ready("on the air");
            notifier.alive();
            notifier.stopping("stopping");

            assertThat(socket.next()).contains("STATUS=starting icecast");
            assertThat(socket.next()).contains("EXTEND_TIMEOUT_USEC=30000000");
            assertThat(socket.next()).contains("READY=1\nSTATUS=on the air");
            assertThat(socket.next()).contains("WATCHDOG=1");
            assertThat(socket.next()).contains("STOPPING=1\nSTATUS=stopping");
            assertThat(socket.next()).isEmpty();
        }
    }

    @Test
    void abstractNamesWorkToo() {
        try (NotifySocket socket = NotifySocket.bind("@relay-" + UUID.randomUUID());
                ServiceNotifier notifier = to(socket)) {
            notifier.ready("ä");

            assertThat(socket.next()).contains("READY=1\nSTATUS=ä");
        }
    }

    @Test
    void aReloadCarriesTheMonotonicClockOfTheKernel() {
        try (NotifySocket socket = NotifySocket.bind(directory.resolve("notify").toString());
                ServiceNotifier notifier = to(socket)) {
            // HotSpot's nanoTime is CLOCK_MONOTONIC on Linux.
            long before = TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
            notifier.reloading();
            long after = TimeUnit.NANOSECONDS.toMicros(System.nanoTime());

            String message = socket.next().orElseThrow();
            assertThat(message).startsWith("RELOADING=1\nMONOTONIC_USEC=");
            assertThat(Long.parseLong(message.substring(message.lastIndexOf('=') + 1)))
                    .isBetween(before, after);
        }
    }

    @Test
    void withoutASocketNothingHappens() {
        try (ServiceNotifier notifier = ServiceNotifier.of(Map.of("WATCHDOG_USEC", "1000000"), PID)) {
            notifier.ready("on the air");

            assertThat(notifier.isHeard()).isFalse();
            assertThat(notifier.watchdog()).isEmpty();
            assertThat(notifier.failures()).isZero();
        }
    }

    @Test
    void aSocketThatIsGoneIsCountedAndHoldsNobodyUp() {
        Map<String, String> environment =
                Map.of("NOTIFY_SOCKET", directory.resolve("nobody").toString());
        try (ServiceNotifier notifier = ServiceNotifier.of(environment, PID)) {
            notifier.alive();
            notifier.alive();

            assertThat(notifier.failures()).isEqualTo(2);
        }
    }

    @Test
    void aManagerThatDoesNotReadHoldsNobodyUp() {
        try (NotifySocket socket = NotifySocket.bind(directory.resolve("notify").toString());
                ServiceNotifier notifier = to(socket)) {
            for (int i = 0; i < 10_000; i++) {
                notifier.alive();
            }

            assertThat(notifier.failures()).isPositive();
            assertThat(socket.next()).contains("WATCHDOG=1");
        }
    }

    @Test
    void anAddressOfAnotherKindIsRefused() {
        for (String name : new String[] {"vsock:2:1234", "relative", "/" + "x".repeat(200)}) {
            try (ServiceNotifier notifier = ServiceNotifier.of(Map.of("NOTIFY_SOCKET", name), PID)) {
                notifier.alive();

                assertThat(notifier.isHeard()).as(name).isFalse();
            }
        }
    }

    @Test
    void aWatchdogIsOnlyForTheProcessItIsMeantFor() {
        try (NotifySocket socket = NotifySocket.bind(directory.resolve("notify").toString())) {
            assertThat(watchdog(socket, "30000000", "4711")).contains(Duration.ofSeconds(30));
            assertThat(watchdog(socket, "500", "")).contains(Duration.ofNanos(500_000));
            assertThat(watchdog(socket, "30000000", "4712")).isEmpty();
            assertThat(watchdog(socket, "soon", "4711")).isEmpty();
            assertThat(watchdog(socket, "0", "4711")).isEmpty();
        }
    }

    private static Optional<Duration> watchdog(NotifySocket socket, String micros, String pid) {
        try (ServiceNotifier notifier = ServiceNotifier.of(
                Map.of("NOTIFY_SOCKET", socket.name(), "WATCHDOG_USEC", micros, "WATCHDOG_PID", pid), PID)) {
            return notifier.watchdog();
        }
    }
}
