package org.relaysupervisor.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.relaysupervisor.archive.DiskLevel.AMPLE;
import static org.relaysupervisor.archive.DiskLevel.FULL;
import static org.relaysupervisor.archive.DiskLevel.LOW;
import static org.relaysupervisor.archive.DiskLevel.RESERVE;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.loop.ManualLoop;

class DiskWatchTest {
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final double RATE = 16_000;

    private final ManualLoop loop = new ManualLoop();
    private final FakeVolume volume = new FakeVolume(GIB);
    private final List<DiskLevel> told = new ArrayList<>();
    private final Copies copies = new Copies();
    private long recorded;

    /** Verified files that are deleted at once. */
    private final class Copies implements VerifiedCopies {
        private long bytes;

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public void free(long wanted) {
            long freed = Math.min(bytes, wanted);
            bytes -= freed;
            volume.used -= freed;
        }
    }

    private DiskWatch watching(Executor worker) {
        DiskWatch watch = new DiskWatch(loop, worker, Path.of("/spool"), volume, copies, () -> recorded, told::add);
        watch.configure(64 * MIB, RATE);
        watch.start();
        return watch;
    }

    private DiskWatch watching() {
        return watching(Runnable::run);
    }

    private void leave(long room) {
        volume.used = volume.capacity - volume.reserve - room;
    }

    private void seconds(long seconds) {
        loop.advance(Duration.ofSeconds(seconds));
    }

    @Test
    void theReserveIsMadeInStepsAndIsNotCountedAsFree() {
        DiskWatch watch = watching();
        loop.runPosted();
        assertThat(volume.reserve).isEqualTo(16 * MIB);
        seconds(3);
        assertThat(volume.reserve).isEqualTo(64 * MIB);
        assertThat(watch.view().freeBytes()).isEqualTo(GIB - 64 * MIB);
        assertThat(watch.view().reserveBytes()).isEqualTo(64 * MIB);
        assertThat(told).isEmpty();
    }

    @Test
    void aDiskThatFillsUpGoesThroughTheLevelsAndComesBackByItself() {
        DiskWatch watch = watching();
        seconds(10);
        leave(50 * MIB);
        seconds(1);
        assertThat(told).containsExactly(LOW);
        assertThat(volume.reserve).isEqualTo(64 * MIB);
        leave(2 * MIB);
        seconds(1);
        assertThat(told).containsExactly(LOW, RESERVE);
        assertThat(volume.reserve).isZero();
        assertThat(watch.view().freeBytes()).isEqualTo(66 * MIB);
        leave(3 * MIB);
        seconds(1);
        assertThat(told).containsExactly(LOW, RESERVE, FULL);
        leave(20 * MIB);
        seconds(1);
        assertThat(told).endsWith(RESERVE);
        leave(500 * MIB);
        seconds(10);
        assertThat(told).containsExactly(LOW, RESERVE, FULL, RESERVE, AMPLE);
        assertThat(volume.reserve).isEqualTo(64 * MIB);
    }

    @Test
    void verifiedCopiesGoBeforeTheDiskIsLow() {
        watching();
        seconds(10);
        copies.bytes = 300 * MIB;
        for (int second = 0; second < 1_200; second++) {
            volume.used += MIB;
            copies.bytes += MIB;
            seconds(1);
            if (second == 600) {
                assertThat(copies.bytes).isPositive();
            }
        }
        assertThat(told).isEmpty();
        assertThat(volume.room()).isBetween(95 * MIB, 97 * MIB);
    }

    @Test
    void copiesAreLeftAloneWhileThereIsRoom() {
        watching();
        copies.bytes = 300 * MIB;
        leave(200 * MIB);
        seconds(60);
        assertThat(copies.bytes).isEqualTo(300 * MIB);
    }

    @Test
    void aDiskThatIsTooSmallForItsReserveRecordsWithoutOne() {
        leave(50 * MIB);
        watching();
        seconds(60);
        assertThat(told).containsExactly(RESERVE);
        assertThat(volume.reserve).isZero();
    }

    @Test
    void aReserveOfAnEarlierDaemonIsTakenOver() {
        volume.reserve = 64 * MIB;
        leave(10 * MIB);
        watching();
        loop.runPosted();
        assertThat(told).containsExactly(LOW);
        assertThat(volume.reserve).isEqualTo(64 * MIB);
    }

    @Test
    void anotherReserveIsMadeAfterAReload() {
        DiskWatch watch = watching();
        seconds(10);
        watch.configure(32 * MIB, RATE);
        seconds(5);
        assertThat(volume.reserve).isEqualTo(32 * MIB);
        watch.configure(0, RATE);
        seconds(5);
        assertThat(volume.reserve).isZero();
        watch.configure(100 * MIB, RATE);
        seconds(10);
        assertThat(volume.reserve).isEqualTo(100 * MIB);
        assertThat(told).isEmpty();
    }

    @Test
    void lookingIsPossibleAtOnce() {
        DiskWatch watch = watching();
        seconds(10);
        leave(0);
        watch.look();
        loop.runPosted();
        assertThat(told).containsExactly(RESERVE);
    }

    @Test
    void aQuotaIsFoundByTryingAfterAWriteWasRefused() {
        DiskWatch watch = watching();
        seconds(10);
        volume.quota = volume.used + volume.reserve;
        watch.refused();
        loop.runPosted();
        assertThat(told).containsExactly(RESERVE);
        assertThat(volume.reserve).isZero();
        assertThat(watch.view().freeBytes()).isEqualTo(64 * MIB);

        volume.used += 60 * MIB;
        seconds(1);
        assertThat(told).containsExactly(RESERVE, FULL);
        volume.quota = Long.MAX_VALUE;
        seconds(11);
        assertThat(told).containsExactly(RESERVE, FULL, RESERVE);
        seconds(610);
        assertThat(told).containsExactly(RESERVE, FULL, RESERVE, AMPLE);
    }

    @Test
    void aRefusalThatIsOverAlreadyChangesNothing() {
        DiskWatch watch = watching();
        seconds(10);
        watch.refused();
        seconds(10);
        assertThat(told).isEmpty();
        assertThat(volume.reserve).isEqualTo(64 * MIB);
    }

    @Test
    void aDiskThatGivesNoRoomForTheReserveIsDoubtedAndNotFilled() {
        volume.quota = 30 * MIB;
        watching();
        seconds(300);
        assertThat(volume.reserve).isZero();
        assertThat(told).containsExactly(RESERVE);
    }

    @Test
    void aDiskThatHangsIsSaidToAndIsNotAskedAgainMeanwhile() {
        Deque<Runnable> held = new ArrayDeque<>();
        DiskWatch watch = watching(held::add);
        seconds(60);
        assertThat(held).hasSize(1);
        assertThat(watch.view().trouble())
                .hasValueSatisfying(text -> assertThat(text).contains("does not answer for 60 s"));
        assertThat(watch.view().secondsUntilFull()).isEmpty();

        held.remove().run();
        loop.runPosted();
        assertThat(watch.view().trouble()).isEmpty();
        assertThat(watch.view().secondsUntilFull()).isNotEmpty();
        assertThat(held).hasSize(1);
    }

    @Test
    void aDiskThatFailsIsSaidToAndKeepsItsLevel() {
        DiskWatch watch = watching();
        leave(50 * MIB);
        seconds(10);
        DiskLevel before = watch.level();
        volume.broken = true;
        seconds(10);
        assertThat(watch.view().trouble()).contains("cannot be looked at: Input/output error");
        assertThat(watch.level()).isEqualTo(before);
        volume.broken = false;
        seconds(1);
        assertThat(watch.view().trouble()).isEmpty();
    }

    @Test
    void whatTheLoopHadNoPlaceForIsCollectedAtTheNextTick() {
        DiskWatch watch = watching();
        seconds(10);
        leave(0);
        loop.refusePosts(true);
        watch.look();
        loop.refusePosts(false);
        seconds(1);
        assertThat(told).containsExactly(RESERVE);
    }

    @Test
    void nothingIsToldAfterItWasStopped() {
        Deque<Runnable> held = new ArrayDeque<>();
        DiskWatch watch = watching(held::add);
        leave(0);
        watch.stop();
        held.remove().run();
        seconds(10);
        watch.look();
        assertThat(told).isEmpty();
        assertThat(held).isEmpty();
        assertThat(loop.armedTimers()).isZero();
    }

    @Test
    void theTimeUntilFullIsGuessedFromTheBitrateAtFirst() {
        DiskWatch watch = watching();
        seconds(10);
        assertThat(watch.view().secondsUntilFull().orElseThrow()).isCloseTo((GIB - 8 * MIB) / RATE, within(1.0));
    }

    @Test
    void theTimeUntilFullFollowsWhatIsRecordedAndWhatOthersWrite() {
        DiskWatch watch = watching();
        write(120, 20_000, 20_000);
        assertThat(watch.view().secondsUntilFull().orElseThrow())
                .isCloseTo((volume.room() + volume.reserve - 8 * MIB) / 20_000.0, within(10.0));
        write(400, 20_000, 320_000);
        assertThat(watch.view().secondsUntilFull().orElseThrow())
                .isCloseTo((volume.room() + volume.reserve - 8 * MIB) / 320_000.0, within(10.0));
    }

    @Test
    void whatOthersDeleteDoesNotHideWhatIsRecorded() {
        DiskWatch watch = watching();
        leave(300 * MIB);
        write(400, 20_000, -100_000);
        assertThat(watch.view().secondsUntilFull().orElseThrow())
                .isCloseTo((volume.room() + volume.reserve - 8 * MIB) / 20_000.0, within(10.0));
    }

    @Test
    void verifiedCopiesAreRoomThatIsLeft() {
        DiskWatch watch = watching();
        seconds(10);
        double without = watch.view().secondsUntilFull().orElseThrow();
        copies.bytes = 160 * MIB;
        assertThat(watch.view().secondsUntilFull().orElseThrow() - without).isCloseTo(160 * MIB / RATE, within(1.0));
    }

    @Test
    void aDiskToWhichNothingIsWrittenIsNeverFull() {
        DiskWatch watch = watching();
        watch.configure(64 * MIB, 0);
        seconds(10);
        assertThat(watch.view().secondsUntilFull()).hasValue(Double.POSITIVE_INFINITY);
    }

    @Test
    void aFullDiskIsFullNow() {
        DiskWatch watch = watching();
        leave(0);
        seconds(2);
        leave(0);
        seconds(1);
        assertThat(watch.level()).isEqualTo(FULL);
        assertThat(watch.view().secondsUntilFull()).hasValue(0);
    }

    private void write(int seconds, long recording, long everybody) {
        for (int second = 0; second < seconds; second++) {
            recorded += recording;
            volume.used += everybody;
            seconds(1);
        }
    }
}
