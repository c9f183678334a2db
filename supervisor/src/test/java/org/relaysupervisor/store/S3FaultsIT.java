package org.relaysupervisor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.relaysupervisor.store.FaultProxy.Fault;
import org.relaysupervisor.store.FaultProxy.Kind;
import org.relaysupervisor.store.StoreException.Reason;

/** A real S3 server behind a line, and a server, at their worst. */
@Order(10)
class S3FaultsIT {
    private static final int SEGMENTS = 200;
    private static final int EACH_LARGE = 25;
    private static final int MEBIBYTE = 1 << 20;
    private static final int MOST_ATTEMPTS = 100;
    private static final String LONG_AGO = "Date: Tue, 01 Sep 2026 10:00:00 GMT\r\n";
    private static final S3Timeouts SHORT =
            new S3Timeouts(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(4), 10 * MEBIBYTE);

    @TempDir
    static Path directory;

    private static S3Server server;
    private static int buckets;

    private FaultProxy proxy;
    private String bucket;
    private ObjectStore store;
    private ObjectStore direct;

    @BeforeAll
    static void startServer() throws Exception {
        server = S3Server.start(directory);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void open() throws Exception {
        bucket = server.bucket("bucket-" + buckets++);
        proxy = FaultProxy.to(server.port());
        store = open(proxy.endpoint(), SHORT);
        direct = open(server.endpoint(), S3Timeouts.USUAL);
    }

    private ObjectStore open(URI endpoint, S3Timeouts timeouts) throws Exception {
        return S3ObjectStore.connect(
                S3Server.place(endpoint, bucket, ""),
                S3Server.upload(5 * MEBIBYTE),
                timeouts,
                S3Server::key,
                new Bandwidth(OptionalLong.empty(), SystemClock.RIGHT, length -> {}),
                SystemClock.RIGHT);
    }

    @AfterEach
    void close() throws Exception {
        store.close();
        direct.close();
        proxy.close();
    }

    private static void assertReason(Reason reason, Attempt attempt) throws Exception {
        ObjectStoreContract.assertFails(reason, attempt::run);
    }

    @FunctionalInterface
    private interface Attempt {
        void run() throws Exception;
    }

    @ParameterizedTest
    @CsvSource({
        "REFUSE, 0, NETWORK",
        "RESET, 100000, NETWORK",
        "STALL, 100000, NETWORK",
        "TRUNCATED_ANSWER, 20, NETWORK",
        "TRUNCATED_ANSWER, 0, NETWORK",
        "DAMAGE, 100000, CHECKSUM",
    })
    void aFaultOfTheLineIsToldAsThat(Kind kind, long after, Reason reason) throws Exception {
        Path file = TestContent.file(directory, "a", 300_000, 1);
        proxy.faults(() -> Fault.of(kind, after));
        assertReason(reason, () -> store.put("a", file, TestContent.of(file)));
        if (direct.compare("a", file, TestContent.of(file)) == Presence.ABSENT) {
            direct.put("a", file, TestContent.of(file));
        }
        assertThat(direct.compare("a", file, TestContent.of(file))).isEqualTo(Presence.SAME);
    }

    @ParameterizedTest
    @CsvSource({
        "500, InternalError, SERVER",
        "502, '', SERVER",
        "503, ServiceUnavailable, SERVER",
        "501, NotImplemented, SERVER",
        "503, SlowDown, THROTTLED",
        "429, TooManyRequests, THROTTLED",
        "403, AccessDenied, AUTH",
        "403, SignatureDoesNotMatch, AUTH",
        "401, Unauthorized, AUTH",
        "400, AuthorizationHeaderMalformed, AUTH",
        "403, RequestTimeTooSkewed, CLOCK_SKEW",
        "404, NoSuchBucket, NO_BUCKET",
        "400, BadDigest, CHECKSUM",
        "400, InvalidDigest, CHECKSUM",
        "400, XAmzContentSHA256Mismatch, CHECKSUM",
        "400, RequestTimeout, NETWORK",
        "412, PreconditionFailed, CONFLICT",
        "409, ConditionalRequestConflict, CONFLICT",
    })
    void anAnswerIsToldAsWhatItMeans(int status, String code, Reason reason) throws Exception {
        Path file = TestContent.file(directory, "a", 3 * MEBIBYTE, 1);
        proxy.faults(() -> Fault.answer(status, code, ""));
        assertReason(reason, () -> store.put("a", file, TestContent.of(file)));
    }

    @Test
    void aServerThatIsBusyIsToldWithoutABodyToo() throws Exception {
        Path file = TestContent.file(directory, "a", 1000, 1);
        proxy.faults(() -> Fault.answer(503, "Slow Down", ""));
        assertReason(Reason.THROTTLED, () -> store.compare("a", file, TestContent.of(file)));
    }

    /** An answer to HEAD has no body, and so no code. */
    @Test
    void aRefusalByAServerOfAnotherTimeIsToldAsTheClocks() throws Exception {
        Path file = TestContent.file(directory, "a", 1000, 1);
        proxy.faults(() -> Fault.answer(403, "", LONG_AGO));
        assertReason(Reason.CLOCK_SKEW, () -> store.compare("a", file, TestContent.of(file)));
    }

    @Test
    void anAnswerThatMakesNoSenseIsTheServers() throws Exception {
        String nonsense = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\n<a><b></";
        proxy.faults(() -> new Fault(Kind.ANSWER, 0, nonsense));
        assertReason(Reason.SERVER, () -> store.list(""));
    }

    /** The client lets this one through as it came. */
    @Test
    void aListThatBreaksOffIsTheLines() throws Exception {
        String begun = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n33c\r\n";
        proxy.faults(() -> new Fault(Kind.ANSWER, 0, begun));
        assertReason(Reason.NETWORK, () -> store.list(""));
    }

    @Test
    void anObjectThatBreaksOffIsNotTakenForWhole() throws Exception {
        Path file = TestContent.file(directory, "a", 300_000, 1);
        direct.put("a", file, TestContent.of(file));
        proxy.faults(() -> Fault.of(Kind.TRUNCATED_ANSWER, 100_000));
        assertThat(catchThrowable(() -> ObjectStoreContract.bytes(store, "a"))).isInstanceOf(IOException.class);
    }

    @Test
    void anInterruptEndsATransfer() throws Exception {
        Path file = TestContent.file(directory, "a", 3 * MEBIBYTE, 1);
        Bandwidth slow = new Bandwidth(
                OptionalLong.of(16 * 1024), SystemClock.RIGHT, pause -> TimeUnit.NANOSECONDS.sleep(pause.toNanos()));
        ObjectStore throttled = S3ObjectStore.connect(
                S3Server.place(proxy.endpoint(), bucket, ""),
                S3Server.upload(5 * MEBIBYTE),
                S3Timeouts.USUAL,
                S3Server::key,
                slow,
                SystemClock.RIGHT);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (throttled) {
            Future<Boolean> interrupted = thread.submit(() -> isInterrupted(throttled, file));
            Awaitility.await().until(() -> proxy.bytesSent() > 20_000);
            thread.shutdownNow();
            assertThat(interrupted.get(2, TimeUnit.SECONDS)).isTrue();
        } finally {
            thread.shutdownNow();
        }
    }

    private static boolean isInterrupted(ObjectStore store, Path file) throws Exception {
        try {
            store.put("a", file, TestContent.of(file));
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    /** What a thread waits for in a socket no interrupt ends; that the store is closed does. */
    @Test
    void closingEndsWhatIsStalled() throws Exception {
        Path file = TestContent.file(directory, "a", 3 * MEBIBYTE, 1);
        ObjectStore patient = open(proxy.endpoint(), S3Timeouts.USUAL);
        proxy.faults(() -> Fault.of(Kind.STALL, 100_000));
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Boolean> interrupted = thread.submit(() -> isInterrupted(patient, file));
            Awaitility.await().until(() -> proxy.bytesSent() > 50_000);
            thread.shutdownNow();
            patient.close();
            assertThat(interrupted.get(3, TimeUnit.SECONDS)).isTrue();
        } finally {
            thread.shutdownNow();
        }
    }

    @Test
    void twoHundredSegmentsGoThroughRandomFaults() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < SEGMENTS; i++) {
            int length =
                    i % EACH_LARGE == 0 ? 6 * MEBIBYTE + random.nextInt(8 * MEBIBYTE) : 1 + random.nextInt(200_000);
            files.add(TestContent.file(directory, "segment-" + i, length, i));
        }
        Faults faults = new Faults(new Random(seed + 1));
        proxy.faults(faults::next);
        Map<Reason, Integer> reasons = new EnumMap<>(Reason.class);
        for (int i = 0; i < SEGMENTS; i++) {
            upload("live/" + i, files.get(i), reasons);
        }
        for (int i = 0; !faults.hadEachKind(); i++) {
            upload("more/" + i, files.get(1), reasons);
        }
        System.out.println(reasons);
        assertThat(direct.list("live/")).hasSize(SEGMENTS);
        for (int i = 0; i < SEGMENTS; i++) {
            assertThat(ObjectStoreContract.bytes(direct, "live/" + i)).isEqualTo(Files.readAllBytes(files.get(i)));
        }
        assertThat(reasons.keySet())
                .contains(
                        Reason.NETWORK,
                        Reason.SERVER,
                        Reason.THROTTLED,
                        Reason.AUTH,
                        Reason.CLOCK_SKEW,
                        Reason.CHECKSUM);
    }

    /** As the contract wants it: an outcome that is not known is settled by looking. */
    private void upload(String key, Path file, Map<Reason, Integer> reasons) throws Exception {
        Content content = TestContent.of(file);
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            try {
                Presence presence = store.compare(key, file, content);
                assertThat(presence).isNotEqualTo(Presence.DIFFERENT);
                if (presence == Presence.SAME) {
                    return;
                }
                store.put(key, file, content);
            } catch (StoreException e) {
                reasons.merge(e.reason(), 1, Integer::sum);
            }
        }
        throw new AssertionError(key + " did not get through");
    }

    /** A line never lives for long, so that there are many of them. Dealt like cards, so that each kind comes in any 48 lines. */
    private static final class Faults {
        private static final int CARDS = 24;

        private final Random random;
        private final Deque<Integer> cards = new ArrayDeque<>();
        private int dealt;

        Faults(Random random) {
            this.random = random;
        }

        synchronized boolean hadEachKind() {
            return dealt >= 2 * CARDS;
        }

        synchronized Fault next() {
            dealt++;
            if (cards.isEmpty()) {
                List<Integer> fresh = IntStream.range(0, CARDS).boxed().collect(Collectors.toList());
                Collections.shuffle(fresh, random);
                cards.addAll(fresh);
            }
            return switch (cards.remove()) {
                case 0 -> Fault.of(Kind.REFUSE, 0);
                case 1, 2 -> Fault.of(Kind.DAMAGE, random.nextInt(150_000));
                case 3 -> Fault.of(Kind.STALL, random.nextInt(150_000));
                case 4, 5 -> Fault.of(Kind.TRUNCATED_ANSWER, random.nextInt(1000));
                case 6 -> Fault.answer(500, "InternalError", "");
                case 7 -> Fault.answer(503, "SlowDown", "");
                case 8 -> Fault.answer(403, "RequestTimeTooSkewed", LONG_AGO);
                case 9 -> Fault.answer(403, "AccessDenied", "");
                case 10 -> Fault.answer(400, "BadDigest", "");
                default -> Fault.of(Kind.RESET, random.nextInt(random.nextBoolean() ? 300_000 : 10 * MEBIBYTE));
            };
        }
    }
}
