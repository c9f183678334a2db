package org.relaysupervisor.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.archive.FeedPosition;
import org.relaysupervisor.archive.Segment;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.process.ProcessSpec;
import org.relaysupervisor.programs.Configs;
import org.relaysupervisor.store.Content;

/**
 * Random lives of ffmpeg, of the daemon, and of feeds, which may outlive it, and which end at any byte and at any step: whatever was written
 * in whole frames is handed on, once, a place in the feed that is claimed is the true one, and the next ffmpeg asks for the next frame.
 */
class SessionPropertyTest {
    private static final int SCRIPTS = 30;
    private static final int STEPS = 120;

    @TempDir
    Path directory;

    @Test
    void everyWholeFrameIsHandedOnOnceWithItsTruePlaceWhateverCrashes() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int places = 0;
        int resumptions = 0;
        for (int script = 0; script < SCRIPTS; script++) {
            try {
                Script one = new Script(Files.createDirectory(directory.resolve("spool" + script)), random);
                one.run();
                places += one.places;
                resumptions += one.resumptions;
            } catch (Throwable failure) {
                throw new AssertionError("seed " + seed + ", script " + script, failure);
            }
        }
        // It must not be by silence that no claim is false.
        assertThat(places).as("segments with a place, seed " + seed).isGreaterThan(SCRIPTS * 5);
        assertThat(resumptions)
                .as("lives that went on where the last one ended, seed " + seed)
                .isGreaterThan(SCRIPTS / 3);
    }

    /** The daemon's end, at some step of what it does. */
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final class Script {
        private final Path spool;
        private final Random random;
        private final ManualLoop loop = new ManualLoop();
        private final Told told = new Told();

        private Recorder recorder;
        private int feeds;

        // ffmpeg: what it writes are numbers of frames that are unique over all feeds.
        private ProcessSpec ffmpeg;
        private int file;
        private int next;
        private byte[] unwritten = {};
        private Optional<SessionStart> untold = Optional.empty();

        /** Numbers of frames are those in their feed plus this. */
        private int feedBegins;

        /** What the next ffmpeg is to ask for; unset when that can't be known from what is on the disk. */
        private Optional<FeedPosition> wanted = Optional.empty();

        private boolean isWantedKnown = true;
        private boolean lostLines;

        private final Map<Path, List<Integer>> written = new HashMap<>();
        private final List<Segment> waiting = new ArrayList<>();
        private final Set<Path> handedOn = new HashSet<>();
        private final Set<Path> taken = new HashSet<>();
        private int places;
        private int resumptions;

        Script(Path spool, Random random) {
            this.spool = spool;
            this.random = random;
        }

        void run() throws Exception {
            begin();
            for (int step = 0; step < STEPS; step++) {
                try {
                    step();
                } catch (Crash crash) {
                    begin();
                }
            }
            recorder = null;
            begin();
            recorder.ended();
            while (!waiting.isEmpty()) {
                take();
            }
            written.forEach((path, frames) -> assertThat(frames.isEmpty() || taken.contains(path))
                    .as("%s was handed on", path)
                    .isTrue());
            LeftSessions.in(spool).recover(segment -> {
                throw new AssertionError("nothing is left");
            });
            try (Stream<Path> left = Files.list(spool.resolve("live"))) {
                assertThat(left).as("says where to go on").containsExactly(ffmpeg.workingDirectory());
            }
        }

        private void step() throws Exception {
            loop.advance(Duration.ofMillis(random.nextInt(1_500)));
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> write();
                case 4 -> nextFile();
                case 5, 6 -> recorder.observe();
                case 7 -> tell();
                case 8, 9 -> take();
                case 10 -> {
                    ffmpegDies();
                    if (random.nextBoolean()) {
                        recorder.ended();
                    }
                    start(false);
                }
                default -> {
                    if (random.nextInt(4) == 0) {
                        throw new Crash();
                    }
                }
            }
        }

        /** A life of the daemon. */
        private void begin() throws IOException {
            while (true) {
                try {
                    ffmpegDies();
                    if (feeds == 0 || random.nextBoolean()) {
                        feeds++;
                        feedBegins = feeds * 1_000_000;
                    }
                    told.start = Optional.empty();
                    waiting.clear();
                    handedOn.clear();
                    loseLines();
                    LeftSessions left = LeftSessions.in(spool);
                    left.recover(this::handOn);
                    Configs configs = new Configs();
                    configs.programs = new RelayConfig.Programs("icecast2", "liquidsoap", "/bin/true");
                    Recorder.Surroundings surroundings = new Recorder.Surroundings(
                            () -> true,
                            Told.REMEMBERED,
                            () -> left.next("/live", Duration.ZERO),
                            () -> told.disk,
                            () -> told.start,
                            () -> told.whyEnded,
                            this::handOn,
                            published -> {});
                    recorder = new Recorder(configs.build(), spool, new Executables("/bin"), loop, surroundings);
                    start(true);
                    return;
                } catch (Crash crash) {
                    // And again.
                }
            }
        }

        /** Never happens to lines that were forced to the disk; even so no claim may be false. */
        private void loseLines() throws IOException {
            if (random.nextInt(3) > 0 || !Files.exists(spool.resolve("live"))) {
                return;
            }
            try (Stream<Path> all = Files.walk(spool.resolve("live"))) {
                for (Path list :
                        all.filter(path -> path.endsWith(ClosedFiles.FILE)).toList()) {
                    byte[] bytes = Files.readAllBytes(list);
                    Files.write(list, Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
                    lostLines = true;
                }
            }
        }

        private void start(boolean isNewLife) throws IOException {
            want(isNewLife);
            // Names are in the order of sessions as long as the clock goes forward.
            loop.advance(Duration.ofMillis(1));
            ffmpeg = recorder.prepare();
            Optional<FeedPosition> after = Told.after(ffmpeg);
            if (isWantedKnown) {
                assertThat(after).isEqualTo(wanted);
                resumptions += isNewLife && after.filter(this::isOfFeed).isPresent() ? 1 : 0;
            }
            feedOf.put(ffmpeg.workingDirectory(), feeds);
            int ringReaches = random.nextInt(3) == 0 ? random.nextInt(50) : 0;
            after.filter(this::isOfFeed)
                    .ifPresent(place -> assertThat(feedBegins + place.frame())
                            .as("no frame is passed over")
                            .isLessThanOrEqualTo(next));
            next = after.filter(this::isOfFeed)
                    .map(place -> feedBegins + (int) place.frame() + ringReaches)
                    .orElse(Math.max(next, feedBegins + random.nextInt(100)));
            file = 0;
            unwritten = new byte[0];
            told.start = Optional.empty();
            untold = Optional.of(new SessionStart(
                    ffmpeg.workingDirectory().getFileName().toString(),
                    new FeedPosition("feed" + feeds, next - feedBegins),
                    loop.now()));
            if (random.nextInt(4) > 0) {
                tell();
            }
        }

        private boolean isOfFeed(FeedPosition place) {
            return place.feed().equals("feed" + feeds);
        }

        private final Map<Path, Integer> feedOf = new HashMap<>();

        /** What is to be asked for after the session of the newest ffmpeg. */
        private void want(boolean isNewLife) throws IOException {
            int recorded = ffmpeg == null ? 0 : recordedBy(ffmpeg).size();
            Optional<FeedPosition> first = ffmpeg != null && isNewLife
                    ? SessionFacts.read(ffmpeg.workingDirectory()).first()
                    : told.start.map(SessionStart::first);
            if (lostLines || (recorded > 0 && first.isEmpty())) {
                isWantedKnown = false;
            } else if (first.isPresent() && (recorded > 0 || isNewLife)) {
                isWantedKnown = true;
                wanted = first.map(begin -> new FeedPosition(begin.feed(), begin.frame() + recorded));
            }
            lostLines = false;
        }

        private List<Integer> recordedBy(ProcessSpec spec) {
            return written.entrySet().stream()
                    .filter(entry -> entry.getKey().getParent().equals(spec.workingDirectory()))
                    .flatMap(entry -> entry.getValue().stream())
                    .sorted()
                    .toList();
        }

        private void tell() {
            told.start = untold.or(() -> told.start);
        }

        private Path current() {
            return ffmpeg.workingDirectory().resolve("%05d.mp3".formatted(file));
        }

        /** Some bytes, not aligned to anything. */
        private void write() throws IOException {
            byte[] more = NumberedFrames.frames(next, next + random.nextInt(12));
            int from = next;
            next += NumberedFrames.numbers(more).size();
            append(more, from);
        }

        private void append(byte[] more, int from) throws IOException {
            Path path = current();
            Files.write(path, unwritten, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            if (unwritten.length > 0) {
                written.get(path).add(from - 1);
            }
            List<Integer> frames = written.computeIfAbsent(path, any -> new ArrayList<>());
            int whole = more.length == 0 ? 0 : next - from - 1;
            byte[] last = whole < 0 || more.length == 0 ? new byte[0] : NumberedFrames.frame(next - 1);
            int held = last.length == 0 ? 0 : random.nextInt(last.length);
            Files.write(path, Arrays.copyOf(more, more.length - held), StandardOpenOption.APPEND);
            IntStream.range(from, held > 0 ? next - 1 : next).forEach(frames::add);
            unwritten = Arrays.copyOfRange(more, more.length - held, more.length);
        }

        private void nextFile() throws IOException {
            if (!Files.exists(current())) {
                return;
            }
            append(new byte[0], next);
            if (!written.get(current()).isEmpty()) {
                file++;
                Files.createFile(current());
                written.put(current(), new ArrayList<>());
            }
        }

        private void ffmpegDies() {
            unwritten = new byte[0];
            untold = Optional.empty();
        }

        private void handOn(Segment segment) {
            if (random.nextInt(40) == 0) {
                throw new Crash();
            }
            check(segment);
            assertThat(handedOn.add(segment.file()))
                    .as("%s is handed on once", segment.file())
                    .isTrue();
            assertThat(taken).doesNotContain(segment.file());
            waiting.add(segment);
            if (random.nextInt(40) == 0) {
                throw new Crash();
            }
        }

        private void check(Segment segment) {
            try {
                byte[] bytes = Files.readAllBytes(segment.file());
                List<Integer> numbers = NumberedFrames.numbers(bytes);
                assertThat(numbers).isEqualTo(written.get(segment.file())).isNotEmpty();
                assertThat(segment.frames()).isEqualTo(numbers.size());
                assertThat(segment.content())
                        .isEqualTo(new Content(bytes.length, hash("SHA-256", bytes), hash("MD5", bytes)));
                assertThat(segment.duration())
                        .isEqualTo(Duration.ofNanos(numbers.size() * 1152L * 1_000_000_000 / 44_100));
                assertThat(segment.mount()).isEqualTo("/live");
                assertThat(segment.format()).isEqualTo(Format.MP3);
                int feed = feedOf.get(segment.file().getParent());
                segment.first()
                        .ifPresent(first -> assertThat(first)
                                .as("%s", segment.file())
                                .isEqualTo(new FeedPosition("feed" + feed, numbers.get(0) - feed * 1_000_000L)));
                places += segment.first().isPresent() ? 1 : 0;
            } catch (Exception e) {
                throw new AssertionError(segment.toString(), e);
            }
        }

        private static String hash(String algorithm, byte[] bytes) throws Exception {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        }

        private void take() throws IOException {
            if (!waiting.isEmpty()) {
                Path path = waiting.remove(0).file();
                Files.delete(path);
                taken.add(path);
            }
        }
    }
}
