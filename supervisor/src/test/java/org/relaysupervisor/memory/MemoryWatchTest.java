package org.relaysupervisor.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.relaysupervisor.process.ImitatedCgroups.read;
import static org.relaysupervisor.process.ImitatedCgroups.write;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.process.ImitatedCgroups;
import org.relaysupervisor.process.ProcFs;

class MemoryWatchTest {
    private static final String CHILD = "liquidsoap";
    private static final long PID = 77;
    private static final long MIB = 1L << 20;

    @TempDir
    Path directory;

    private final ManualLoop loop = new ManualLoop();
    private final List<String> done = new ArrayList<>();
    private ImitatedCgroups machine;
    private boolean quiet;

    private final MemoryWatch.Remedies remedies = new MemoryWatch.Remedies() {
        @Override
        public void overLimit(String child, String why) {
            done.add("killed " + child + ": " + why);
        }

        @Override
        public void leaking(String child, String why) {
            done.add("restarted " + child + ": " + why);
        }
    };

    @BeforeEach
    void open() {
        machine = new ImitatedCgroups(directory, "/unit");
    }

    private MemoryWatch withCgroups(String yaml) throws Exception {
        MemoryWatch watch = new MemoryWatch(
                loop,
                Optional.of(machine.open()),
                new ProcFs(machine.proc()),
                ChildLimitsTest.config(yaml),
                () -> quiet,
                remedies);
        watch.start();
        return watch;
    }

    private MemoryWatch without(String yaml) throws Exception {
        MemoryWatch watch = new MemoryWatch(
                loop,
                Optional.empty(),
                new ProcFs(machine.proc()),
                ChildLimitsTest.config(yaml),
                () -> quiet,
                remedies);
        watch.start();
        return watch;
    }

    private void uses(long bytes) {
        write(machine.child(CHILD).resolve("memory.current"), bytes + "\n");
    }

    private void resident(long bytes) {
        write(machine.proc().resolve(PID + "/status"), "Name:\tliquidsoap\nVmRSS:\t" + bytes / 1024 + " kB\n");
    }

    /** From a level after the warm-up on, by so much a minute. */
    private void grows(long from, long perMinute, int minutes) {
        for (int i = 0; i < minutes * 6; i++) {
            uses(from + perMinute * i / 6);
            loop.advance(MemoryWatch.SAMPLE_EVERY);
        }
    }

    @Test
    void theFiguresAreThoseOfTheGroup() throws Exception {
        MemoryWatch watch = withCgroups("{}");
        watch.started(CHILD, PID);
        uses(100 * MIB);
        write(machine.child(CHILD).resolve("memory.pressure"), "some avg10=50.00 avg60=0.00 avg300=0.00 total=1\n");
        write(machine.child(CHILD).resolve("memory.events"), "high 12\nmax 0\noom 0\n");

        ChildMemory now = watch.of(CHILD, OptionalLong.of(PID));

        assertThat(now.bytes()).hasValue(100 * MIB);
        assertThat(now.pressure()).hasValue(0.5);
        assertThat(now.slowed()).hasValue(12);
        assertThat(now.secondsToOom()).isEmpty();
        assertThat(watch.enforcement()).isEqualTo(Enforcement.CGROUP);
        assertThat(watch.of(CHILD, OptionalLong.empty())).isEqualTo(ChildMemory.NONE);
    }

    @Test
    void ofOneThatWasTakenOverTheGroupKnowsOnlyWhatCameLater() throws Exception {
        MemoryWatch watch = withCgroups("{}");
        watch.adopted(CHILD, PID);
        uses(100 * MIB);
        resident(300 * MIB);
        assertThat(watch.of(CHILD, OptionalLong.of(PID)).bytes()).hasValue(300 * MIB);
        uses(310 * MIB);
        assertThat(watch.of(CHILD, OptionalLong.of(PID)).bytes()).hasValue(310 * MIB);
        loop.advance(MemoryWatch.SAMPLE_EVERY);
        assertThat(done).isEmpty();
        resident(401 * MIB);
        loop.advance(MemoryWatch.SAMPLE_EVERY);
        assertThat(done).containsExactly("killed liquidsoap: it uses 401 MiB of the 400 MiB it may use");
    }

    @Test
    void itsSuccessorIsTheGroupsAlone() throws Exception {
        MemoryWatch watch = withCgroups("{}");
        watch.adopted(CHILD, PID);
        watch.ended(CHILD);
        watch.started(CHILD, PID);
        uses(100 * MIB);
        resident(500 * MIB);
        loop.advance(MemoryWatch.SAMPLE_EVERY);
        assertThat(watch.of(CHILD, OptionalLong.of(PID)).bytes()).hasValue(100 * MIB);
        assertThat(done).isEmpty();
    }

    @Test
    void theGrowthAfterTheWarmUpSaysWhenItEnds() throws Exception {
        MemoryWatch watch = withCgroups("{}");
        watch.started(CHILD, PID);
        grows(100 * MIB, 20 * MIB, 6);
        assertThat(watch.of(CHILD, OptionalLong.of(PID)).secondsToOom()).isEmpty();

        grows(240 * MIB, 10 * MIB, 6);

        assertThat(watch.of(CHILD, OptionalLong.of(PID)).secondsToOom().orElseThrow())
                .isCloseTo(600, within(5.0 * 60 / 10 * 10));
        watch.started(CHILD, PID + 1);
        assertThat(watch.of(CHILD, OptionalLong.of(PID + 1)).secondsToOom()).isEmpty();
    }

    @Test
    void aLeakIsMendedAtTheNextQuietMomentWhenTheOperatorAllowsIt() throws Exception {
        MemoryWatch watch = withCgroups("{memory: {restart_on_leak: true}}");
        watch.started(CHILD, PID);
        grows(200 * MIB, 0, 6);
        grows(200 * MIB, 6 * MIB, 20);
        assertThat(done).isEmpty();

        quiet = true;
        uses(321 * MIB);
        loop.advance(MemoryWatch.SAMPLE_EVERY);

        assertThat(done).hasSize(1);
        assertThat(done.get(0))
                .startsWith("restarted liquidsoap: its memory grows steadily, by 6.0 MiB a minute: 321 MiB of 400 MiB");
    }

    @Test
    void aLeakIsLeftToTheOperatorWhenHeHasNotAllowedIt() throws Exception {
        MemoryWatch watch = withCgroups("{}");
        quiet = true;
        watch.started(CHILD, PID);
        grows(200 * MIB, 0, 6);
        grows(200 * MIB, 6 * MIB, 20);

        assertThat(done).isEmpty();
    }

    @Test
    void whatGrowsSlowlyOrWithinItsWarmUpDoesNotLeak() throws Exception {
        MemoryWatch watch = withCgroups("{memory: {restart_on_leak: true}}");
        quiet = true;
        watch.started(CHILD, PID);
        grows(100 * MIB, 40 * MIB, 6);
        grows(244 * MIB, MIB / 2, 40);

        assertThat(done).isEmpty();
    }

    @Test
    void theKernelKillsNotTheDaemonWhereThereAreCgroups() throws Exception {
        MemoryWatch watch = withCgroups("{}");
        watch.started(CHILD, PID);
        grows(500 * MIB, 0, 1);

        assertThat(done).isEmpty();
    }

    @Test
    void withoutCgroupsWhatIsAboveItsLimitIsKilledWithinTwoSeconds() throws Exception {
        MemoryWatch watch = without("{}");
        watch.started(CHILD, PID);
        resident(400 * MIB);
        loop.advance(MemoryWatch.LOOK_EVERY);
        assertThat(done).isEmpty();

        resident(410 * MIB);
        loop.advance(MemoryWatch.LOOK_EVERY);

        assertThat(done).containsExactly("killed liquidsoap: it uses 410 MiB of the 400 MiB it may use");
        assertThat(watch.enforcement()).isEqualTo(Enforcement.RLIMIT);
        assertThat(watch.of(CHILD, OptionalLong.of(PID)).bytes()).hasValue(410 * MIB);

        watch.ended(CHILD);
        loop.advance(MemoryWatch.LOOK_EVERY);
        assertThat(done).hasSize(1);
    }

    @Test
    void aReloadChangesTheLimitsOfWhatRuns() throws Exception {
        MemoryWatch watch = withCgroups("{}");
        Files.createDirectories(machine.child(CHILD));

        watch.use(ChildLimitsTest.config("{memory: {liquidsoap: 500MiB}}"));

        assertThat(read(machine.child(CHILD).resolve("memory.max"))).isEqualTo(Long.toString(500 * MIB));
        assertThat(watch.problems()).isEmpty();
    }

    @Test
    void limitsThatDoNotFitAreToldAtEachReload() throws Exception {
        write(machine.own().resolve("memory.max"), 900 * MIB + "\n");
        MemoryWatch watch = withCgroups("{}");
        assertThat(watch.problems()).isEmpty();

        watch.use(ChildLimitsTest.config("{memory: {liquidsoap: 800MiB}}"));

        assertThat(watch.problems()).singleElement().asString().contains("900 MiB");
    }
}
