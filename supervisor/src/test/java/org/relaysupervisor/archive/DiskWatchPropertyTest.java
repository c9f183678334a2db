package org.relaysupervisor.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.loop.ManualLoop;

/** Whatever others do to the disk: nothing but verified copies goes, the reserve is there or isn't, and no level flutters. */
class DiskWatchPropertyTest {
    private static final long MIB = 1L << 20;
    private static final int SCRIPTS = 300;
    private static final int SECONDS = 400;

    /** The narrowest way back. */
    private static final long HYSTERESIS = 8 * MIB;

    @Test
    void holdsForRandomScripts() {
        long seed = new Random().nextLong();
        for (int script = 0; script < SCRIPTS; script++) {
            try {
                new Script(new Random(seed + script)).run();
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ", script " + script + ": " + e.getMessage(), e);
            }
        }
    }

    private static final class Script implements VerifiedCopies {
        private final Random random;
        private final ManualLoop loop = new ManualLoop();
        private final FakeVolume volume;
        private final long reserve;
        private final DiskWatch watch;
        private long others;
        private long unverified;
        private long verified;
        private long deleted;

        private DiskLevel lastLevel = DiskLevel.AMPLE;
        private int lastDirection;
        private long roomAtLastChange;
        private long verifiedAtLastChange;

        Script(Random random) {
            this.random = random;
            this.volume = new FakeVolume((100 + random.nextInt(900)) * MIB);
            this.reserve = random.nextInt(4) * 32L * MIB;
            this.watch = new DiskWatch(
                    loop, Runnable::run, Path.of("/spool"), volume, this, () -> unverified, this::changed);
        }

        @Override
        public long bytes() {
            return verified;
        }

        @Override
        public void free(long bytes) {
            long freed = Math.min(verified, bytes);
            verified -= freed;
            deleted += freed;
            account();
        }

        private long room() {
            return volume.room() + volume.reserve;
        }

        private void account() {
            volume.used = others + unverified + verified;
        }

        private void changed(DiskLevel level) {
            int direction = Integer.signum(level.compareTo(lastLevel));
            assertThat(direction).as("told of a level that it has already").isNotZero();
            if (lastDirection == -direction) {
                boolean optional = lastLevel.compareTo(DiskLevel.LOW) <= 0 && level.compareTo(DiskLevel.LOW) <= 0;
                long moved = optional
                        ? room() + verified - roomAtLastChange - verifiedAtLastChange
                        : room() - roomAtLastChange;
                assertThat(moved * -direction)
                        .as("room since the way to %s, on the way back to %s", lastLevel, level)
                        .isGreaterThanOrEqualTo(HYSTERESIS);
            }
            lastLevel = level;
            lastDirection = direction;
            roomAtLastChange = room();
            verifiedAtLastChange = verified;
        }

        void run() {
            watch.configure(reserve, 16_000);
            watch.start();
            loop.runPosted();
            for (int second = 0; second < SECONDS; second++) {
                step();
                account();
                loop.advance(Duration.ofSeconds(1));
                check();
            }
            settle();
        }

        private void step() {
            long unverifiedBefore = unverified;
            switch (random.nextInt(8)) {
                case 0 -> others += Math.min(volume.room(), random.nextInt(200) * MIB);
                case 1 -> others -= Math.min(others, random.nextInt(300) * MIB);
                case 2, 3 -> others += Math.min(volume.room(), random.nextInt(4) * MIB);
                case 4 -> {
                    long stored = random.nextInt(1 + (int) (unverified / MIB)) * MIB;
                    unverified -= stored;
                    verified += stored;
                    unverifiedBefore = unverified;
                }
                default -> unverified += Math.min(volume.room(), random.nextInt(3) * MIB);
            }
            assertThat(unverified).isGreaterThanOrEqualTo(unverifiedBefore);
        }

        private void check() {
            assertThat(volume.reserve).isBetween(0L, reserve);
            if (watch.level().compareTo(DiskLevel.RESERVE) >= 0) {
                assertThat(volume.reserve).as("reserve at %s", watch.level()).isZero();
            }
            assertThat(volume.leastLeftByReserving).isGreaterThanOrEqualTo(DiskThresholds.FLOOR);
            assertThat(volume.used).isEqualTo(others + unverified + verified);
        }

        /** Left alone, the disk comes to rest: with a whole reserve or none. */
        private void settle() {
            loop.advance(Duration.ofSeconds(60));
            DiskLevel level = watch.level();
            long deletedBefore = deleted;
            loop.advance(Duration.ofMinutes(20));
            assertThat(watch.level()).isEqualTo(level);
            assertThat(deleted).isEqualTo(deletedBefore);
            assertThat(volume.reserve).isEqualTo(level.compareTo(DiskLevel.RESERVE) < 0 ? reserve : 0);
        }
    }
}
