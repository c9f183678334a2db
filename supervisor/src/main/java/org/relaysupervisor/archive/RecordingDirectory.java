package org.relaysupervisor.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * One recording on the spool's disk. Names are the state: what a crash leaves is read back from them, and each step below is safe to
 * do again. Only the archive's thread writes here.
 */
final class RecordingDirectory {
    private final SpoolFiles files;
    private final Path path;

    RecordingDirectory(SpoolFiles files, Path path) {
        this.files = files;
        this.path = path;
    }

    Path path() {
        return path;
    }

    Path file(String name) {
        return path.resolve(name);
    }

    boolean has(String name) {
        return files.exists(file(name));
    }

    /** Whether nothing of a recording is here. */
    boolean isUnused() throws IOException {
        return names().stream().allMatch(name -> name.endsWith(SpoolFiles.TEMPORARY));
    }

    void create(RecordingFacts facts) throws IOException {
        files.createDirectories(path);
        files.replace(file(SpoolNames.RECORDING), facts.bytes());
    }

    /** Of an audio file that begins at this moment: one that nobody has had. */
    String freeName(Instant start, String extension) {
        for (int attempt = 0; ; attempt++) {
            String name = SpoolNames.audio(start, extension, attempt);
            if (!has(name) && !has(name + SpoolNames.VERIFIED)) {
                return name;
            }
        }
    }

    /**
     * Takes an audio file in. Until the rename it is the recorder's, who will bring it again after a crash, and what was written here is
     * left over; from then on it is ours, and all that is known of it is beside it. Once it has failed it may be called again.
     */
    void take(Path source, Sidecar sidecar) throws IOException {
        Path target = file(sidecar.file());
        if (!files.exists(target)) {
            files.sync(source);
            files.replace(file(sidecar.file() + SpoolNames.WAITING), sidecar.bytes());
            files.rename(source, target);
        }
        files.sync(path);
        files.sync(source.getParent());
    }

    /** A rename, because it needs no room on a disk that is full. */
    void markVerified(String audio) throws IOException {
        rename(audio + SpoolNames.WAITING, audio + SpoolNames.VERIFIED);
    }

    /** When the store turns out not to have it after all. */
    void markWaiting(String audio) throws IOException {
        rename(audio + SpoolNames.VERIFIED, audio + SpoolNames.WAITING);
    }

    boolean isVerified(String audio) {
        return has(audio + SpoolNames.VERIFIED) && !has(audio + SpoolNames.WAITING);
    }

    void close(byte[] manifest) throws IOException {
        files.replace(file(SpoolNames.MANIFEST), manifest);
    }

    void markStored() throws IOException {
        rename(SpoolNames.RECORDING, SpoolNames.STORED_RECORDING);
    }

    boolean isStored() {
        return has(SpoolNames.STORED_RECORDING) && !has(SpoolNames.RECORDING);
    }

    private void rename(String from, String to) throws IOException {
        if (has(from)) {
            files.rename(file(from), file(to));
        }
        files.sync(path);
    }

    List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        for (Path file : files.list(path)) {
            names.add(file.getFileName().toString());
        }
        return names;
    }

    boolean hasAudio() throws IOException {
        return names().stream().anyMatch(SpoolNames::isAudio);
    }

    /** Bytes of audio that is proven to be in the store. */
    long verifiedBytes() throws IOException {
        long bytes = 0;
        for (String name : verifiedAudio()) {
            bytes += files.size(file(name));
        }
        return bytes;
    }

    /** Deletes audio that is proven to be in the store, and no other. */
    void deleteVerifiedAudio() throws IOException {
        for (String name : verifiedAudio()) {
            files.delete(file(name));
        }
    }

    private List<String> verifiedAudio() throws IOException {
        return names().stream()
                .filter(SpoolNames::isAudio)
                .filter(this::isVerified)
                .toList();
    }

    /** What a stored recording's manifest tells too. */
    void deleteSidecarsWithoutAudio() throws IOException {
        for (String name : names()) {
            String audio = SpoolNames.audioOfVerified(name).orElse("");
            if (isStored() && !audio.isEmpty() && !has(audio)) {
                files.delete(file(name));
            }
        }
    }

    /** All sidecars, in order. */
    List<Sidecar> sidecars() throws IOException {
        List<Sidecar> sidecars = new ArrayList<>();
        for (String name : names()) {
            if (SpoolNames.audioOfVerified(name).isPresent()
                    || SpoolNames.audioOfWaiting(name).isPresent()) {
                sidecars.add(sidecar(name));
            }
        }
        sidecars.sort(Sidecar.ORDER);
        return sidecars;
    }

    Sidecar sidecar(String name) throws IOException {
        return parse(name, Sidecar::of);
    }

    RecordingFacts facts() throws IOException {
        return parse(
                has(SpoolNames.RECORDING) ? SpoolNames.RECORDING : SpoolNames.STORED_RECORDING, RecordingFacts::of);
    }

    Manifest manifest() throws IOException {
        return parse(SpoolNames.MANIFEST, Manifest::of);
    }

    byte[] bytes(String name) throws IOException {
        return files.bytes(file(name));
    }

    InputStream read(String name) throws IOException {
        return files.read(file(name));
    }

    void write(String name, byte[] content) throws IOException {
        files.replace(file(name), content);
    }

    void delete(String name) throws IOException {
        files.delete(file(name));
    }

    /** Keeps a damaged file for whoever wants to look at it. */
    String setAside(String name) throws IOException {
        for (int attempt = 0; ; attempt++) {
            String aside = name + ".corrupt" + SpoolNames.suffix(attempt);
            if (!has(aside)) {
                files.rename(file(name), file(aside));
                return aside;
            }
        }
    }

    /** Takes away a recording of which there is no audio. */
    void forget() throws IOException {
        for (String name : List.of(SpoolNames.MANIFEST, SpoolNames.RECORDING, SpoolNames.STORED_RECORDING)) {
            files.delete(file(name));
        }
        if (names().isEmpty()) {
            files.delete(path);
        }
    }

    private interface Reading<T> {
        T of(byte[] json) throws IOException;
    }

    private <T> T parse(String name, Reading<T> reading) throws IOException {
        byte[] bytes = bytes(name);
        try {
            return reading.of(bytes);
        } catch (IOException | RuntimeException e) {
            throw new DamagedFile(file(name) + ": " + e.getMessage(), e);
        }
    }

    /** It could be read, and isn't what it should be. */
    static final class DamagedFile extends IOException {
        private static final long serialVersionUID = 1L;

        DamagedFile(String message, Exception cause) {
            super(message, cause);
        }
    }
}
