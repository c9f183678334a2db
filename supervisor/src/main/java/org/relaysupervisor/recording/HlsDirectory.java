package org.relaysupervisor.recording;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Where ffmpeg keeps the live HLS playlist and its segments, which it deletes itself as long as it lives. */
final class HlsDirectory {
    static final String PLAYLIST = "live.m3u8";

    private HlsDirectory() {}

    /** Makes the directory, or deletes what earlier runs left there, except what players may still ask for. */
    static void prepare(Path directory) throws IOException {
        Files.createDirectories(directory);
        Path playlist = directory.resolve(PLAYLIST);
        Set<String> listed = Files.exists(playlist) ? new HashSet<>(Files.readAllLines(playlist)) : Set.of();
        try (DirectoryStream<Path> segments = Files.newDirectoryStream(directory, "*.ts")) {
            for (Path segment : segments) {
                if (!listed.contains(segment.getFileName().toString())) {
                    Files.deleteIfExists(segment);
                }
            }
        }
    }
}
