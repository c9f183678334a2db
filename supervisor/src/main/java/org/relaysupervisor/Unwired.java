package org.relaysupervisor;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.relaysupervisor.admin.Recordings;
import org.relaysupervisor.archive.ArchiveSnapshot;
import org.relaysupervisor.archive.DiskLevel;
import org.relaysupervisor.archive.RecordingView;

/** In the place of the archive. */
final class Unwired implements Recordings {
    static final ArchiveSnapshot ARCHIVE = new ArchiveSnapshot(
            "nowhere",
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            0,
            0,
            Optional.empty(),
            false,
            0,
            new ArchiveSnapshot.UploadTimes(List.of(), List.of(0L), 0),
            Map.of(),
            Optional.empty(),
            0,
            new ArchiveSnapshot.Disk(DiskLevel.AMPLE, 0, 0, OptionalDouble.empty()));

    @Override
    public List<RecordingView> list() {
        return List.of();
    }

    @Override
    public List<RecordingView> listStored() {
        return List.of();
    }

    @Override
    public boolean verify(Optional<String> id, Consumer<String> line) {
        return true;
    }

    @Override
    public void fetch(String id, OutputStream audio) throws IOException {
        throw new IOException("there are no recordings");
    }
}
