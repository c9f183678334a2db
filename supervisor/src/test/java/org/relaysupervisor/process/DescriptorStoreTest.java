package org.relaysupervisor.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With real descriptors, and a real socket in the place of the service manager. */
@Timeout(60)
class DescriptorStoreTest {
    private static final long PID = 4711;

    /** Far above what this process has open; each test has numbers of its own. */
    private static final AtomicInteger NEXT = new AtomicInteger(3_000);

    private static final int DUPLICATE_FROM = 0;

    @TempDir
    Path directory;

    private NotifySocket manager;
    private ServiceNotifier notifier;
    private final int first = NEXT.getAndAdd(10);

    @BeforeEach
    void listen() {
        manager = NotifySocket.bind(directory.resolve("notify").toString());
        notifier = ServiceNotifier.of(Map.of("NOTIFY_SOCKET", manager.name()), PID);
    }

    @AfterEach
    void close() {
        notifier.close();
        manager.close();
    }

    /** A file with this content, under the next number. */
    private void pass(int index, String content) throws IOException {
        Path file = directory.resolve("file" + index);
        Files.writeString(file, content);
        int descriptor = LibC.open(LibC.string(file.toString()), LibC.O_RDWR, 0);
        assertThat(LibC.fcntl(descriptor, DUPLICATE_FROM, first + index)).isEqualTo(first + index);
        LibC.close(descriptor);
    }

    private DescriptorStore passed(String count, String names) {
        Map<String, String> environment =
                Map.of("LISTEN_PID", Long.toString(PID), "LISTEN_FDS", count, "LISTEN_FDNAMES", names);
        return DescriptorStore.open(environment, PID, notifier, first);
    }

    private static String content(int descriptor) throws IOException {
        return Files.readString(Path.of("/proc/self/fd/" + descriptor));
    }

    private static boolean isOpen(int descriptor) {
        return Files.exists(Path.of("/proc/self/fd/" + descriptor));
    }

    private List<String> told() {
        List<String> texts = new ArrayList<>();
        for (var message = manager.next(); message.isPresent(); message = manager.next()) {
            texts.add(message.get());
        }
        return texts;
    }

    @Test
    void whatIsPassedIsTakenOnceByItsNameAndNotInherited() throws IOException {
        pass(0, "zero");
        pass(1, "one");
        pass(2, "two");
        DescriptorStore store = passed("3", "a:b-1:b-2");

        assertThat(Files.readString(Path.of("/proc/self/fdinfo/" + first))).containsPattern("flags:\\s+0?2");
        assertThat(content(store.take("a").getAsInt())).isEqualTo("zero");
        assertThat(store.take("a")).isEmpty();
        assertThat(store.takeAll("b-").keySet()).containsExactly("b-1", "b-2");
        assertThat(store.takeAll("b-")).isEmpty();
        assertThat(told()).isEmpty();
    }

    @Test
    void whatNobodyTakesIsClosedAndForgotten() throws IOException {
        pass(0, "zero");
        pass(1, "one");
        DescriptorStore store = passed("2", "a:b");
        store.take("a");
        store.dropRest();

        assertThat(isOpen(first)).isTrue();
        assertThat(isOpen(first + 1)).isFalse();
        assertThat(told()).containsExactly("FDSTOREREMOVE=1\nFDNAME=b");
    }

    @Test
    void whatHasNoNameOfItsOwnIsClosed() throws IOException {
        pass(0, "zero");
        pass(1, "one");
        assertThat(passed("2", "only").takeAll("")).isEmpty();
        assertThat(isOpen(first) || isOpen(first + 1)).isFalse();

        pass(0, "zero");
        pass(1, "one");
        pass(2, "two");
        assertThat(passed("3", "a:a:b").takeAll("").keySet()).containsExactly("b");
        assertThat(isOpen(first) || isOpen(first + 1)).isFalse();
        assertThat(told()).containsExactly("FDSTOREREMOVE=1\nFDNAME=a");
    }

    @Test
    void nonsenseAndWhatIsMeantForAnotherProcessIsNotUsed() throws IOException {
        pass(0, "zero");
        for (String count : new String[] {"", "-1", "many", "99999999999"}) {
            assertThat(passed(count, "a").take("a")).as(count).isEmpty();
        }
        Map<String, String> others = Map.of("LISTEN_PID", "1", "LISTEN_FDS", "1", "LISTEN_FDNAMES", "a");
        assertThat(DescriptorStore.open(others, PID, notifier, first).take("a")).isEmpty();
        assertThat(isOpen(first)).isTrue();
        // One is not open.
        assertThat(passed("2", "a:b").takeAll("").keySet()).containsExactly("a");
    }

    @Test
    void aKeptDescriptorReachesTheManagerAndOutlivesOurs() throws IOException {
        pass(0, "kept");
        DescriptorStore store = passed("0", "");
        assertThat(store.keep("listeners", first)).isTrue();
        LibC.close(first);

        NotifySocket.Message message = manager.nextMessage().orElseThrow();
        assertThat(message.text()).isEqualTo("FDSTORE=1\nFDNAME=listeners");
        assertThat(content(message.descriptor())).isEqualTo("kept");
        LibC.close(message.descriptor());

        assertThat(store.forget("listeners")).isTrue();
        NotifySocket.Message forget = manager.nextMessage().orElseThrow();
        assertThat(forget).isEqualTo(new NotifySocket.Message("FDSTOREREMOVE=1\nFDNAME=listeners", -1));
    }

    @Test
    void aManagerThatDoesNotReadIsSeenAndHoldsNobodyUp() throws IOException {
        pass(0, "kept");
        DescriptorStore store = passed("0", "");
        int sent = 0;
        while (store.keep("n" + sent, first) && sent < 10_000) {
            sent++;
        }
        assertThat(sent).isBetween(1, 9_999);
        assertThat(notifier.failures()).isPositive();
        LibC.close(first);
    }

    @Test
    void withoutAManagerNothingIsKept() throws IOException {
        DescriptorStore none = DescriptorStore.none();
        assertThat(none.isOffered()).isFalse();
        assertThat(none.keep("a", 0)).isFalse();
        assertThat(none.memory("memory", 4096)).isEmpty();
        none.dropRest();
    }

    @Test
    void aNameThatWouldEndTheMessageIsRefused() {
        for (String name : new String[] {"", "a:b", "a\nb", "ä", "x".repeat(256)}) {
            assertThatThrownBy(() -> notifier.forget(name)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(told()).isEmpty();
    }

    @Test
    void memoryIsPassedOnWithAllThatWasWritten() {
        DescriptorStore store = passed("0", "");
        MappedByteBuffer memory = store.memory("memory", 8192).orElseThrow();
        assertThat(memory.get(8191)).isZero();
        memory.put(100, "written".getBytes(UTF_8));

        int kept = manager.nextMessage().orElseThrow().descriptor();
        assertThat(LibC.fcntl(kept, DUPLICATE_FROM, first)).isEqualTo(first);
        LibC.close(kept);
        MappedByteBuffer next = passed("1", "memory").memory("memory", 8192).orElseThrow();
        byte[] text = new byte[7];
        next.get(100, text);
        assertThat(new String(text, UTF_8)).isEqualTo("written");
        assertThat(isOpen(first)).isFalse();
        assertThat(told()).isEmpty();
    }

    @Test
    void memoryOfAnotherSizeIsReplaced() {
        assertThat(passed("0", "").memory("memory", 4096)).isPresent();
        int kept = manager.nextMessage().orElseThrow().descriptor();
        assertThat(LibC.fcntl(kept, DUPLICATE_FROM, first)).isEqualTo(first);
        LibC.close(kept);

        assertThat(passed("1", "memory").memory("memory", 8192).orElseThrow().capacity())
                .isEqualTo(8192);
        assertThat(told()).containsExactly("FDSTOREREMOVE=1\nFDNAME=memory", "FDSTORE=1\nFDNAME=memory");
    }
}
