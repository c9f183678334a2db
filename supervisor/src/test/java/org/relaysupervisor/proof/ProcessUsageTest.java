package org.relaysupervisor.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ProcessUsageTest {
    private final long self = ProcessHandle.current().pid();

    @Test
    void countsTheProcessorTimeOfAThreadAndOfItsProcess() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Thread busy = new Thread(
                () -> {
                    while (!done.get()) {
                        Thread.onSpinWait();
                    }
                },
                "usage-busy");
        busy.start();
        try {
            ProcessUsage thread = ProcessUsage.parse("busy=" + self + ":usage-busy");
            ProcessUsage process = ProcessUsage.parse("all=" + self);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(thread.processorTime()).isGreaterThan(Duration.ofMillis(50)));
            assertThat(thread.processorTime()).isLessThanOrEqualTo(process.processorTime());
        } finally {
            done.set(true);
            busy.join();
        }
    }

    @Test
    void addsUpProcesses() throws IOException {
        long twice = ProcessUsage.parse("both=" + self + "," + self).resident();

        assertThat(twice).isGreaterThan(ProcessUsage.parse("one=" + self).resident());
    }

    @Test
    void refusesWhatIsNotThere() {
        assertThatThrownBy(() -> ProcessUsage.parse("icecast")).hasMessageContaining("NAME=PID");
        assertThatThrownBy(() ->
                        ProcessUsage.parse("none=" + self + ":no-such-thread").processorTime())
                .hasMessageContaining("no-such-thread");
    }
}
