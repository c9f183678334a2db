package org.relaysupervisor.archive;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.relaysupervisor.store.Content;
import org.relaysupervisor.store.ContentDigest;
import org.relaysupervisor.store.ObjectStore;
import org.relaysupervisor.store.StoreException;

/** Proves from the store's bytes alone that a recording is what its manifest says. */
final class Verification {
    /** Fewer are not told from garbage at the beginning of a stream. */
    private static final int SURE_FRAMES = 3;

    private final StoredRecordings recordings;
    private final Supplier<ObjectStore> store;

    Verification(StoredRecordings recordings, Supplier<ObjectStore> store) {
        this.recordings = recordings;
        this.store = store;
    }

    boolean verify(Optional<String> id, Consumer<String> line) throws IOException, InterruptedException {
        boolean well = true;
        List<String> ids = id.isPresent() ? List.of(id.get()) : recordings.completeIds();
        if (ids.isEmpty()) {
            line.accept(
                    "no recording is complete yet: each is verified as it is stored, and can be verified by its ID");
        }
        for (String each : ids) {
            List<String> faults = new ArrayList<>();
            String summary = verify(each, faults);
            line.accept(each + ": " + (faults.isEmpty() ? "ok, " + summary : "FAULTY, " + summary));
            faults.forEach(fault -> line.accept("  " + fault));
            well &= faults.isEmpty();
        }
        return well;
    }

    private String verify(String id, List<String> faults) throws InterruptedException {
        Manifest manifest;
        Set<String> keys;
        try {
            manifest = recordings.manifestInStore(id);
            keys = new HashSet<>(recordings.keys(id + "/"));
        } catch (IOException e) {
            faults.add(SpoolNames.MANIFEST + ": " + e.getMessage());
            return "no manifest that can be used";
        }
        checkPositions(manifest, faults);
        FrameCount frames = new FrameCount(manifest.facts().format());
        long expected = 0;
        for (Sidecar segment : manifest.segments()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            keys.remove(id + "/" + segment.file());
            expected += segment.frames();
            boolean read = checkBytes(id, segment, frames, faults);
            if (read && expected >= SURE_FRAMES && frames.frames() != expected) {
                faults.add(segment.file() + ": " + frames.frames() + " whole frames up to here, and not " + expected);
            }
            if (frames.frames() != expected && expected >= SURE_FRAMES) {
                // Each fault is told where it is, not again in all that follow.
                expected = frames.frames();
            }
        }
        if (frames.garbageBytes() > 0) {
            faults.add(frames.garbageBytes() + " bytes belong to no frame");
        }
        keys.remove(id + "/" + SpoolNames.MANIFEST);
        keys.forEach(key -> faults.add(key + ": not in the manifest"));
        return summary(manifest);
    }

    private static String summary(Manifest manifest) {
        RecordingView view = manifest.view(RecordingView.State.STORED);
        return String.format(
                Locale.ROOT,
                "%d segments, %d bytes, %d frames, %.1f s, %d gaps of %.1f s",
                view.segments(),
                view.bytes(),
                manifest.frames(),
                view.duration().toMillis() / 1e3,
                view.gaps(),
                view.missing().toMillis() / 1e3);
    }

    private boolean checkBytes(String id, Sidecar segment, FrameCount frames, List<String> faults)
            throws InterruptedException {
        ContentDigest digest = new ContentDigest();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = store.get().read(id + "/" + segment.file())) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.accept(buffer, 0, read);
                frames.accept(buffer, 0, read);
            }
        } catch (StoreException | IOException e) {
            faults.add(segment.file() + ": can't be read: " + e.getMessage());
            return false;
        }
        Content content = digest.content();
        if (content.length() != segment.content().length()) {
            faults.add(segment.file() + ": " + content.length() + " bytes, and not "
                    + segment.content().length());
        } else if (!content.sha256().equals(segment.content().sha256())) {
            faults.add(segment.file() + ": SHA-256 " + content.sha256() + ", and not "
                    + segment.content().sha256());
        }
        return true;
    }

    /** That each segment goes on where the one before ended, but for what the manifest says is missing or there twice. */
    private static void checkPositions(Manifest manifest, List<String> faults) {
        Sidecar previous = null;
        for (Sidecar segment : manifest.segments()) {
            if (previous != null) {
                long between = framesBetween(previous, segment);
                long told = segment.gap().map(gap -> gap.frames().orElse(0)).orElse(0L) - segment.overlapFrames();
                if (between != told) {
                    faults.add(segment.file() + ": begins " + between + " frames behind the end of " + previous.file()
                            + ", and the manifest says " + told);
                }
            }
            previous = segment;
        }
    }

    /** 0 when the feed was not the same. */
    private static long framesBetween(Sidecar previous, Sidecar segment) {
        Optional<FeedPosition> wanted = previous.next();
        Optional<FeedPosition> first = segment.first();
        if (wanted.isEmpty()
                || first.isEmpty()
                || !wanted.get().feed().equals(first.get().feed())) {
            return segment.gap().map(gap -> gap.frames().orElse(0)).orElse(0L) - segment.overlapFrames();
        }
        return first.get().frame() - wanted.get().frame();
    }
}
