package org.relaysupervisor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.store.StoreException.Reason;

/** What every store does. */
abstract class ObjectStoreContract {
    private static final int LENGTH = 100_000;

    @TempDir
    Path spool;

    /** One with nothing in it. */
    abstract ObjectStore store() throws Exception;

    /** Asserts that a call fails for a reason. */
    static void assertFails(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    }

    static byte[] bytes(ObjectStore store, String key) throws Exception {
        try (InputStream in = store.read(key)) {
            return in.readAllBytes();
        }
    }

    private Path file(String name, int length) throws Exception {
        return TestContent.file(spool, name, length, name.hashCode());
    }

    @Test
    void whatWasPutIsThereByteForByte() throws Exception {
        Path file = file("a", LENGTH);
        Content content = TestContent.of(file);
        try (ObjectStore store = store()) {
            assertThat(store.compare("live/x/00000.mp3", file, content)).isEqualTo(Presence.ABSENT);
            store.put("live/x/00000.mp3", file, content);
            assertThat(store.compare("live/x/00000.mp3", file, content)).isEqualTo(Presence.SAME);
            assertThat(bytes(store, "live/x/00000.mp3")).isEqualTo(Files.readAllBytes(file));
        }
    }

    @Test
    void anEmptyFileIsAnObjectToo() throws Exception {
        Path file = file("empty", 0);
        try (ObjectStore store = store()) {
            store.put("empty", file, TestContent.of(file));
            assertThat(store.compare("empty", file, TestContent.of(file))).isEqualTo(Presence.SAME);
            assertThat(bytes(store, "empty")).isEmpty();
        }
    }

    @Test
    void nothingIsEverOverwritten() throws Exception {
        Path file = file("first", LENGTH);
        Path other = file("other", LENGTH);
        try (ObjectStore store = store()) {
            store.put("k", file, TestContent.of(file));
            assertFails(Reason.CONFLICT, () -> store.put("k", other, TestContent.of(other)));
            assertFails(Reason.CONFLICT, () -> store.put("k", file, TestContent.of(file)));
            assertThat(bytes(store, "k")).isEqualTo(Files.readAllBytes(file));
            assertThat(store.compare("k", other, TestContent.of(other))).isEqualTo(Presence.DIFFERENT);
        }
    }

    @Test
    void anObjectOfAnotherLengthIsAnotherObject() throws Exception {
        Path file = file("long", LENGTH);
        Path shorter = file("short", LENGTH - 1);
        try (ObjectStore store = store()) {
            store.put("k", shorter, TestContent.of(shorter));
            assertThat(store.compare("k", file, TestContent.of(file))).isEqualTo(Presence.DIFFERENT);
        }
    }

    @Test
    void ofTwoThatPutAtOnceOneWins() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (ObjectStore store = store()) {
            for (int round = 0; round < 5; round++) {
                String key = "race/" + round;
                List<Future<Boolean>> results = threads.invokeAll(List.of(
                        putting(store, key, file("one" + round, LENGTH)),
                        putting(store, key, file("two" + round, LENGTH))));
                assertThat(List.of(results.get(0).get(), results.get(1).get())).containsExactlyInAnyOrder(true, false);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static Callable<Boolean> putting(ObjectStore store, String key, Path file) {
        return () -> {
            try {
                store.put(key, file, TestContent.of(file));
                return true;
            } catch (StoreException e) {
                assertThat(e.reason()).as(e.getMessage()).isEqualTo(Reason.CONFLICT);
                return false;
            }
        };
    }

    @Test
    void listsWhatBeginsWithAPrefixInOrder() throws Exception {
        Path file = file("a", 10);
        Content content = TestContent.of(file);
        try (ObjectStore store = store()) {
            for (String key : List.of("live/b/2", "live/b/1", "live/a/1", "live/ab", "else/x")) {
                store.put(key, file, content);
            }
            assertThat(store.list("live/")).containsExactly("live/a/1", "live/ab", "live/b/1", "live/b/2");
            assertThat(store.list("live/b")).containsExactly("live/b/1", "live/b/2");
            assertThat(store.list("live/b/1")).containsExactly("live/b/1");
            assertThat(store.list("none/")).isEmpty();
            assertThat(store.list("")).hasSize(5);
        }
    }

    @Test
    void deletingTwiceIsNoError() throws Exception {
        Path file = file("a", 10);
        try (ObjectStore store = store()) {
            store.put("probe", file, TestContent.of(file));
            store.delete("probe");
            store.delete("probe");
            assertThat(store.compare("probe", file, TestContent.of(file))).isEqualTo(Presence.ABSENT);
            assertFails(Reason.SERVER, () -> store.read("probe").close());
        }
    }

    @Test
    void aFileThatIsGoneOrShorterIsAFaultOfOurOwnDisk() throws Exception {
        Path file = file("a", LENGTH);
        Content content = TestContent.of(file);
        try (ObjectStore store = store()) {
            Files.write(file, new byte[10]);
            assertFails(Reason.LOCAL_IO, () -> store.put("k", file, content));
            Files.delete(file);
            assertFails(Reason.LOCAL_IO, () -> store.put("k", file, content));
            assertThat(store.list("")).isEmpty();
        }
    }

    @Test
    void refusesKeysThatCouldLeaveIt() throws Exception {
        Path file = file("a", 10);
        try (ObjectStore store = store()) {
            for (String key :
                    List.of("", "/etc/x", "../x", "a/../../x", "a//b", "a/", ".hidden", "a b", "a%2Fb", "é")) {
                assertThatThrownBy(() -> store.put(key, file, TestContent.of(file)))
                        .as(key)
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    static final WebHeaders HEADERS = new WebHeaders("application/vnd.apple.mpegurl", "public, max-age=1");

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whatIsPublishedIsReadAsItIsAndReplacedByWhoKnowsItsVersion() throws Exception {
        try (ObjectStore store = store()) {
            assertThat(store.published("hls/live.m3u8")).isEmpty();
            String first = store.publish("hls/live.m3u8", utf8("one é"), HEADERS, Optional.empty());
            assertThat(store.published("hls/live.m3u8")).contains(new PublishedText("one é", first));
            String second = store.publish("hls/live.m3u8", utf8("two"), HEADERS, Optional.of(first));
            assertThat(second).isNotEqualTo(first);
            assertThat(store.published("hls/live.m3u8")).contains(new PublishedText("two", second));
            assertThat(bytes(store, "hls/live.m3u8")).isEqualTo(utf8("two"));
        }
    }

    @Test
    void nothingIsReplacedByWhoDoesNotKnowWhatIsThere() throws Exception {
        try (ObjectStore store = store()) {
            String first = store.publish("k", utf8("one"), HEADERS, Optional.empty());
            String second = store.publish("k", utf8("two"), HEADERS, Optional.of(first));
            assertFails(Reason.CONFLICT, () -> store.publish("k", utf8("late"), HEADERS, Optional.of(first)));
            assertFails(Reason.CONFLICT, () -> store.publish("k", utf8("new"), HEADERS, Optional.empty()));
            assertThat(store.published("k")).contains(new PublishedText("two", second));
            store.delete("k");
            assertFails(Reason.CONFLICT, () -> store.publish("k", utf8("gone"), HEADERS, Optional.of(second)));
            assertThat(store.published("k")).isEmpty();
        }
    }

    @Test
    void anObjectTooLongToBeATextIsRefused() throws Exception {
        try (ObjectStore store = store()) {
            store.publish("k", new byte[PublishedText.LONGEST + 1], HEADERS, Optional.empty());
            assertThatThrownBy(() -> store.published("k")).isInstanceOf(StoreException.class);
        }
    }

    @Test
    void abortingFindsNothingToDoInAStoreAtRest() throws Exception {
        Path file = file("a", 10);
        try (ObjectStore store = store()) {
            store.put("k", file, TestContent.of(file));
            store.abortAbandoned(Duration.ZERO);
            assertThat(store.list("")).containsExactly("k");
        }
    }
}
