package org.relaysupervisor.archive;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.relaysupervisor.archive.RecordingDirectory.DamagedFile;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.store.ContentDigest;

/**
 * Makes one recording's directory whole again, whatever ended the daemon before: takes away what was only half begun, and writes again
 * what is missing beside the audio. Harmless when repeated, and when it ends in the middle itself.
 */
final class Reconciliation {
    private static final System.Logger log = System.getLogger(Reconciliation.class.getName());

    private final RecordingDirectory directory;
    private final String mountDirectory;

    Reconciliation(RecordingDirectory directory) {
        this.directory = directory;
        this.mountDirectory = directory.path().getParent().getFileName().toString();
    }

    /** What the recording is; empty when there is none here, or nothing of one. */
    Optional<RecordingFacts> run() throws IOException {
        String name = directory.path().getFileName().toString();
        if (SpoolNames.beginOf(name).isEmpty()) {
            log.log(Level.WARNING, "{0} is no recording of ours: it is left alone", directory.path());
            return Optional.empty();
        }
        deleteTemporaries();
        if (directory.isStored()) {
            return ofStored();
        }
        if (directory.has(SpoolNames.RECORDING) && directory.has(SpoolNames.STORED_RECORDING)) {
            directory.delete(SpoolNames.STORED_RECORDING);
        }
        repairSidecars();
        List<Sidecar> sidecars = directory.sidecars();
        if (sidecars.isEmpty()) {
            if (!directory.has(SpoolNames.MANIFEST)) {
                directory.forget();
            }
            return Optional.empty();
        }
        RecordingFacts facts = facts(sidecars.get(0));
        repairManifest();
        warnOfStrangers();
        return Optional.of(facts);
    }

    private void deleteTemporaries() throws IOException {
        for (String name : directory.names()) {
            if (name.endsWith(SpoolFiles.TEMPORARY)) {
                directory.delete(name);
            }
        }
    }

    /** All of it is in the store, so the worst that can be lost here is what this machine tells of it. */
    private Optional<RecordingFacts> ofStored() throws IOException {
        if (!directory.has(SpoolNames.MANIFEST) && !directory.hasAudio()) {
            directory.deleteSidecarsWithoutAudio();
            directory.forget();
            return Optional.empty();
        }
        try {
            return Optional.of(directory.facts());
        } catch (DamagedFile e) {
            log.log(Level.WARNING, "{0}; the recording is in the store", e.getMessage());
            return Optional.empty();
        }
    }

    private void repairSidecars() throws IOException {
        for (String name : directory.names()) {
            Optional<String> waiting = SpoolNames.audioOfWaiting(name);
            if (waiting.isPresent() && !directory.has(waiting.get())) {
                // The audio was not yet moved here. It is where the recorder made it, who brings it again.
                directory.delete(name);
            } else if (waiting.isPresent() || SpoolNames.audioOfVerified(name).isPresent()) {
                checkSidecar(name);
            }
        }
        for (String name : directory.names()) {
            if (SpoolNames.isAudio(name)
                    && !directory.has(name + SpoolNames.WAITING)
                    && !directory.has(name + SpoolNames.VERIFIED)) {
                directory.write(name + SpoolNames.WAITING, describe(name).bytes());
                log.log(
                        Level.WARNING,
                        "{0} had nothing beside it that tells what it is: it was read again",
                        directory.file(name));
            }
        }
    }

    private void checkSidecar(String name) throws IOException {
        try {
            directory.sidecar(name);
        } catch (DamagedFile e) {
            String aside = directory.setAside(name);
            log.log(Level.ERROR, "{0}; it is kept as {1}", e.getMessage(), aside);
        }
    }

    /** From the bytes alone. */
    private Sidecar describe(String audio) throws IOException {
        ContentDigest digest = new ContentDigest();
        FrameCount count = new FrameCount(formatOf(audio));
        try (InputStream in = directory.read(audio)) {
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.accept(buffer, 0, read);
                count.accept(buffer, 0, read);
            }
        }
        return new Sidecar(
                numberBefore(audio),
                audio,
                SpoolNames.startOf(audio),
                count.duration(),
                digest.content(),
                count.frames(),
                Optional.empty(),
                Optional.empty(),
                0,
                List.of(),
                Optional.empty());
    }

    /** That of the file before it by name, and so it stands right behind that one. */
    private int numberBefore(String audio) throws IOException {
        int number = 0;
        for (String name : directory.names()) {
            Optional<String> other = SpoolNames.audioOfWaiting(name).or(() -> SpoolNames.audioOfVerified(name));
            if (other.isPresent() && other.get().compareTo(audio) < 0) {
                number = directory.sidecar(name).number();
            }
        }
        return number;
    }

    private static Format formatOf(String audio) throws IOException {
        return RecordingFacts.format(audio.substring(audio.lastIndexOf('.') + 1));
    }

    private RecordingFacts facts(Sidecar any) throws IOException {
        if (directory.has(SpoolNames.RECORDING)) {
            try {
                return directory.facts();
            } catch (DamagedFile e) {
                String aside = directory.setAside(SpoolNames.RECORDING);
                log.log(Level.ERROR, "{0}; it is kept as {1}", e.getMessage(), aside);
            }
        }
        RecordingFacts facts = guess(any);
        directory.write(SpoolNames.RECORDING, facts.bytes());
        return facts;
    }

    /** What the names tell. */
    private RecordingFacts guess(Sidecar any) throws IOException {
        String name = directory.path().getFileName().toString();
        Instant begin = SpoolNames.beginOf(name).orElseThrow();
        boolean isHour = SpoolNames.slugOf(name).equals(SpoolNames.HOUR);
        return new RecordingFacts(
                mountDirectory + "/" + name,
                "/" + mountDirectory,
                formatOf(any.file()),
                isHour
                        ? Optional.empty()
                        : Optional.of(new ShowOnAir(SpoolNames.slugOf(name), begin, Optional.empty())),
                begin,
                isHour ? Optional.of(begin.plus(Duration.ofHours(1))) : Optional.empty());
    }

    private void repairManifest() throws IOException {
        if (!directory.has(SpoolNames.MANIFEST)) {
            return;
        }
        try {
            directory.manifest();
        } catch (DamagedFile e) {
            String aside = directory.setAside(SpoolNames.MANIFEST);
            log.log(Level.ERROR, "{0}; it is kept as {1}, and made again", e.getMessage(), aside);
        }
    }

    private void warnOfStrangers() throws IOException {
        List<Path> strangers = new ArrayList<>();
        for (String name : directory.names()) {
            boolean known = name.equals(SpoolNames.RECORDING)
                    || name.equals(SpoolNames.MANIFEST)
                    || SpoolNames.isAudio(name)
                    || SpoolNames.audioOfWaiting(name).isPresent()
                    || SpoolNames.audioOfVerified(name).isPresent()
                    || name.toLowerCase(Locale.ROOT).contains(".corrupt");
            if (!known) {
                strangers.add(directory.file(name));
            }
        }
        if (!strangers.isEmpty()) {
            log.log(Level.WARNING, "unknown files are left alone: {0}", strangers);
        }
    }
}
