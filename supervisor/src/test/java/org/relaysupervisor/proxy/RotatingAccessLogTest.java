package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotatingAccessLogTest {
    @TempDir
    private Path directory;

    @Test
    void turnsTheFileOverBeforeItGrowsTooLargeAndKeepsSoMany() throws IOException {
        Path file = directory.resolve("log/access.log");
        RotatingAccessLog log = new RotatingAccessLog(file, 10, 2, RotatingAccessLogTest::thread);
        for (String line : "one two three four five six seven".split(" ", -1)) {
            log.append(line);
        }
        log.close();

        assertThat(Files.readString(file)).isEqualTo("six\nseven\n");
        assertThat(Files.readString(directory.resolve("log/access.log.1"))).isEqualTo("four\nfive\n");
        assertThat(Files.readString(directory.resolve("log/access.log.2"))).isEqualTo("three\n");
        assertThat(directory.resolve("log/access.log.3")).doesNotExist();
        assertThat(log.dropped()).isZero();
    }

    @Test
    void goesOnWhereItStopped() throws IOException {
        Path file = directory.resolve("access.log");
        Files.writeString(file, "before\n");
        RotatingAccessLog log = new RotatingAccessLog(file, 1000, 2, RotatingAccessLogTest::thread);
        log.append("after");
        log.close();

        assertThat(Files.readString(file)).isEqualTo("before\nafter\n");
    }

    @Test
    void countsWhatItCannotWriteAndRecovers() throws IOException {
        Path blocked = directory.resolve("file");
        Files.writeString(blocked, "");
        Path file = blocked.resolve("access.log");
        RotatingAccessLog log = new RotatingAccessLog(file, 1000, 2, RotatingAccessLogTest::thread);
        log.append("lost");
        await().until(() -> log.dropped() == 1);
        Files.delete(blocked);
        log.append("kept");
        await().until(() -> Files.exists(file) && Files.size(file) > 0);
        log.close();

        assertThat(Files.readString(file)).isEqualTo("kept\n");
        assertThat(log.dropped()).isOne();
    }

    @Test
    void dropsAndCountsWhenTheWriterIsSlow() {
        CountDownLatch held = new CountDownLatch(1);
        RotatingAccessLog log = new RotatingAccessLog(
                directory.resolve("access.log"),
                1_000_000,
                2,
                task -> thread(() -> {
                    try {
                        held.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    task.run();
                }));
        for (int i = 0; i < 5000; i++) {
            log.append("line");
        }
        held.countDown();
        log.close();

        assertThat(log.dropped()).isEqualTo(5000 - 4096);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "relay-access-log");
        thread.setDaemon(true);
        return thread;
    }
}
