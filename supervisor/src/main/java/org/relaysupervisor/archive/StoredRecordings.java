package org.relaysupervisor.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.relaysupervisor.frames.FrameParser;
import org.relaysupervisor.store.Content;
import org.relaysupervisor.store.ContentDigest;
import org.relaysupervisor.store.ObjectStore;
import org.relaysupervisor.store.StoreException;

/** Reads recordings back, from the spool where that has them, else from the store. Any thread; blocks. */
final class StoredRecordings {
    private static final System.Logger log = System.getLogger(StoredRecordings.class.getName());
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*/[0-9TZ]+-[A-Za-z0-9-]+");
    private static final int BUFFER = 1 << 16;

    private final Spool spool;
    private final Supplier<ObjectStore> store;
    private final AtomicLong temporaries = new AtomicLong();

    StoredRecordings(Spool spool, Supplier<ObjectStore> store) {
        this.spool = spool;
        this.store = store;
    }

    /** @param notStored what the archive has in its hands */
    List<RecordingView> list(List<RecordingView> notStored) throws IOException {
        return newestFirst(local(notStored).values());
    }

    private Map<String, RecordingView> local(List<RecordingView> notStored) throws IOException {
        Map<String, RecordingView> all = new LinkedHashMap<>();
        for (RecordingDirectory directory : spool.directories()) {
            if (directory.isStored() && directory.has(SpoolNames.MANIFEST)) {
                try {
                    RecordingView view = directory.manifest().view(RecordingView.State.STORED);
                    all.put(view.id(), view);
                } catch (IOException damagedOrJustDeleted) {
                    log.log(Level.DEBUG, "{0} is left out: {1}", directory.path(), damagedOrJustDeleted.toString());
                }
            }
        }
        notStored.stream().filter(view -> view.segments() > 0).forEach(view -> all.putIfAbsent(view.id(), view));
        return all;
    }

    List<RecordingView> listStored(List<RecordingView> notStored) throws IOException, InterruptedException {
        Map<String, RecordingView> all = local(notStored);
        for (String id : completeIds()) {
            if (!all.containsKey(id)) {
                all.put(id, manifestInStore(id).view(RecordingView.State.STORED));
            }
        }
        return newestFirst(all.values());
    }

    private static List<RecordingView> newestFirst(Iterable<RecordingView> views) {
        List<RecordingView> sorted = new ArrayList<>();
        views.forEach(sorted::add);
        sorted.sort(Comparator.comparing(RecordingView::start).reversed());
        return List.copyOf(sorted);
    }

    /** Those whose manifest is in the store. */
    List<String> completeIds() throws IOException, InterruptedException {
        String ending = "/" + SpoolNames.MANIFEST;
        return keys("").stream()
                .filter(key -> key.endsWith(ending))
                .map(key -> key.substring(0, key.length() - ending.length()))
                .filter(id -> ID.matcher(id).matches())
                .toList();
    }

    List<String> keys(String prefix) throws IOException, InterruptedException {
        try {
            return store.get().list(prefix);
        } catch (StoreException e) {
            throw new IOException("the store can't be listed: " + e.getMessage(), e);
        }
    }

    Manifest manifestInStore(String id) throws IOException, InterruptedException {
        check(id);
        String key = id + "/" + SpoolNames.MANIFEST;
        try (InputStream in = store.get().read(key)) {
            return Manifest.of(in.readAllBytes());
        } catch (StoreException e) {
            throw new IOException(key + " can't be read from the store: " + e.getMessage(), e);
        }
    }

    private static void check(String id) throws IOException {
        if (!ID.matcher(id).matches()) {
            throw new IOException("\"" + id + "\" is no recording: see relayctl recordings for what there is");
        }
    }

    void fetch(String id, OutputStream audio) throws IOException, InterruptedException {
        check(id);
        Manifest manifest = manifest(id);
        Path temporary = spool.root().resolve("fetch-" + temporaries.incrementAndGet() + SpoolFiles.TEMPORARY);
        try {
            for (Sidecar segment : manifest.segments()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                bring(id, segment, temporary);
                pass(manifest, segment, temporary, audio);
            }
            audio.flush();
        } finally {
            spool.files().delete(temporary);
        }
    }

    /** Of one that goes on, as far as it has come. */
    private Manifest manifest(String id) throws IOException, InterruptedException {
        RecordingDirectory directory = spool.directory(id);
        if (directory.has(SpoolNames.MANIFEST)) {
            return directory.manifest();
        }
        if (directory.has(SpoolNames.RECORDING)) {
            List<Sidecar> taken = directory.sidecars().stream()
                    .filter(sidecar -> directory.has(sidecar.file()) || directory.isVerified(sidecar.file()))
                    .toList();
            if (!taken.isEmpty()) {
                return new Manifest("", directory.facts(), taken);
            }
        }
        return manifestInStore(id);
    }

    /** Into the temporary file, right to the last byte. */
    private void bring(String id, Sidecar segment, Path temporary) throws IOException, InterruptedException {
        RecordingDirectory directory = spool.directory(id);
        if (directory.has(segment.file())) {
            try (InputStream in = directory.read(segment.file())) {
                if (copy(in, temporary).equals(segment.content())) {
                    return;
                }
            } catch (NoSuchFileException justDeleted) {
                // It is in the store then.
            }
        }
        String key = id + "/" + segment.file();
        try (InputStream in = store.get().read(key)) {
            Content content = copy(in, temporary);
            if (!content.equals(segment.content())) {
                throw new IOException(key + " is damaged: its SHA-256 is " + content.sha256() + " and should be "
                        + segment.content().sha256() + "; what was written so far is right up to there");
            }
        } catch (StoreException e) {
            throw new IOException(key + " can't be read: " + e.getMessage(), e);
        }
    }

    private Content copy(InputStream in, Path temporary) throws IOException {
        ContentDigest digest = new ContentDigest();
        byte[] buffer = new byte[BUFFER];
        try (OutputStream out = spool.files().create(temporary)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.accept(buffer, 0, read);
                out.write(buffer, 0, read);
            }
        }
        return digest.content();
    }

    private void pass(Manifest manifest, Sidecar segment, Path temporary, OutputStream audio) throws IOException {
        try (InputStream in = spool.files().read(temporary)) {
            if (segment.overlapFrames() == 0) {
                in.transferTo(audio);
                return;
            }
            byte[] all = in.readAllBytes();
            FrameParser parser =
                    FrameParser.of(manifest.facts().format().contentType()).orElseThrow();
            List<byte[]> frames = new ArrayList<>();
            parser.accept(all, 0, all.length, frame -> frames.add(frame.bytes()));
            for (int i = (int) Math.min(segment.overlapFrames(), frames.size()); i < frames.size(); i++) {
                audio.write(frames.get(i));
            }
        }
    }
}
