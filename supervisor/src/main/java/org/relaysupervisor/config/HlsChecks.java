package org.relaysupervisor.config;

import java.nio.file.Path;
import java.util.Optional;
import org.relaysupervisor.config.RelayConfig.DirectoryStore;
import org.relaysupervisor.config.RelayConfig.PublicHls;
import org.relaysupervisor.config.RelayConfig.S3Store;
import org.relaysupervisor.config.RelayConfig.Store;

/** What must fit together for HLS to get out, and for nothing else to get out with it. */
final class HlsChecks {
    private final Section root;
    private final RelayConfig config;

    HlsChecks(Section root, RelayConfig config) {
        this.root = root;
        this.config = config;
    }

    void run() {
        PublicHls hls = config.hls();
        Section section = root.section("hls");
        if (hls.enabled() && hls.store().isEmpty() && section.isSound("directory")) {
            section.error("enabled", "must not be true before hls.s3 or hls.directory says where the segments go");
        }
        if (hls.enabled() && !config.recording().enabled()) {
            section.error("enabled", "must be false while recording.enabled is: HLS is made of what the recorder gets");
        }
        hls.store().ifPresent(store -> place(section, store));
    }

    /** Whatever lies below the public place can be fetched by anybody who guesses its name. */
    private void place(Section section, Store open) {
        if (open instanceof S3Store bucket) {
            Section s3 = section.section("s3");
            if (s3.has("endpoint") && s3.isSound("endpoint") && Endpoint.isInTheClear(bucket.endpoint())) {
                s3.warn("endpoint", "is http://, so that the key's use can be seen on its way; write https://");
            }
            if (config.store() instanceof S3Store kept && liesBelow(kept, bucket)) {
                s3.error(
                        s3.has("prefix") ? "prefix" : "bucket",
                        "must not be a place of which recordings are a part, since it is public: give HLS a bucket of its"
                                + " own");
            }
        }
        if (open instanceof DirectoryStore directory
                && config.store() instanceof DirectoryStore kept
                && overlap(directory.directory(), kept.directory())) {
            section.error("directory", "must be apart from store.directory, since it is public");
        }
    }

    private static boolean liesBelow(S3Store kept, S3Store open) {
        return kept.endpoint().equals(open.endpoint())
                && kept.bucket().equals(open.bucket())
                && kept.prefix().startsWith(open.prefix());
    }

    /** Whether one is the other, or inside it. */
    private static boolean overlap(Optional<Path> one, Optional<Path> other) {
        return one.isPresent()
                && other.isPresent()
                && (one.get().startsWith(other.get()) || other.get().startsWith(one.get()));
    }
}
