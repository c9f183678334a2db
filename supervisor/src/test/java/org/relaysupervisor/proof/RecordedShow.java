package org.relaysupervisor.proof;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What a store that is a directory holds of a show: all recordings of it that have a manifest, and so are complete. */
final class RecordedShow {
    private static final String MANIFEST = "manifest.json";

    private RecordedShow() {}

    /** In the order in which they were played; empty when none is complete. */
    static List<RecordedPiece> read(Path store, String show) throws IOException {
        List<Path> manifests = new ArrayList<>();
        try (Stream<Path> files = Files.exists(store) ? Files.walk(store) : Stream.empty()) {
            files.filter(file -> file.getFileName().toString().equals(MANIFEST)).forEach(manifests::add);
        }
        List<Recording> recordings = new ArrayList<>();
        for (Path manifest : manifests) {
            Map<String, Object> fields = JSON.std.mapFrom(Files.readString(manifest));
            if (fields.get("show") instanceof Map<?, ?> about && show.equals(about.get("name"))) {
                recordings.add(new Recording(manifest.getParent(), fields));
            }
        }
        recordings.sort(Comparator.comparing(recording -> (String) recording.fields.get("start")));
        List<RecordedPiece> pieces = new ArrayList<>();
        for (Recording recording : recordings) {
            pieces.addAll(recording.pieces());
        }
        return pieces;
    }

    private record Recording(Path directory, Map<String, Object> fields) {
        List<RecordedPiece> pieces() throws IOException {
            Map<Integer, RecordedPiece.Gap> gaps = new HashMap<>();
            for (Map<?, ?> gap : objects("gaps")) {
                gaps.put(
                        number(gap, "after_segment").intValue(),
                        new RecordedPiece.Gap(
                                (String) gap.get("cause"),
                                number(gap, "seconds").doubleValue(),
                                gap.get("frames") == null
                                        ? OptionalLong.empty()
                                        : OptionalLong.of(number(gap, "frames").longValue())));
            }
            List<RecordedPiece> pieces = new ArrayList<>();
            for (Map<?, ?> segment : objects("segments")) {
                pieces.add(piece(segment, Optional.ofNullable(gaps.get(pieces.size()))));
            }
            return pieces;
        }

        private RecordedPiece piece(Map<?, ?> segment, Optional<RecordedPiece.Gap> gap) throws IOException {
            Path file = directory.resolve((String) segment.get("file"));
            byte[] audio = Files.readAllBytes(file);
            List<Long> numbers = NumberedFrames.numbers(audio);
            require(file, "bytes", (long) audio.length, number(segment, "bytes").longValue());
            require(file, "sha256", sha256(audio), segment.get("sha256"));
            require(
                    file,
                    "frames",
                    (long) numbers.size(),
                    number(segment, "frames").longValue());
            int overlap = segment.get("overlap_frames") == null
                    ? 0
                    : number(segment, "overlap_frames").intValue();
            return new RecordedPiece(file.getFileName().toString(), numbers.subList(overlap, numbers.size()), gap);
        }

        private List<Map<?, ?>> objects(String name) {
            List<Map<?, ?>> objects = new ArrayList<>();
            for (Object object : (List<?>) fields.get(name)) {
                objects.add((Map<?, ?>) object);
            }
            return objects;
        }
    }

    private static Number number(Map<?, ?> fields, String name) throws IOException {
        if (fields.get(name) instanceof Number number) {
            return number;
        }
        throw new IOException("the manifest has no number " + name + ": " + fields);
    }

    private static void require(Path file, String what, Object is, Object told) throws IOException {
        if (!is.equals(told)) {
            throw new IOException(file + ": " + what + " " + is + ", and the manifest says " + told);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return String.format("%064x", new BigInteger(1, digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
