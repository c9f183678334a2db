package org.relaysupervisor.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.logging.LogManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("the JVM has one log")
@Timeout(30)
class DaemonLogTest {
    private static final System.Logger logger = System.getLogger("org.relaysupervisor.supervise.Child");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private DaemonLog log;

    @AfterEach
    void close() throws IOException {
        log.close();
        LogManager.getLogManager().readConfiguration();
    }

    private String written() {
        log.close();
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aTerminalGetsTimeAndLevel() {
        log = DaemonLog.install(out, false);
        logger.log(Level.INFO, "{0} started in {1} ms", "icecast", 12);
        logger.log(Level.WARNING, "careful, it''s {0}", "late");
        logger.log(Level.ERROR, "it's {broken}");
        logger.log(Level.DEBUG, "not of interest");

        String time = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ ";
        assertThat(written())
                .matches(time + "INFO  supervise: icecast started in 12 ms\n" + time
                        + "WARN  supervise: careful, it's late\n" + time + "ERROR supervise: it's \\{broken\\}\n");
    }

    @Test
    void theJournalGetsAPriorityBeforeEachLineOfAStackTrace() {
        log = DaemonLog.install(out, true);
        logger.log(Level.INFO, "hello");
        logger.log(Level.ERROR, "failed", new IllegalStateException("broken\nin two"));

        List<String> lines = written().lines().toList();
        assertThat(lines)
                .startsWith(
                        "<6>supervise: hello",
                        "<3>supervise: failed",
                        "<3>supervise: java.lang.IllegalStateException: broken",
                        "<3>supervise: in two");
        assertThat(lines.subList(1, lines.size())).allMatch(line -> line.startsWith("<3>supervise: "));
    }

    @Test
    void secretsAreMaskedEvenInAStackTrace() {
        log = DaemonLog.install(out, true);
        log.mask(line -> line.replace("hackme", "***"));
        logger.log(Level.INFO, "password {0}", "hackme");
        logger.log(Level.INFO, "failed", new IOException("hackme"));

        assertThat(written()).contains("password ***", "IOException: ***").doesNotContain("hackme");
    }

    @Test
    void whenMaskingFailsTheLineIsWithheld() {
        log = DaemonLog.install(out, true);
        log.mask(line -> {
            throw new IllegalStateException();
        });
        logger.log(Level.INFO, "password hackme");

        assertThat(written()).isEqualTo("<6>supervise: (a line that could not be masked)\n");
    }

    @Test
    void aListenerGetsEveryLineAndCannotBreakTheLog() {
        List<String> heard = Collections.synchronizedList(new ArrayList<>());
        log = DaemonLog.install(out, true);
        log.listener((name, line) -> {
            heard.add(name + "|" + line);
            throw new IllegalStateException();
        });
        logger.log(Level.INFO, "one");
        System.getLogger("child.icecast").log(Level.INFO, "two");

        assertThat(written()).isEqualTo("<6>supervise: one\n<6>icecast: two\n");
        assertThat(heard)
                .containsExactly("org.relaysupervisor.supervise.Child|supervise: one", "child.icecast|icecast: two");
    }

    @Test
    void aFailingWriteIsCountedAndNotThrown() {
        log = DaemonLog.install(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("No space left on device");
                    }
                },
                false);
        logger.log(Level.INFO, "one");
        logger.log(Level.INFO, "two");

        await().until(() -> log.failedWrites() == 2);
    }

    @Test
    void aWriterThatHangsCostsRecordsButNeverBlocksACaller() {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        log = DaemonLog.install(
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        out.write(b);
                    }

                    @Override
                    public void write(byte[] bytes, int from, int count) throws IOException {
                        hanging.countDown();
                        try {
                            release.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                        out.write(bytes, from, count);
                    }
                },
                true);
        logger.log(Level.INFO, "first");
        await().until(() -> hanging.getCount() == 0);
        for (int i = 0; i < DaemonLog.QUEUE_CAPACITY + 10; i++) {
            logger.log(Level.INFO, "line");
        }

        assertThat(log.dropped()).isEqualTo(10);
        release.countDown();
        assertThat(written()).contains("<4>log: 10 log records were dropped\n");
    }

    @Test
    void theLogGoesOnWhenTheVirtualMachineShutsItsLogManagerDown() {
        log = DaemonLog.install(out, true);
        LogManager.getLogManager().reset();
        logger.log(Level.INFO, "still stopping");

        assertThat(written()).isEqualTo("<6>supervise: still stopping\n");
    }

    @Test
    void theSourceIsThePackageOrTheChild() {
        log = DaemonLog.install(out, true);
        assertThat(DaemonLog.source("org.relaysupervisor.loop.ControlLoop")).isEqualTo("loop");
        assertThat(DaemonLog.source("child.icecast")).isEqualTo("icecast");
        assertThat(DaemonLog.source("")).isEqualTo("daemon");
        assertThat(DaemonLog.source("Foo")).isEqualTo("Foo");
    }

    @Test
    void anInheritedJournalVariableAloneDoesNotMakeAJournal() {
        log = DaemonLog.install(out, true);
        assertThat(DaemonLog.standardErrorIsJournal(null)).isFalse();
        assertThat(DaemonLog.standardErrorIsJournal("8:12345678901")).isFalse();
    }
}
