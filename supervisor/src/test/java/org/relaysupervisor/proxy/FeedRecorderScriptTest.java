package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.proxy.ProxySnapshot.RecorderConnection;

/**
 * Random scripts of what happens to a recorder and the feed that it reads. The frames of the source carry their numbers, and there
 * is no standby, so whatever is recorded says itself where it belongs: the frame of number n carries n.
 */
@SuppressWarnings("FutureReturnValueIgnored") // embedded channels do everything at once
class FeedRecorderScriptTest {
    private static final int SCRIPTS = 60;
    private static final int EVENTS = 80;
    /** What a recorder that is killed has received and not written. */
    private static final int MOST_UNWRITTEN = 40;

    private FeedScene scene;
    private Random random;
    private boolean sourceSends;
    private Optional<Session> session;
    private int sessions;
    /** The number of the next frame wanted. */
    private Optional<Long> next;

    private long recorded;
    private long missed;
    private long overruns;
    private final StringBuilder script = new StringBuilder();

    private record Session(String name, Optional<Long> asked, Hearer recorder) {}

    @Test
    void whateverHappensEachFrameIsRecordedOnceOrCountedAsMissed() {
        long seed = new Random().nextLong();
        long allRecorded = 0;
        long allMissed = 0;
        long allOverruns = 0;
        for (int round = 0; round < SCRIPTS; round++) {
            play(seed + round);
            allRecorded += recorded;
            allMissed += missed;
            allOverruns += overruns;
        }
        assertThat(List.of(allRecorded, allMissed, allOverruns))
                .as("the scripts are about something")
                .allMatch(count -> count > 0);
    }

    private void play(long seed) {
        random = new Random(seed);
        scene = new FeedScene();
        sourceSends = true;
        session = Optional.empty();
        sessions = 0;
        next = Optional.empty();
        recorded = 0;
        missed = 0;
        script.setLength(0);
        script.append("seed ").append(seed).append("L:");
        source();
        for (int i = 0; i < EVENTS; i++) {
            happen();
            holds();
        }
        overruns = scene.traffic().recorder().map(RecorderConnection::overruns).orElse(0L);
        scene.feed().stop();
        session.ifPresent(present -> present.recorder.stall(false));
        settle(0);
        scene.pass(Duration.ofSeconds(6));
        scene.drain();
        assertThat(scene.feed().ring().heldBytes()).as(script.toString()).isZero();
        assertThat(scene.harness.hasTurns()).as(script.toString()).isFalse();
    }

    private void happen() {
        int what = random.nextInt(20);
        script.append(' ').append(what);
        switch (what) {
            case 0 -> source();
            case 1 -> scene.source.close();
            case 2 -> sourceSends = !sourceSends;
            case 3 -> burst();
            case 4 -> rare();
            case 5 -> scene.harness.lastIcecast().close();
            case 6 -> scene.icecastAvailable(random.nextInt(4) > 0);
            case 7 -> letIn();
            case 8, 9, 10, 11 -> connect();
            case 12 -> kill();
            case 13, 14, 15 -> stall();
            case 16 -> time(Duration.ofSeconds(random.nextInt(40)));
            default -> time(FeedScene.STEP.multipliedBy(1 + random.nextInt(200)));
        }
    }

    /** Another source, which Icecast lets in if it is asked. */
    private void source() {
        if (scene.source != null) {
            scene.source.close();
        }
        scene.connect(FeedScene.HEAD);
        if (!scene.feed().hasSource()) {
            letIn();
        }
        if (sends()) {
            // A parser believes three frames, so one that sent fewer would have sent nothing.
            scene.sendFrames(3);
        }
    }

    private void letIn() {
        if (scene.harness.lastIcecast().isOpen()) {
            Harness.send(scene.harness.lastIcecast(), Exchanges.SOURCE_OK);
        }
    }

    private boolean sends() {
        return scene.source.isOpen() && scene.feed().hasSource();
    }

    /** As a source sends that was held up; the ring has room for it. */
    private void burst() {
        if (sends()) {
            scene.sendFrames(random.nextInt(800));
        }
    }

    private void rare() {
        if (random.nextInt(4) == 0) {
            scene.feed().stop();
        }
    }

    private void time(Duration time) {
        for (long left = time.toNanos(); left > 0; left -= FeedScene.STEP.toNanos()) {
            if (sourceSends && sends()) {
                scene.play(FeedScene.STEP);
            } else {
                scene.pass(FeedScene.STEP);
            }
        }
    }

    private void connect() {
        settle(0);
        if (session.isEmpty() && scene.feed().isOn()) {
            String name = "s" + sessions++;
            Hearer recorder = next.map(after -> scene.recorder(name, after)).orElseGet(() -> scene.recorder(name));
            session = Optional.of(new Session(name, next, recorder));
        }
    }

    private void kill() {
        if (session.isPresent()) {
            session.get().recorder.channel.close();
            settle(random.nextInt(MOST_UNWRITTEN));
        }
    }

    private void stall() {
        session.ifPresent(present -> present.recorder.stall(!present.recorder.isStalled()));
        // Its turn.
        time(FeedLimits.DEFAULTS.interval());
    }

    /** Takes what a recorder has written whose connection has ended. */
    private void settle(int unwritten) {
        if (session.isEmpty() || session.get().recorder.channel.isOpen()) {
            return;
        }
        Session ended = session.get();
        session = Optional.empty();
        List<Integer> received = ended.recorder.numbers();
        if (received.isEmpty()) {
            return;
        }
        RecorderConnection published = scene.traffic().recorder().orElseThrow();
        long first = received.get(0);
        Hearer.assertContiguous(received);
        assertThat(published.session()).as(script.toString()).isEqualTo(ended.name);
        assertThat(published.firstFrame()).as(script.toString()).isEqualTo(first);
        assertThat(published.end()).as(script.toString()).isPresent();
        assertThat(published.missedFrames())
                .as("the hole before: " + script)
                .isEqualTo(ended.asked.map(asked -> first - asked).orElse(0L))
                .isNotNegative();
        long written = Math.max(0, received.size() - unwritten);
        recorded += written;
        missed += published.missedFrames();
        next = Optional.of(published.firstFrame() + written);
    }

    private void holds() {
        assertThat(scene.errors()).as(script.toString()).isZero();
        if (session.isPresent()
                && session.get().recorder.channel.isOpen()
                && !session.get().recorder.isStalled()
                && scene.feed().isOn()) {
            List<Integer> received = session.get().recorder.numbers();
            long last = received.isEmpty()
                    ? session.get().asked.orElse((long) scene.next) - 1
                    : received.get(received.size() - 1);
            assertThat(last).as("it has all that there is: " + script).isGreaterThanOrEqualTo(scene.next - 1L);
        }
    }
}
