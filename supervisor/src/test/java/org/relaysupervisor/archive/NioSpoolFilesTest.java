package org.relaysupervisor.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.programs.Configs;
import org.relaysupervisor.store.ContentDigest;

/** The same on a real file system. */
class NioSpoolFilesTest {
    @TempDir
    Path spool;

    @Test
    void aSegmentGoesThroughARealDirectoryIntoTheStoreAndBack() throws Exception {
        ManualLoop loop = new ManualLoop();
        ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        FaultyStore store = new FaultyStore(new NioSpoolFiles(), new Faults(new Random(1)));
        Archive archive =
                new Archive(spool, new Configs().build(), () -> store, loop, tasks::add, tasks::add, new Random(1));
        byte[] audio = ArchiveScene.frames(7, 5);
        Path file = Files.write(Files.createDirectories(spool.resolve("live/1")).resolve("00000.mp3"), audio);
        archive.add(new Segment(
                file,
                "/live",
                Format.MP3,
                loop.now(),
                Duration.ofSeconds(10),
                ContentDigest.of(audio),
                5,
                Optional.of(new FeedPosition("a", 0)),
                Optional.empty()));
        for (int i = 0; i < 10; i++) {
            loop.advance(Duration.ofHours(7));
            archive.observe(true);
            while (!tasks.isEmpty()) {
                tasks.remove().run();
            }
        }
        assertThat(file).doesNotExist();
        List<RecordingView> stored = archive.list();
        assertThat(stored).hasSize(1).allMatch(view -> view.state() == RecordingView.State.STORED);
        assertThat(archive.listStored()).isEqualTo(stored);
        try (var left = Files.walk(spool.resolve("recordings"))) {
            assertThat(left.filter(Files::isRegularFile)
                            .map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("manifest.json", "recording.stored.json");
        }
        ByteArrayOutputStream fetched = new ByteArrayOutputStream();
        archive.fetch(stored.get(0).id(), fetched);
        assertThat(fetched.toByteArray()).isEqualTo(audio);
    }
}
