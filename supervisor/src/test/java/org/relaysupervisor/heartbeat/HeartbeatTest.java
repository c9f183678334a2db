package org.relaysupervisor.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.config.SecretSource;
import org.relaysupervisor.loop.ManualLoop;

class HeartbeatTest {
    private static final Duration EVERY = Duration.ofMinutes(1);
    private static final URI URL = URI.create("https://watch.example/ping/1");
    private static final Optional<RelayConfig.Heartbeat> OPEN =
            Optional.of(new RelayConfig.Heartbeat(new RelayConfig.HeartbeatUrl(URL), EVERY));
    private static final Optional<RelayConfig.Heartbeat> SECRET = Optional.of(new RelayConfig.Heartbeat(
            new RelayConfig.SecretHeartbeatUrl(new SecretSource.Credential("heartbeat")), EVERY));

    private final ManualLoop loop = new ManualLoop();
    private final List<URI> asked = new ArrayList<>();
    private final Queue<Runnable> work = new ArrayDeque<>();
    private Optional<String> answer = Optional.empty();
    private boolean busy;
    private boolean full;

    private final Heartbeat heartbeat = new Heartbeat(loop, this::execute, url -> {
        asked.add(url);
        return answer;
    });

    private void execute(Runnable task) {
        if (full) {
            throw new RejectedExecutionException("full");
        }
        work.add(task);
        if (!busy) {
            work.remove().run();
        }
    }

    @Test
    void nothingIsAskedWithoutConfiguration() {
        heartbeat.use(Optional.empty(), Optional.empty());
        loop.advance(Duration.ofHours(1));
        assertThat(asked).isEmpty();
        assertThat(heartbeat.snapshot()).isEqualTo(HeartbeatSnapshot.NONE);
    }

    @Test
    void beatsAtOnceAndThenRegularly() {
        heartbeat.use(OPEN, Optional.empty());
        loop.advance(EVERY.multipliedBy(3));
        assertThat(asked).hasSize(4).containsOnly(URL);
        assertThat(heartbeat.snapshot())
                .returns(true, HeartbeatSnapshot::enabled)
                .returns(0L, HeartbeatSnapshot::failures)
                .returns(Optional.of(loop.now()), HeartbeatSnapshot::lastSuccess);
    }

    @Test
    void failuresAreCountedAndTheLastSuccessStays() {
        heartbeat.use(OPEN, Optional.empty());
        loop.runPosted();
        Optional<java.time.Instant> success = heartbeat.snapshot().lastSuccess();
        answer = Optional.of("the server answers with HTTP status 503");
        loop.advance(EVERY.multipliedBy(2));
        assertThat(heartbeat.snapshot())
                .returns(2L, HeartbeatSnapshot::failures)
                .returns(success, HeartbeatSnapshot::lastSuccess)
                .returns(answer, HeartbeatSnapshot::problem);
        answer = Optional.empty();
        loop.advance(EVERY);
        assertThat(heartbeat.snapshot().problem()).isEmpty();
    }

    @Test
    void anAttemptThatHangsIsAFailureAndIsNotPiledUp() {
        busy = true;
        heartbeat.use(OPEN, Optional.empty());
        loop.advance(EVERY.multipliedBy(5));
        assertThat(work).hasSize(1);
        assertThat(heartbeat.snapshot().failures()).isEqualTo(5);
        busy = false;
        work.remove().run();
        loop.runPosted();
        assertThat(heartbeat.snapshot().lastSuccess()).isPresent();
    }

    @Test
    void noThreadAndAFullLoopAreSurvived() {
        full = true;
        heartbeat.use(OPEN, Optional.empty());
        assertThat(heartbeat.snapshot().failures()).isEqualTo(1);
        full = false;
        loop.refusePosts(true);
        loop.advance(EVERY);
        loop.refusePosts(false);
        loop.advance(EVERY);
        assertThat(heartbeat.snapshot().lastSuccess()).isPresent();
    }

    @Test
    void aSecretAddressIsUsedAndNeverTold() {
        String address = "https://watch.example/ping/s3cr3t";
        heartbeat.use(SECRET, Optional.of(new Secret(address + "\n")));
        assertThat(asked).containsExactly(URI.create(address));
        heartbeat.use(SECRET, Optional.of(new Secret("s3cr3t is no address")));
        assertThat(heartbeat.snapshot().problem().orElseThrow()).doesNotContain("s3cr3t");
        heartbeat.use(SECRET, Optional.empty());
        assertThat(heartbeat.snapshot().problem()).isPresent();
        assertThat(asked).hasSize(1);
    }

    @Test
    void aReloadThatChangesNothingChangesNothing() {
        heartbeat.use(OPEN, Optional.empty());
        heartbeat.use(OPEN, Optional.empty());
        assertThat(asked).hasSize(1);
        heartbeat.use(Optional.empty(), Optional.empty());
        loop.advance(Duration.ofHours(1));
        assertThat(asked).hasSize(1);
        assertThat(heartbeat.snapshot().enabled()).isFalse();
    }
}
