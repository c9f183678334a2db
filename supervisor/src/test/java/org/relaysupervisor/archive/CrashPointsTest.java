package org.relaysupervisor.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.store.Content;
import org.relaysupervisor.store.ContentDigest;

/**
 * Scripts of what a night can bring: segments, shows, restarts, crashes and power failures before and after each step on the disk and on
 * the network, a disk that fails, a store whose answers get lost, feeds that outlive the daemon. At the end nothing may be lost, there twice,
 * or said wrongly.
 */
class CrashPointsTest {
    private static final int SCRIPTS = Integer.getInteger("archive.scripts", 2000);
    private static final long FIRST_SEED = Long.getLong("archive.seed", 1);

    @Test
    void whateverEndsTheDaemonWhereverItIsNothingClosedIsLostNorStoredTwice() throws Exception {
        int crashes = 0;
        int joins = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SCRIPTS; seed++) {
            try {
                Script script = new Script(seed);
                crashes += script.run();
                joins += script.joins;
            } catch (Exception | AssertionError e) {
                throw new AssertionError("with -Darchive.scripts=1 -Darchive.seed=" + seed, e);
            }
        }
        assertThat(crashes).isGreaterThan(SCRIPTS);
        assertThat(joins).as("of audio from before and after a crash").isGreaterThanOrEqualTo(SCRIPTS / 10);
    }

    private static final class Script {
        private final long seed;
        private final ArchiveScene scene;
        private int crashes;
        private int joins;

        Script(long seed) {
            this.seed = seed;
            scene = new ArchiveScene(seed);
            scene.mostTransfers = 2 + scene.random.nextInt(6);
            scene.keepLocal(Duration.ofSeconds(new int[] {0, 20, 86_400}[scene.random.nextInt(3)]));
            scene.files.onDelete = this::mustBeStored;
        }

        private void mustBeStored(Path file, byte[] bytes) {
            if (SpoolNames.isAudio(file.getFileName().toString())) {
                String key = Path.of("/spool/recordings").relativize(file).toString();
                assertThat(scene.store.objects).as("deleted from the spool").containsKey(key);
                assertThat(scene.store.objects.get(key)).isEqualTo(bytes);
            }
        }

        int run() throws Exception {
            int steps = 10 + scene.random.nextInt(50);
            restart();
            for (int i = 0; i < steps; i++) {
                try {
                    step();
                } catch (Crash crash) {
                    crashes++;
                    boolean powerFails = scene.random.nextBoolean();
                    if (powerFails) {
                        scene.files.failPower();
                    }
                    scene.keepsFeed = !powerFails && scene.random.nextBoolean();
                    restart();
                }
            }
            finish();
            check();
            return crashes;
        }

        /** Which may crash again. */
        private void restart() {
            while (true) {
                try {
                    scene.start();
                    scene.faults.stepsToCrash = scene.random.nextInt(4) == 0 ? scene.random.nextInt(60) : -1;
                    return;
                } catch (Crash again) {
                    crashes++;
                }
            }
        }

        private void step() {
            switch (scene.random.nextInt(12)) {
                case 0, 1, 2 -> {
                    scene.loop.advance(ArchiveScene.LENGTH);
                    scene.record();
                }
                case 3 -> scene.runDisk();
                case 4, 5 -> scene.runTransfer();
                case 6 -> scene.settle();
                case 7 -> {
                    scene.loop.advance(Duration.ofSeconds(scene.random.nextInt(60)));
                    scene.archive.observe(scene.random.nextBoolean());
                }
                case 8 -> changeShow();
                case 9 -> skipFrames();
                case 10 -> scene.faults.failing = scene.random.nextBoolean() ? 0 : scene.random.nextDouble() * 0.5;
                default -> trouble();
            }
        }

        private void changeShow() {
            if (scene.random.nextBoolean()) {
                scene.show("Show " + scene.random.nextInt(3), Duration.ofSeconds(scene.random.nextInt(100)));
            } else {
                scene.endShow();
            }
        }

        private void skipFrames() {
            scene.nextFrame += scene.random.nextInt(20);
            scene.interruption = Optional.of(GapCause.RECORDER);
        }

        private void trouble() {
            switch (scene.random.nextInt(4)) {
                case 0 -> scene.faults.stepsToCrash = scene.random.nextInt(40);
                case 1 -> throw new Crash("now");
                case 2 -> scene.loop.jumpWallClock(Duration.ofSeconds(scene.random.nextInt(4000) - 2000));
                default -> scene.archive.free(scene.random.nextInt(10_000));
            }
        }

        /** All is well again, and there is time. */
        private void finish() {
            scene.faults.failing = 0;
            scene.faults.stepsToCrash = -1;
            scene.keepLocal(Duration.ZERO);
            scene.archive.use(scene.configs.build());
            scene.endShow();
            scene.settle();
            for (int i = 0; i < 40; i++) {
                scene.loop.advance(Duration.ofHours(1));
                scene.archive.observe(false);
                scene.settle();
            }
        }

        private void check() throws Exception {
            assertThat(scene.archive.snapshot().waiting()).as("waiting").isZero();
            assertThat(scene.archive.snapshot().unverifiedBytes()).isZero();
            assertThat(scene.files.all())
                    .as("audio left in the spool")
                    .noneMatch(file -> file.toString().endsWith(".mp3"));
            assertThat(scene.files.all()).noneMatch(file -> file.toString().contains(".corrupt"));
            Map<Content, String> keys = keysByContent();
            for (Segment segment : scene.segments.values()) {
                assertThat(keys).as("segment %s", segment.file()).containsKey(segment.content());
            }
            assertThat(promised()).isEqualTo(scene.store.objects.keySet());
            if (seed % 4 == 0) {
                checkReading();
            }
        }

        private Map<Content, String> keysByContent() {
            Map<Content, String> keys = new HashMap<>();
            scene.store.objects.forEach((key, bytes) -> {
                String other = keys.put(ContentDigest.of(bytes), key);
                assertThat(other).as("also stored as %s", key).isNull();
            });
            return keys;
        }

        /** By the manifests, and these themselves. */
        private Set<String> promised() throws Exception {
            Set<String> keys = new HashSet<>();
            for (Map.Entry<String, byte[]> object : scene.store.objects.entrySet()) {
                if (object.getKey().endsWith("/" + SpoolNames.MANIFEST)) {
                    keys.add(object.getKey());
                    Manifest manifest = Manifest.of(object.getValue());
                    checkJoins(manifest.segments());
                    manifest.segments()
                            .forEach(segment -> keys.add(manifest.facts().id() + "/" + segment.file()));
                }
            }
            return keys;
        }

        /** Within a feed nothing is told to be missing, nor there twice, but what was skipped: whoever died in between. */
        private void checkJoins(List<Sidecar> sidecars) {
            for (int i = 1; i < sidecars.size(); i++) {
                Sidecar sidecar = sidecars.get(i);
                FeedPosition wanted = sidecars.get(i - 1).next().orElseThrow();
                FeedPosition first = sidecar.first().orElseThrow();
                if (wanted.feed().equals(first.feed())) {
                    long skipped = first.frame() - wanted.frame();
                    assertThat(sidecar.overlapFrames()).isZero();
                    assertThat(sidecar.gap()
                                    .flatMap(
                                            gap -> gap.frames().stream().boxed().findAny()))
                            .isEqualTo(skipped == 0 ? Optional.empty() : Optional.of(skipped));
                    joins += lifeOf(sidecars.get(i - 1)).equals(lifeOf(sidecar)) ? 0 : 1;
                }
            }
        }

        /** Whoever recorded it: the directory that it was in. */
        private Path lifeOf(Sidecar sidecar) {
            return scene.segments.values().stream()
                    .filter(segment -> segment.content().equals(sidecar.content()))
                    .findFirst()
                    .orElseThrow()
                    .file()
                    .getParent();
        }

        private void checkReading() throws Exception {
            List<String> lines = new ArrayList<>();
            assertThat(scene.archive.verify(Optional.empty(), lines::add))
                    .as("%s", lines)
                    .isTrue();
            List<RecordingView> views = scene.archive.list();
            assertThat(views).allMatch(view -> view.state() == RecordingView.State.STORED);
            assertThat(views.stream().mapToInt(RecordingView::segments).sum()).isEqualTo(scene.segments.size());
            for (RecordingView view : views) {
                ByteArrayOutputStream audio = new ByteArrayOutputStream();
                scene.archive.fetch(view.id(), audio);
                assertThat((long) audio.size()).isEqualTo(view.bytes());
            }
        }
    }
}
