package org.relaysupervisor.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.shows.Show;
import org.relaysupervisor.shows.ShowsSnapshot;

class DrillsTest {
    private static final Duration MINUTES = Duration.ofMinutes(8);

    @TempDir
    Path directory;

    private final ManualLoop loop = new ManualLoop();
    private final FakeFault fault = new FakeFault();
    private final FakeFault other = new FakeFault();
    private final Map<String, Fault> faults = new LinkedHashMap<>(Map.of("flood", fault));
    private final Queue<Runnable> work = new ArrayDeque<>();
    private boolean workerIsSlow;
    private ShowsSnapshot shows = ShowsSnapshot.NONE;
    private int listeners;
    private Drills drills;

    @BeforeEach
    void start() {
        faults.put("fire", other);
        drills = life();
        drills.start();
    }

    private Drills life() {
        return new Drills(
                loop,
                task -> {
                    work.add(task);
                    if (!workerIsSlow) {
                        work.remove().run();
                    }
                },
                () -> faults,
                new Precautions(loop, () -> shows, () -> listeners),
                new Trace(directory.resolve("drill")),
                new Random(7));
    }

    private String begin() {
        CompletableFuture<String> begun = drills.start("flood", MINUTES, 0, false);
        loop.runPosted();
        return begun.join();
    }

    private boolean isOn() {
        return drills.snapshot().active().isPresent();
    }

    /** Somebody watches meanwhile. */
    private void renewFor(Duration time, String id) {
        for (Duration left = time; left.compareTo(Duration.ZERO) > 0; left = left.minusSeconds(2)) {
            loop.advance(Duration.ofSeconds(2));
            drills.renew(id);
        }
    }

    @Test
    void aDrillBeginsIsKeptUpAndIsRepairedWhenAskedTo() {
        String id = begin();
        assertThat(drills.snapshot().active().orElseThrow().name()).isEqualTo("flood");
        assertThat(directory.resolve("drill")).hasContent("flood\n");
        renewFor(Duration.ofMinutes(5), id);
        CompletableFuture<String> ended = drills.end(id);
        loop.runPosted();
        assertThat(ended.join()).contains("flood is repaired");
        assertThat(fault.calls).containsExactly("begin", "keep", "repair");
        assertThat(isOn()).isFalse();
        assertThat(directory.resolve("drill")).doesNotExist();
    }

    @Test
    void isRepairedWhenNobodyRenewsIt() {
        begin();
        loop.advance(Drills.LEASE);
        assertThat(fault.calls).doesNotContain("repair");
        loop.advance(Duration.ofSeconds(2));
        assertThat(fault.calls).endsWith("repair");
        assertThat(isOn()).isFalse();
    }

    @Test
    void isRepairedWhenItsTimeIsUpHoweverOftenItIsRenewed() {
        String id = begin();
        renewFor(MINUTES.minusSeconds(2), id);
        assertThat(isOn()).isTrue();
        loop.advance(Duration.ofSeconds(3));
        assertThat(fault.calls).endsWith("repair");
        assertThatIllegalStateException().isThrownBy(() -> drills.renew(id)).withMessageContaining("over");
    }

    @Test
    void isRepairedWhenAShowBegins() {
        String id = begin();
        shows = shows(Optional.of("Jazz"), Optional.empty());
        loop.advance(Duration.ofSeconds(1));
        assertThat(fault.calls).endsWith("repair");
        assertThatIllegalStateException().isThrownBy(() -> drills.renew(id));
    }

    @Test
    void isRefusedDuringAShowBeforeOneAndWhenThatIsNotKnown() {
        shows = shows(Optional.of("Jazz"), Optional.empty());
        assertRefused("the show Jazz is on; --force");
        shows = shows(Optional.empty(), Optional.of(loop.now().plus(MINUTES).minusSeconds(1)));
        assertRefused("before the drill's end");
        shows = shows(Optional.empty(), Optional.of(loop.now().plus(MINUTES)));
        shows = new ShowsSnapshot(false, Optional.empty(), Optional.empty(), Optional.empty());
        assertRefused("not known");
        assertThat(fault.calls).isEmpty();
        assertThat(directory.resolve("drill")).doesNotExist();
    }

    @Test
    void isRefusedWhenMorePeopleListenThanMay() {
        listeners = 3;
        assertThatIllegalStateException()
                .isThrownBy(() -> drills.start("flood", MINUTES, 2, false))
                .withMessageContaining("3 people listen, and at most 2 may");
        assertThat(drills.start("flood", MINUTES, 3, false)).isNotNull();
        assertThat(isOn()).isTrue();
    }

    @Test
    void forceOverrulesWhatIsAPrecautionAndNotWhatIsImpossible() {
        shows = shows(Optional.of("Jazz"), Optional.empty());
        listeners = 300;
        fault.risk = Optional.of("the whole machine suffers");
        assertThat(drills.start("flood", MINUTES, 0, true)).isNotNull();
        loop.advance(Duration.ofSeconds(5));
        assertThat(fault.calls).containsExactly("begin", "keep");

        other.impossible = Optional.of("there are no cgroups");
        loop.advance(Duration.ofSeconds(10));
        assertThatIllegalStateException()
                .isThrownBy(() -> drills.start("fire", MINUTES, 0, true))
                .withMessage("there are no cgroups");
        assertThat(drills.choices().get(0).refused().orElseThrow()).contains("whole machine", "--force");
        assertThat(drills.choices().get(1).refused()).hasValue("there are no cgroups");
    }

    @Test
    void oneIsHadAtATime() {
        begin();
        assertThatIllegalStateException()
                .isThrownBy(() -> drills.start("fire", MINUTES, 0, true))
                .withMessageContaining("flood is on");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> drills.start("plague", MINUTES, 0, true))
                .withMessageContaining("flood, fire");
    }

    @Test
    void aStrangersIdEndsNothing() {
        begin();
        assertThatIllegalStateException().isThrownBy(() -> drills.end("beef"));
        assertThat(isOn()).isTrue();
    }

    @Test
    void whatCouldNotBeBegunIsRepairedAndTold() {
        fault.beginFails = Optional.of("the disk says no");
        CompletableFuture<String> begun = drills.start("flood", MINUTES, 0, false);
        loop.runPosted();
        assertThatThrownBy(begun::join).hasMessageContaining("the disk says no");
        assertThat(fault.calls).containsExactly("begin", "repair");
        assertThat(isOn()).isFalse();
    }

    @Test
    void aRepairIsTriedUntilItSucceeds() {
        String id = begin();
        fault.repairFails = Optional.of("the port is taken");
        CompletableFuture<String> ended = drills.end(id);
        loop.advance(Duration.ofSeconds(30));
        assertThat(ended).isNotDone();
        assertThat(drills.snapshot().active().orElseThrow())
                .returns(true, DrillSnapshot.Active::repairing)
                .returns(Optional.of("the port is taken"), DrillSnapshot.Active::problem);
        fault.repairFails = Optional.empty();
        loop.advance(Duration.ofSeconds(1));
        assertThat(ended).isCompleted();
        assertThat(isOn()).isFalse();
    }

    @Test
    void theNextLifeRepairsWhatThisOneLeft() {
        begin();
        fault.calls.clear();
        Drills next = life();
        next.start();
        loop.runPosted();
        assertThat(fault.calls).contains("repair");
        assertThat(directory.resolve("drill")).doesNotExist();
        assertThat(next.snapshot().active()).isEmpty();
    }

    @Test
    void anUnknownOrUnreadableTraceIsNoDrill() throws Exception {
        Files.writeString(directory.resolve("drill"), "of another version\n");
        life().start();
        assertThat(directory.resolve("drill")).doesNotExist();
    }

    @Test
    void whatCannotBeNotedIsNotBegun() throws Exception {
        Files.createDirectory(directory.resolve("drill"));
        assertRefused("can't be noted");
        assertThat(fault.calls).isEmpty();
    }

    @Test
    void aSlowBeginIsRepairedAsSoonAsItIsThere() {
        workerIsSlow = true;
        CompletableFuture<String> begun = drills.start("flood", MINUTES, 0, false);
        loop.advance(Drills.LEASE.plusSeconds(5));
        assertThat(fault.calls).isEmpty();
        workerIsSlow = false;
        work.remove().run();
        loop.runPosted();
        assertThat(begun).isCompleted();
        assertThat(fault.calls).containsExactly("begin", "repair");
        assertThat(isOn()).isFalse();
    }

    @Test
    void aFullLoopDelaysAnOutcomeAndLosesNone() {
        String id = begin();
        loop.refusePosts(true);
        assertThat(drills.end(id)).isNotDone();
        assertThat(isOn()).isTrue();
        loop.refusePosts(false);
        loop.advance(Duration.ofSeconds(1));
        assertThat(isOn()).isFalse();
    }

    @Test
    void aStoppedDaemonRepairs() {
        begin();
        drills.stop();
        loop.runPosted();
        assertThat(fault.calls).containsExactly("begin", "repair");
    }

    private void assertRefused(String reason) {
        assertThatIllegalStateException()
                .isThrownBy(() -> drills.start("flood", MINUTES, 0, false))
                .withMessageContaining(reason);
    }

    private ShowsSnapshot shows(Optional<String> current, Optional<Instant> next) {
        return new ShowsSnapshot(
                true, current.map(name -> show(name, loop.now())), next.map(at -> show("Next", at)), Optional.empty());
    }

    private static Show show(String name, Instant start) {
        return new Show(name, Optional.empty(), Set.of(), start, Optional.empty(), Show.Origin.WEEKLY);
    }
}
