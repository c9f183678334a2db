package org.relaysupervisor.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.status.Finding;

@Timeout(30)
class DoctorTest {
    private final ExecutorService workers = new ThreadPoolExecutor(0, 2, 1, TimeUnit.SECONDS, new SynchronousQueue<>());
    private final List<Check> checks = new ArrayList<>();
    private final CountDownLatch interrupted = new CountDownLatch(1);

    @AfterEach
    void end() {
        workers.shutdownNow();
    }

    @Test
    void tellsWhatEachCheckFoundInTheirOrder() throws Exception {
        checks.add(new Check(
                "a", () -> List.of(Finding.ok("a1", "good"), Finding.warning("a2", "not so good", "mend it"))));
        checks.add(new Check("b", () -> List.of(Finding.failed("b1", "bad", "mend it"))));
        assertThat(examine()).extracting(Finding::check).containsExactly("a1", "a2", "b1");
    }

    @Test
    void waitsForNoCheckThatHangsAndInterruptsIt() throws Exception {
        checks.add(new Check("stuck", this::hang));
        checks.add(new Check("quick", () -> List.of(Finding.ok("quick", "good"))));
        List<Finding> findings = new Doctor(() -> checks, workers, new ManualLoop(), Duration.ofSeconds(1)).examine();
        assertThat(findings.get(0).check()).isEqualTo("stuck");
        assertThat(findings.get(0).level()).isEqualTo(Finding.Level.FAILED);
        assertThat(findings.get(0).found()).isEqualTo("no answer within 1 s");
        assertThat(findings.get(1).level()).isEqualTo(Finding.Level.OK);
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void takesACheckThatFailsForAFailure() throws Exception {
        checks.add(new Check("disk: speed", () -> {
            throw new IOException("No space left on device\nand more");
        }));
        checks.add(new Check("defect", () -> {
            throw new IllegalStateException();
        }));
        List<Finding> findings = examine();
        assertThat(findings).extracting(Finding::level).containsOnly(Finding.Level.FAILED);
        assertThat(findings)
                .extracting(Finding::found)
                .containsExactly("No space left on device", "java.lang.IllegalStateException");
    }

    @Test
    void saysWhatItCouldNotLookAtBecauseEarlierChecksHang() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < 2; i++) {
            workers.execute(() -> {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        checks.add(new Check("store", () -> List.of(Finding.ok("store", "good"))));
        assertThat(examine()).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Finding.Level.FAILED);
            assertThat(finding.found()).isEqualTo("not looked at");
        });
    }

    private List<Finding> hang() throws InterruptedException {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
        return List.of();
    }

    private List<Finding> examine() throws InterruptedException {
        return new Doctor(() -> checks, workers, new ManualLoop(), Duration.ofSeconds(10)).examine();
    }
}
