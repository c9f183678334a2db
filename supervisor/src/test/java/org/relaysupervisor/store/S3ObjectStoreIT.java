package org.relaysupervisor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.store.StoreException.Reason;

class S3ObjectStoreIT extends ObjectStoreContract {
    private static final int MEBIBYTE = 1 << 20;
    private static final AtomicInteger BUCKETS = new AtomicInteger();

    @TempDir
    static Path directory;

    private static S3Server server;

    @BeforeAll
    static void startServer() throws Exception {
        server = S3Server.start(directory);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    private static RelayConfig.S3Store freshBucket() throws Exception {
        return S3Server.place(server.endpoint(), server.bucket("bucket-" + BUCKETS.incrementAndGet()), "radio/");
    }

    @Override
    ObjectStore store() throws Exception {
        return S3Server.open(freshBucket(), 16L * MEBIBYTE, SystemClock.RIGHT);
    }

    @Test
    void aLargeFileGoesInPartsAndIsProvenByTheirChecksums() throws Exception {
        Path file = TestContent.file(spool, "large", 11 * MEBIBYTE + 1, 1);
        try (ObjectStore store = S3Server.open(freshBucket(), 5 * MEBIBYTE, SystemClock.RIGHT)) {
            store.put("a", file, TestContent.of(file));
            assertThat(store.compare("a", file, TestContent.of(file))).isEqualTo(Presence.SAME);
            assertThat(bytes(store, "a")).isEqualTo(Files.readAllBytes(file));
            assertFails(Reason.CONFLICT, () -> store.put("a", file, TestContent.of(file)));
            Path other = TestContent.file(spool, "other", 11 * MEBIBYTE + 1, 2);
            assertThat(store.compare("a", other, TestContent.of(other))).isEqualTo(Presence.DIFFERENT);
        }
    }

    @Test
    void aBucketThatIsNotThereIsTold() throws Exception {
        Path file = TestContent.file(spool, "a", 300_000, 1);
        RelayConfig.S3Store nowhere = S3Server.place(server.endpoint(), "no-such-bucket", "");
        try (ObjectStore store = S3Server.open(nowhere, 5 * MEBIBYTE, SystemClock.RIGHT)) {
            assertFails(Reason.NO_BUCKET, () -> store.put("a", file, TestContent.of(file)));
            assertFails(Reason.NO_BUCKET, () -> store.list(""));
        }
    }

    @Test
    void wrongKeysAreToldAndAreInNoMessage() throws Exception {
        Path file = TestContent.file(spool, "a", 1000, 1);
        try (ObjectStore store = ObjectStores.open(
                freshBucket(),
                S3Server.upload(5 * MEBIBYTE),
                spool,
                source -> new Secret("wrong-and-secret"),
                new Bandwidth(OptionalLong.empty(), SystemClock.RIGHT, length -> {}),
                SystemClock.RIGHT)) {
            assertFails(Reason.AUTH, () -> store.put("a", file, TestContent.of(file)));
            assertFails(Reason.AUTH, () -> store.compare("a", file, TestContent.of(file)));
            assertThatThrownBy(() -> store.list(""))
                    .hasMessageContaining("store.s3.access_key")
                    .hasMessageNotContaining("wrong-and-secret");
        }
    }

    @Test
    void aClockThatIsFarOffIsTold() throws Exception {
        Path file = TestContent.file(spool, "a", 1000, 1);
        try (ObjectStore store = S3Server.open(freshBucket(), 5 * MEBIBYTE, new SystemClock(Duration.ofHours(2)))) {
            assertFails(Reason.CLOCK_SKEW, () -> store.put("a", file, TestContent.of(file)));
            assertFails(Reason.CLOCK_SKEW, () -> store.compare("a", file, TestContent.of(file)));
            assertThatThrownBy(() -> store.list("")).hasMessageContaining("ahead of the store's");
        }
    }

    @Test
    void nobodyThereIsAFaultOfTheNetwork() throws Exception {
        Path file = TestContent.file(spool, "a", 1000, 1);
        RelayConfig.S3Store nobody = S3Server.place(URI.create("http://127.0.0.1:1"), "bucket", "");
        try (ObjectStore store = S3Server.open(nobody, 5 * MEBIBYTE, SystemClock.RIGHT)) {
            assertFails(Reason.NETWORK, () -> store.put("a", file, TestContent.of(file)));
        }
    }

    @Test
    void bytesThatAreNotWhatTheyWereAreRefusedByTheServer() throws Exception {
        Path file = TestContent.file(spool, "a", 300_000, 1);
        Content content = TestContent.of(file);
        TestContent.file(spool, "a", 300_000, 2);
        try (ObjectStore store = store()) {
            assertFails(Reason.CHECKSUM, () -> store.put("a", file, content));
            assertThat(store.list("")).isEmpty();
        }
    }

    /** What an earlier life of the daemon has sent is not sent again; what is not ours anymore is. */
    @Test
    void aTransferInPartsGoesOnWhereItEnded() throws Exception {
        Path file = TestContent.file(spool, "large", 21 * MEBIBYTE, 1);
        Content content = TestContent.of(file);
        RelayConfig.S3Store place = freshBucket();
        try (FaultProxy proxy = FaultProxy.to(server.port())) {
            RelayConfig.S3Store through = S3Server.place(proxy.endpoint(), place.bucket(), "radio/");
            proxy.resetAfter(12L * MEBIBYTE);
            try (ObjectStore store = S3Server.open(through, 5 * MEBIBYTE, SystemClock.RIGHT)) {
                assertFails(Reason.NETWORK, () -> store.put("a", file, content));
            }
            proxy.healthy();
            long before = proxy.bytesSent();
            try (ObjectStore store = S3Server.open(through, 5 * MEBIBYTE, SystemClock.RIGHT)) {
                assertThat(store.list("")).isEmpty();
                store.put("a", file, content);
                assertThat(proxy.bytesSent() - before).isBetween(11L * MEBIBYTE, 12L * MEBIBYTE);
                assertThat(store.compare("a", file, content)).isEqualTo(Presence.SAME);
                assertThat(bytes(store, "a")).isEqualTo(Files.readAllBytes(file));
            }
        }
    }

    @Test
    void partsOfAnotherFileAreNotTakenForOurs() throws Exception {
        Path file = TestContent.file(spool, "large", 21 * MEBIBYTE, 1);
        RelayConfig.S3Store place = freshBucket();
        try (FaultProxy proxy = FaultProxy.to(server.port())) {
            proxy.resetAfter(12L * MEBIBYTE);
            RelayConfig.S3Store through = S3Server.place(proxy.endpoint(), place.bucket(), "radio/");
            try (ObjectStore store = S3Server.open(through, 5 * MEBIBYTE, SystemClock.RIGHT)) {
                assertFails(Reason.NETWORK, () -> store.put("a", file, TestContent.of(file)));
            }
        }
        TestContent.file(spool, "large", 21 * MEBIBYTE, 2);
        try (ObjectStore store = S3Server.open(place, 5 * MEBIBYTE, SystemClock.RIGHT)) {
            store.put("a", file, TestContent.of(file));
            assertThat(bytes(store, "a")).isEqualTo(Files.readAllBytes(file));
        }
    }

    @Test
    void transfersThatWereGivenUpAreAborted() throws Exception {
        Path file = TestContent.file(spool, "large", 21 * MEBIBYTE, 1);
        RelayConfig.S3Store place = freshBucket();
        try (FaultProxy proxy = FaultProxy.to(server.port());
                ObjectStore later = S3Server.open(place, 5 * MEBIBYTE, SystemClock.RIGHT)) {
            RelayConfig.S3Store through = S3Server.place(proxy.endpoint(), place.bucket(), "radio/");
            try (ObjectStore store = S3Server.open(through, 5 * MEBIBYTE, SystemClock.RIGHT)) {
                proxy.resetAfter(12L * MEBIBYTE);
                assertFails(Reason.NETWORK, () -> store.put("a", file, TestContent.of(file)));
                proxy.healthy();
                later.abortAbandoned(Duration.ofHours(1));
                later.abortAbandoned(Duration.ofSeconds(-5));
                long before = proxy.bytesSent();
                store.put("a", file, TestContent.of(file));
                assertThat(proxy.bytesSent() - before).isGreaterThan(21L * MEBIBYTE);
            }
        }
    }

    @Test
    void anObjectInPartsOfAnotherLengthIsStillCompared() throws Exception {
        Path file = TestContent.file(spool, "large", 13 * MEBIBYTE, 1);
        RelayConfig.S3Store place = freshBucket();
        try (ObjectStore store = S3Server.open(place, 5 * MEBIBYTE, SystemClock.RIGHT)) {
            store.put("a", file, TestContent.of(file));
        }
        RelayConfig.Upload wider = new RelayConfig.Upload(
                OptionalLong.empty(), 2, 5 * MEBIBYTE, 64 * MEBIBYTE, Duration.ofDays(1), Duration.ofMinutes(15));
        try (ObjectStore store = ObjectStores.open(
                place,
                wider,
                spool,
                S3Server::key,
                new Bandwidth(OptionalLong.empty(), SystemClock.RIGHT, length -> {}),
                SystemClock.RIGHT)) {
            assertThat(store.compare("a", file, TestContent.of(file))).isEqualTo(Presence.SAME);
        }
    }

    @Test
    void moreKeysThanFitOnOnePageAreAllListed() throws Exception {
        RelayConfig.S3Store place = freshBucket();
        for (int i = 0; i < 1203; i++) {
            Path file = directory.resolve("buckets").resolve(place.bucket()).resolve("radio/x/" + i);
            Files.createDirectories(file.getParent());
            Files.write(file, new byte[1]);
        }
        try (ObjectStore store = S3Server.open(place, 5 * MEBIBYTE, SystemClock.RIGHT)) {
            assertThat(store.list("x/")).hasSize(1203).isSorted().contains("x/0", "x/1202");
        }
    }
}
