package org.relaysupervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Delivery;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.process.Exit;
import org.relaysupervisor.process.ProcessSpec;
import org.relaysupervisor.process.Processes;
import org.relaysupervisor.programs.Configs;
import org.relaysupervisor.programs.StandbyEncoder;

class StandbySupplyTest {
    private static final Mount AAC = new Mount("/aac", Format.AAC, 96, 48_000, 2, false, Delivery.FEED, "music");

    @TempDir
    private Path directory;

    private final ManualLoop loop = new ManualLoop();
    private final Worker worker = new Worker();
    private final Configs configs = new Configs();
    private final Map<String, String> supplied = new TreeMap<>();
    private final List<String> encoded = new ArrayList<>();
    private Exit ffmpegs = new Exit.Code(0);
    private StandbySupply supply;

    @BeforeEach
    void install() throws IOException {
        Files.writeString(directory.resolve("standby.mp3"), "music");
        for (String program : List.of("nice", "ffmpeg")) {
            assertThat(Files.writeString(directory.resolve(program), "")
                            .toFile()
                            .setExecutable(true))
                    .isTrue();
        }
        supply = supply();
    }

    @Test
    void nothingIsEncodedBeforeTheStationIsOnTheAir() {
        supply.use(configs.build());
        seconds(120, false);
        assertThat(encoded).isEmpty();

        seconds(2, true);

        assertThat(supplied).containsExactly(Map.entry("/live", "encoded as mp3"));
    }

    @Test
    void goingOffTheAirAgainDoesNotMatter() {
        supply.use(configs.build());
        supply.observe(true);
        seconds(2, false);

        assertThat(supplied).containsKey("/live");
    }

    @Test
    void whatAnEarlierDaemonEncodedIsTakenAtOnce() {
        supply.use(configs.build());
        seconds(2, true);
        supplied.clear();
        encoded.clear();

        supply = supply();
        supply.use(configs.build());
        seconds(1, false);

        assertThat(supplied).containsExactly(Map.entry("/live", "encoded as mp3"));
        assertThat(encoded).isEmpty();
    }

    @Test
    void aMountThatAReloadAddsIsEncodedToo() {
        supply.use(configs.build());
        seconds(2, true);
        configs.mounts = List.of(Configs.LIVE, AAC);

        supply.use(configs.build());
        seconds(2, true);

        assertThat(supplied).containsOnlyKeys("/aac", "/live");
    }

    @Test
    void aReloadWhileItEncodesIsNotForgotten() {
        supply.use(configs.build());
        supply.observe(true);
        configs.mounts = List.of(AAC);
        supply.use(configs.build());

        seconds(3, true);

        assertThat(supplied).containsEntry("/aac", "encoded as aac");
    }

    @Test
    void onlyTheNewestFilesAreKept() throws IOException {
        supply.use(configs.build());
        seconds(2, true);
        configs.mounts = List.of(AAC);
        supply.use(configs.build());
        seconds(2, true);

        try (var files = Files.list(directory.resolve("cache"))) {
            assertThat(files).singleElement().asString().endsWith(".aac");
        }
    }

    @Test
    void aFailureIsRetriedAfterADelayThatDoubles() {
        ffmpegs = new Exit.Code(1);
        supply.use(configs.build());
        supply.observe(true);
        worker.run();
        assertThat(encoded).hasSize(1);

        seconds(30, true);
        assertThat(encoded).hasSize(1);
        seconds(3, true);
        assertThat(encoded).hasSize(2);
        seconds(57, true);
        assertThat(encoded).hasSize(2);
        seconds(4, true);
        assertThat(encoded).hasSize(3);
        seconds(24 * 3600, true);
        assertThat(encoded).hasSizeBetween(48, 60);

        ffmpegs = new Exit.Code(0);
        seconds((int) StandbySupply.LONGEST_RETRY.toSeconds() + 3, true);
        assertThat(supplied).containsKey("/live");
    }

    @Test
    void theMountsThatCanBeSuppliedDoNotWaitForTheOther() {
        configs.mounts = List.of(Configs.LIVE, AAC);
        supply.use(configs.build());
        seconds(2, true);
        supplied.clear();
        configs.mounts = List.of(new Mount("/live", Format.MP3, 64, 44_100, 2, true, Delivery.FEED, "music"), AAC);
        ffmpegs = new Exit.Code(1);

        supply.use(configs.build());
        seconds(2, true);

        assertThat(supplied).containsOnlyKeys("/aac");
    }

    @Test
    void aSuccessIsNotRepeated() {
        supply.use(configs.build());
        seconds(3600, true);

        assertThat(encoded).hasSize(1);
    }

    @Test
    void nothingBeginsAfterTheStop() {
        supply.use(configs.build());
        supply.stop();

        seconds(60, true);

        assertThat(supplied).isEmpty();
        assertThat(worker.isShutdown()).isTrue();
    }

    private StandbySupply supply() {
        return new StandbySupply(loop, worker, this::encoder, (mount, audio) -> supplied.put(mount, text(audio)));
    }

    private static String text(byte[] audio) {
        return new String(audio, StandardCharsets.UTF_8);
    }

    /** Each second the loop looks, and after it the worker does what it was given. */
    private void seconds(int seconds, boolean onAir) {
        for (int i = 0; i < seconds; i++) {
            supply.observe(onAir);
            worker.run();
            loop.advance(Duration.ofSeconds(1));
        }
    }

    private StandbyEncoder encoder(RelayConfig config) {
        Processes processes = (spec, onExit) -> {
            encode(spec);
            onExit.accept(ffmpegs);
            return new Processes.Child() {
                @Override
                public long pid() {
                    return 1;
                }

                @Override
                public void signal(Processes.Signal signal) {}
            };
        };
        return new StandbyEncoder(
                config,
                directory.resolve("standby.mp3"),
                directory.resolve("cache"),
                new Executables(directory.toString()),
                processes,
                Optional::empty);
    }

    private void encode(ProcessSpec spec) throws IOException {
        Path output = Path.of(spec.argv().get(spec.argv().size() - 1));
        String format = output.toString().replaceAll(".*\\.(\\w+)\\.part", "$1");
        encoded.add(format);
        Files.writeString(output, "encoded as " + format);
    }

    /** Runs what it was given when the test says so. */
    private static final class Worker extends AbstractExecutorService {
        private final Queue<Runnable> tasks = new ArrayDeque<>();
        private boolean shutdown;

        void run() {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        }

        @Override
        public void execute(Runnable task) {
            assertThat(shutdown).isFalse();
            assertThat(tasks).as("one task at a time").isEmpty();
            tasks.add(task);
        }

        @Override
        public void shutdown() {
            shutdown = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            shutdown = true;
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return shutdown;
        }

        @Override
        public boolean isTerminated() {
            return shutdown;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }
}
