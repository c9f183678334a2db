package org.relaysupervisor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.store.StoreException.Reason;

class DirectoryObjectStoreTest extends OneStepObjectStoreContract {
    @TempDir
    Path place;

    private final ManualLoop clock = new ManualLoop();
    private final Bandwidth bandwidth = new Bandwidth(OptionalLong.empty(), clock, length -> {});

    @Override
    ObjectStore store() {
        return DirectoryObjectStore.embedded(place.resolve("recordings"), bandwidth, clock);
    }

    private ObjectStore configured(Path root) {
        return DirectoryObjectStore.configured(root, place.resolve("state"), bandwidth, clock);
    }

    @Test
    void onTheSpoolsFileSystemNoByteIsCopied() throws Exception {
        Path file = TestContent.file(spool, "a", 1000, 1);
        store().put("live/a", file, TestContent.of(file));
        assertThat(Files.isSameFile(file, place.resolve("recordings/live/a"))).isTrue();
    }

    @Test
    void acrossFileSystemsTheFileIsCopiedAndNothingElseIsLeft() throws Exception {
        Path memory = Files.createTempDirectory(Path.of("/dev/shm"), "relay-store");
        try {
            Path file = TestContent.file(memory, "a", 200_000, 1);
            ObjectStore store = store();
            store.put("live/a", file, TestContent.of(file));
            assertThat(store.compare("live/a", file, TestContent.of(file))).isEqualTo(Presence.SAME);
            assertFails(Reason.CONFLICT, () -> store.put("live/a", file, TestContent.of(file)));
            assertThat(names(place.resolve("recordings/live"))).containsExactly("a");
        } finally {
            Files.deleteIfExists(memory.resolve("a"));
            Files.delete(memory);
        }
    }

    @Test
    void aChangedByteIsNoticed() throws Exception {
        Path file = TestContent.file(spool, "a", 1000, 1);
        Content content = TestContent.of(file);
        ObjectStore store = store();
        store.put("a", file, content);
        Path object = place.resolve("recordings/a");
        byte[] bytes = Files.readAllBytes(object);
        bytes[500] ^= 1;
        Files.delete(object);
        Files.write(object, bytes);
        assertThat(store.compare("a", file, content)).isEqualTo(Presence.DIFFERENT);
    }

    @Test
    void aNamedDirectoryMustBeThere() throws Exception {
        Path file = TestContent.file(spool, "a", 10, 1);
        ObjectStore store = configured(place.resolve("disk"));
        assertFails(Reason.NO_BUCKET, () -> store.put("a", file, TestContent.of(file)));
        assertThat(place.resolve("disk")).doesNotExist();
    }

    @Test
    void theEmptyMountPointOfADiskThatIsGoneIsNotWrittenTo() throws Exception {
        Path file = TestContent.file(spool, "a", 10, 1);
        Path disk = Files.createDirectory(place.resolve("disk"));
        configured(disk).put("a", file, TestContent.of(file));
        Files.move(disk, place.resolve("unplugged"));
        Files.createDirectory(disk);
        assertFails(Reason.NO_BUCKET, () -> configured(disk).put("b", file, TestContent.of(file)));
        assertFails(Reason.NO_BUCKET, () -> configured(disk).compare("a", file, TestContent.of(file)));
        assertThat(names(disk)).isEmpty();
        Files.delete(disk);
        Files.move(place.resolve("unplugged"), disk);
        assertThat(configured(disk).compare("a", file, TestContent.of(file))).isEqualTo(Presence.SAME);
    }

    @Test
    void anotherDirectoryMayBeNamedAtAnyTime() throws Exception {
        Path file = TestContent.file(spool, "a", 10, 1);
        for (String name : List.of("one", "two", "one")) {
            Path disk = Files.createDirectories(place.resolve(name));
            ObjectStore store = configured(disk);
            if (store.compare("a", file, TestContent.of(file)) == Presence.ABSENT) {
                store.put("a", file, TestContent.of(file));
            }
            assertThat(names(disk)).containsExactly(".relay-store", "a");
        }
    }

    @Test
    void copiesThatWereGivenUpAreRemovedWhenTheyAreOld() throws Exception {
        ObjectStore store = store();
        Path live = Files.createDirectories(place.resolve("recordings/live"));
        Path old = Files.writeString(live.resolve(".unfinished-1"), "x");
        Path recent = Files.writeString(live.resolve(".unfinished-2"), "x");
        Files.writeString(live.resolve("kept"), "x");
        Files.setLastModifiedTime(old, FileTime.from(clock.now().minus(Duration.ofHours(25))));
        Files.setLastModifiedTime(
                live.resolve("kept"), FileTime.from(clock.now().minus(Duration.ofDays(9))));
        Files.setLastModifiedTime(recent, FileTime.from(clock.now().minus(Duration.ofHours(1))));
        assertThat(store.list("")).containsExactly("live/kept");
        store.abortAbandoned(Duration.ofHours(24));
        assertThat(names(live)).containsExactly(".unfinished-2", "kept");
    }

    @Test
    void aFileInThePlaceOfADirectoryIsTold() throws Exception {
        Path file = TestContent.file(spool, "a", 10, 1);
        ObjectStore store = store();
        store.put("live", file, TestContent.of(file));
        assertThatThrownBy(() -> store.put("live/a", file, TestContent.of(file)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(place.resolve("recordings").toString());
    }

    private static List<String> names(Path directory) throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
