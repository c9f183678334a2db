package org.relaysupervisor.archive;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.programs.Configs;
import org.relaysupervisor.store.ContentDigest;

/** An archive on a disk and with a store in memory, and a recorder that brings it again what it has not taken. One thread. */
final class ArchiveScene {
    static final Duration LENGTH = Duration.ofSeconds(10);
    static final int FRAMES = 3;

    final ManualLoop loop = new ManualLoop();
    final Random random;
    final Faults faults;
    final MemorySpoolFiles files;
    final FaultyStore store;
    final Configs configs = new Configs();
    final ArrayDeque<Runnable> disk = new ArrayDeque<>();
    final List<Runnable> transfers = new ArrayList<>();

    /** All that were ever closed, by where the recorder made them. */
    final Map<Path, Segment> segments = new LinkedHashMap<>();

    Archive archive;
    int mostTransfers = 2000;
    Optional<ShowOnAir> show = Optional.empty();
    Optional<GapCause> interruption = Optional.empty();
    long nextFrame;
    /** Whether the feed outlives the daemon when it is started the next time. */
    boolean keepsFeed;

    private int lives;
    private int feeds;

    ArchiveScene(long seed) {
        random = new Random(seed);
        faults = new Faults(random);
        files = new MemorySpoolFiles(faults);
        store = new FaultyStore(files, faults);
        configs.recording = new RelayConfig.Recording(
                true, "/live", LENGTH, Optional.empty(), 0, new RelayConfig.Hls(false, Duration.ofSeconds(6), 10));
        keepLocal(Duration.ofHours(24));
    }

    void keepLocal(Duration keep) {
        configs.upload =
                new RelayConfig.Upload(OptionalLong.empty(), 2, 16 << 20, 8 << 20, keep, Duration.ofMinutes(15));
    }

    /** As when the daemon starts: whatever was going on is forgotten, and the recorder brings what it still has. */
    void start() {
        disk.clear();
        transfers.clear();
        lives++;
        if (feeds == 0 || !keepsFeed) {
            feeds++;
            nextFrame = 0;
        }
        interruption = Optional.empty();
        archive = new Archive(
                Path.of("/spool"),
                configs.build(),
                () -> store,
                loop,
                disk::add,
                transfers::add,
                random,
                files,
                mostTransfers);
        archive.show(show);
        segments.values().stream()
                .filter(segment -> files.exists(segment.file()))
                .forEach(archive::add);
    }

    /** The recorder closes a file that it began a segment's length ago. */
    Segment record() {
        int number = segments.size();
        byte[] audio = frames(number, FRAMES);
        Path file = Path.of("/spool/live/" + lives + "/" + String.format("%05d.mp3", number));
        files.plant(file, audio);
        Segment segment = new Segment(
                file,
                "/live",
                Format.MP3,
                loop.now().minus(LENGTH),
                LENGTH,
                ContentDigest.of(audio),
                FRAMES,
                Optional.of(new FeedPosition("feed" + feeds, nextFrame)),
                interruption);
        interruption = Optional.empty();
        nextFrame += FRAMES;
        segments.put(file, segment);
        archive.add(segment);
        return segment;
    }

    /** Real ones: MPEG-1 layer III, 128 kbit/s, 44.1 kHz, stereo. */
    static byte[] frames(int seed, int count) {
        ByteBuffer all = ByteBuffer.allocate(417 * count);
        Random noise = new Random(seed);
        for (int i = 0; i < count; i++) {
            byte[] frame = new byte[417];
            noise.nextBytes(frame);
            frame[0] = (byte) 0xFF;
            frame[1] = (byte) 0xFB;
            frame[2] = (byte) 0x90;
            frame[3] = 0;
            all.put(frame);
        }
        return all.array();
    }

    void runDisk() {
        while (!disk.isEmpty()) {
            disk.remove().run();
        }
    }

    void runTransfer() {
        if (!transfers.isEmpty()) {
            transfers.remove(random.nextInt(transfers.size())).run();
        }
    }

    /** Seconds go by, with all that can be done in them. */
    void pass(Duration time) {
        for (long second = 0; second < time.toSeconds(); second++) {
            loop.advance(Duration.ofSeconds(1));
            archive.observe(true);
            settle();
        }
    }

    void settle() {
        do {
            runDisk();
            runTransfer();
        } while (!disk.isEmpty() || !transfers.isEmpty());
    }

    void passAndRecord(int count) {
        for (int i = 0; i < count; i++) {
            pass(LENGTH);
            record();
            settle();
        }
    }

    void show(String name, Duration length) {
        Instant begin = loop.now();
        show = Optional.of(new ShowOnAir(name, begin, Optional.of(begin.plus(length))));
        archive.show(show);
    }

    void endShow() {
        show = Optional.empty();
        archive.show(show);
    }

    String id() {
        return archive.snapshot().current().orElseThrow().id();
    }
}
