package org.relaysupervisor.config;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.relaysupervisor.config.Amounts.duration;
import static org.relaysupervisor.config.Amounts.size;
import static org.relaysupervisor.config.Readings.flag;
import static org.relaysupervisor.config.Readings.matching;
import static org.relaysupervisor.config.Readings.path;
import static org.relaysupervisor.config.Readings.wholeNumber;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.relaysupervisor.config.RelayConfig.DirectoryStore;
import org.relaysupervisor.config.RelayConfig.Hls;
import org.relaysupervisor.config.RelayConfig.PublicHls;
import org.relaysupervisor.config.RelayConfig.Recording;
import org.relaysupervisor.config.RelayConfig.S3Store;
import org.relaysupervisor.config.RelayConfig.Store;
import org.relaysupervisor.config.RelayConfig.Upload;

/** What is recorded, and how it is kept. */
final class RecordingReading {
    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    /** Stands where a required value is missing; such a configuration is never returned. */
    private static final URI NO_URL = URI.create("http://missing.invalid/");

    private static final Reading<String> BUCKET = matching(
            Pattern.compile("(?!.*\\.\\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
            "must be a bucket's name: 3 to 63 lower-case letters, digits, \"-\" or \".\"");
    private static final Reading<String> REGION =
            matching(Pattern.compile("[a-z0-9-]{1,40}"), "must be a region's name, such as auto or eu-central-1");
    private static final Reading<String> PREFIX = matching(
            Pattern.compile("((?!\\.{1,2}/)[A-Za-z0-9._-]{1,100}/){0,5}"),
            "must be empty or end with a slash, such as radio/; letters, digits, \".\", \"_\" and \"-\"");

    private final Path directory;
    private final SecretReading secrets;

    /** @param directory where relative paths start */
    RecordingReading(Path directory, SecretReading secrets) {
        this.directory = directory;
        this.secrets = secrets;
    }

    /** @param usually whether it is recorded unless the file says */
    Recording recording(Section recording, String mainMount, boolean usually) {
        return new Recording(
                recording.value("enabled", usually, flag()),
                recording.value("mount", mainMount, MountPath.reading()),
                recording.value("segment", ofMinutes(1), duration(ofSeconds(1), ofMinutes(10))),
                recording.optional("spool", path(directory)),
                recording.value("reserve", 64 * MIB, size(0, 64 * GIB)),
                hls(recording.section("hls")));
    }

    private static Hls hls(Section hls) {
        return new Hls(
                hls.value("enabled", false, flag()),
                hls.value("segment", ofSeconds(6), duration(ofSeconds(1), ofMinutes(1))),
                hls.value("playlist_length", 6, wholeNumber(2, 1000)));
    }

    Store store(Section store) {
        return place(store, "must not stand beside store.s3: recordings go to one of them; remove the other");
    }

    /** Four to six seconds are usual: shorter ones cost more requests, longer ones more delay. */
    PublicHls publicHls(Section hls) {
        Store store = place(hls, "must not stand beside hls.s3: HLS goes to one of them; remove the other");
        boolean named =
                !(store instanceof DirectoryStore kept) || kept.directory().isPresent();
        return new PublicHls(
                hls.value("enabled", false, flag()),
                hls.value("segment", ofSeconds(6), duration(ofSeconds(2), ofSeconds(10))),
                hls.value("playlist_length", 10, wholeNumber(4, 60)),
                Optional.of(store).filter(any -> named));
    }

    private Store place(Section section, String both) {
        Optional<Path> place = section.optional("directory", path(directory));
        Section s3 = section.section("s3");
        if (s3.keys().isEmpty()) {
            return new DirectoryStore(place);
        }
        if (place.isPresent()) {
            section.error("directory", both);
        }
        return s3(s3);
    }

    private S3Store s3(Section s3) {
        return new S3Store(
                s3.required(
                        "endpoint", NO_URL, Endpoint.reading("the bucket goes into store.s3.bucket", "http", "https")),
                s3.required("bucket", "", BUCKET),
                s3.value("region", "auto", REGION),
                s3.value("prefix", "", PREFIX),
                s3.value("path_style", true, flag()),
                secrets.required(s3, "access_key"),
                secrets.required(s3, "secret_key"));
    }

    static Upload upload(Section upload) {
        return new Upload(
                upload.optional("bandwidth", size(16 * KIB, 10 * GIB))
                        .map(OptionalLong::of)
                        .orElseGet(OptionalLong::empty),
                upload.value("concurrency", 2, wholeNumber(1, 8)),
                upload.value("multipart_above", 16 * MIB, size(5 * MIB, 4 * GIB)),
                upload.value("part", 8 * MIB, size(5 * MIB, 512 * MIB)),
                upload.value("keep_local", ofHours(24), duration(ZERO, ofDays(90))),
                upload.value("late_after", ofMinutes(15), duration(ofMinutes(1), ofHours(24))));
    }
}
