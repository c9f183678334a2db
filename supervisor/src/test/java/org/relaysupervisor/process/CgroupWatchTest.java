package org.relaysupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.relaysupervisor.process.ImitatedCgroups.write;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CgroupWatchTest {
    @TempDir
    Path directory;

    private final List<String> told = new CopyOnWriteArrayList<>();

    @Test
    void aChangeOfTheEventsIsToldAndNoOther() throws Exception {
        Cgroup liquidsoap = new Cgroup(directory.resolve("liquidsoap"));
        Cgroup icecast = new Cgroup(directory.resolve("icecast"));
        write(liquidsoap.directory().resolve("memory.events"), "high 0\n");
        write(icecast.directory().resolve("memory.max"), "1\n");
        try (CgroupWatch watch = CgroupWatch.open(Thread::new, told::add)) {
            watch.follow(icecast);
            watch.follow(liquidsoap);
            watch.follow(new Cgroup(directory.resolve("gone")));

            write(icecast.directory().resolve("memory.max"), "2\n");
            write(liquidsoap.directory().resolve("memory.events"), "high 1\n");

            await().until(() -> told.contains("liquidsoap"));
            assertThat(told).doesNotContain("icecast");
        }
    }

    @Test
    void aGroupOfTheSameNameIsFollowedAnew() throws Exception {
        Cgroup group = new Cgroup(directory.resolve("liquidsoap"));
        Files.createDirectories(group.directory());
        try (CgroupWatch watch = CgroupWatch.open(Thread::new, told::add)) {
            watch.follow(group);
            Files.delete(group.directory());
            write(group.directory().resolve("memory.events"), "high 0\n");
            watch.follow(group);
            write(group.directory().resolve("memory.events"), "high 1\n");

            await().until(() -> told.contains("liquidsoap"));
        }
    }
}
