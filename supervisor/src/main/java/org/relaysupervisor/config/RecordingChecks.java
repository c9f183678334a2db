package org.relaysupervisor.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.relaysupervisor.config.RelayConfig.DirectoryStore;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.config.RelayConfig.S3Store;

/** What must fit together for recordings to be made, to reach the store and to stay there. */
final class RecordingChecks {
    private static final long KIB = 1L << 10;

    /** Uploads must be quicker than recording by this, so that what waited during an outage is caught up with. */
    private static final double CATCHING_UP = 1.5;

    private final Section root;
    private final RelayConfig config;

    RecordingChecks(Section root, RelayConfig config) {
        this.root = root;
        this.config = config;
    }

    void run() {
        Optional<Mount> mount = mount();
        if (config.recording().enabled()) {
            mount.ifPresent(this::format);
            mount.ifPresent(this::bandwidth);
        }
        places();
        bucket();
        parts();
        lateness();
    }

    private Optional<Mount> mount() {
        Section recording = root.section("recording");
        Optional<Mount> mount = config.recordedMount();
        if (mount.isEmpty() && recording.has("mount") && recording.isSound("mount")) {
            List<String> paths = config.mounts().stream().map(Mount::path).toList();
            recording.error("mount", "must be the path of a mount: " + String.join(", ", paths));
        }
        return mount;
    }

    /** Files begin and end with whole frames, which are counted; only these two codecs have such frames. */
    private void format(Mount mount) {
        if (mount.format() != Format.OPUS) {
            return;
        }
        List<String> others = config.mounts().stream()
                .filter(other -> other.format() != Format.OPUS)
                .map(Mount::path)
                .toList();
        root.section("recording")
                .error(
                        "mount",
                        "must be a mount in mp3 or aac, and " + mount.path() + " is in opus; "
                                + (others.isEmpty() ? "add one" : "write " + String.join(" or ", others))
                                + ", or enabled: false to record nothing");
    }

    private void bandwidth(Mount mount) {
        Section upload = root.section("upload");
        int recorded = mount.bytesPerSecond();
        long least = (long) Math.ceil(recorded * CATCHING_UP / KIB);
        if (upload.isSound("bandwidth")
                && config.upload().bandwidth().isPresent()
                && config.upload().bandwidth().getAsLong() < least * KIB) {
            upload.error(
                    "bandwidth",
                    "must be at least " + least + "KiB: " + mount.path() + " makes " + recorded
                            + " bytes per second, and what waited during an outage has to be caught up with, or recordings"
                            + " pile up until the disk is full");
        }
    }

    /** The archive deletes from the spool what the store has: they must not be the same files. */
    private void places() {
        Optional<Path> spool = config.recording().spool();
        Section store = root.section("store");
        if (spool.isEmpty()
                || !(config.store() instanceof DirectoryStore kept)
                || kept.directory().isEmpty()) {
            return;
        }
        Path directory = kept.directory().get();
        if (directory.startsWith(spool.get()) || spool.get().startsWith(directory)) {
            store.error(
                    "directory",
                    "must be apart from recording.spool, neither the same directory nor one inside the other");
        }
    }

    private void bucket() {
        if (!(config.store() instanceof S3Store bucket)) {
            return;
        }
        Section s3 = root.section("store").section("s3");
        if (s3.has("endpoint") && s3.isSound("endpoint") && Endpoint.isInTheClear(bucket.endpoint())) {
            s3.warn(
                    "endpoint",
                    "is http://, so that recordings can be read and changed on their way; write https:// if it has that");
        }
        boolean ownHost = !bucket.pathStyle() && bucket.endpoint().getScheme().equalsIgnoreCase("https");
        if (ownHost && bucket.bucket().contains(".")) {
            s3.error(
                    "path_style",
                    "must be true for a bucket with a dot in its name: as a host's name no certificate fits it");
        }
    }

    /**
     * A part is at least 5 MiB and a file at most ten minutes of 320 kbit/s, which is 24 MB: far from the 10,000 parts that S3 has.
     */
    private void parts() {
        Section upload = root.section("upload");
        boolean sound = upload.isSound("part") && upload.isSound("multipart_above");
        if (sound && config.upload().part() > config.upload().multipartAbove()) {
            upload.error(
                    upload.has("part") ? "part" : "multipart_above",
                    "does not fit: upload.part must not be above upload.multipart_above, or what is sent in parts is one part");
        }
    }

    private void lateness() {
        Section upload = root.section("upload");
        Section recording = root.section("recording");
        Duration segment = config.recording().segment();
        boolean sound = upload.isSound("late_after") && recording.isSound("segment");
        if (sound && config.upload().lateAfter().compareTo(segment) <= 0) {
            Section blamed = upload.has("late_after") ? upload : recording;
            blamed.error(
                    upload.has("late_after") ? "late_after" : "segment",
                    "does not fit: upload.late_after must be longer than recording.segment, or one file that takes its time"
                            + " is late");
        }
    }
}
