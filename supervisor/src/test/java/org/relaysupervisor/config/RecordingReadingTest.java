package org.relaysupervisor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.relaysupervisor.config.Texts.parse;
import static org.relaysupervisor.config.Texts.problems;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.config.RelayConfig.DirectoryStore;
import org.relaysupervisor.config.RelayConfig.Recording;
import org.relaysupervisor.config.RelayConfig.S3Store;
import org.relaysupervisor.config.RelayConfig.Upload;

class RecordingReadingTest {
    private static final String KEYS = "access_key: {file: a}, secret_key: {file: s}";

    @Test
    void byDefaultTheMainMountIsKeptInADirectory() throws Exception {
        RelayConfig config = parse("{}").config();
        assertThat(config.recording())
                .isEqualTo(new Recording(
                        true,
                        "/live",
                        Duration.ofMinutes(1),
                        Optional.empty(),
                        64L << 20,
                        new RelayConfig.Hls(false, Duration.ofSeconds(6), 6)));
        assertThat(config.store()).isEqualTo(new DirectoryStore(Optional.empty()));
        assertThat(config.upload())
                .isEqualTo(new Upload(
                        OptionalLong.empty(), 2, 16L << 20, 8L << 20, Duration.ofHours(24), Duration.ofMinutes(15)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"store:", "store: {s3: }", "store: {s3: {}}", "store:\n  s3:\n    # bucket: radio\n"})
    void aBucketWithoutAnyKeyIsNoBucket(String yaml) throws Exception {
        assertThat(parse(yaml).config().store()).isEqualTo(new DirectoryStore(Optional.empty()));
    }

    @Test
    void aDirectoryStartsAtTheFile() throws Exception {
        RelayConfig config = parse("{store: {directory: ../kept}, recording: {spool: spool}}")
                .config();
        assertThat(config.store()).isEqualTo(new DirectoryStore(Optional.of(Path.of("/etc/kept"))));
        assertThat(config.recording().spool()).contains(Path.of("/etc/relay/spool"));
    }

    @Test
    void aBucketHasItsAddressAndItsKeys() throws Exception {
        RelayConfig config = parse("""
                store:
                  s3:
                    endpoint: https://abc.r2.cloudflarestorage.com/
                    bucket: radio-recordings
                    prefix: radio/fm/
                    access_key: {file: secrets/access}
                    secret_key: {credential: r2-secret}
                """).config();
        assertThat(config.store())
                .isEqualTo(new S3Store(
                        URI.create("https://abc.r2.cloudflarestorage.com"),
                        "radio-recordings",
                        "auto",
                        "radio/fm/",
                        true,
                        new SecretSource.InFile(Path.of("/etc/relay/secrets/access")),
                        new SecretSource.Credential("r2-secret")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"endpoint: https://s3.example", "bucket: radio", "region: auto", "path_style: true"})
    void aBucketWithOneKeyNeedsTheOthersThatHaveNoDefault(String key) {
        assertThat(problems("store: {s3: {" + key + "}}"))
                .hasSizeBetween(3, 4)
                .allMatch(problem -> problem.contains("is missing here; it has no default"))
                .anyMatch(problem -> problem.contains("store.s3.access_key"))
                .anyMatch(problem -> problem.contains("store.s3.secret_key"));
    }

    @Test
    void recordingsGoToOnePlace() {
        assertThat(problems(
                        "store: {directory: /kept, s3: {endpoint: 'https://s3.example', bucket: radio, " + KEYS + "}}"))
                .containsExactly(
                        "relay.yaml:1:20: store.directory must not stand beside store.s3: recordings go to one of"
                                + " them; remove the other");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "generated          | can't be generated, since it comes with what it opens",
                "AKIAHUNTER         | must not be written here in plain text",
                "\" \"                | must not be written here in plain text",
                "[AKIAHUNTER]       | must be a section",
                "{AKIAHUNTER: x}    | must be exactly one of",
                "{file: a, environment: B} | must be exactly one of",
                "{}                 | must be exactly one of {file: PATH}, {credential: NAME}, {environment: VARIABLE}",
                "~                  | has no value"
            })
    void aKeyStandsElsewhere(String written, String problem) {
        assertThat(problems("store: {s3: {endpoint: 'https://s3.example', bucket: radio, access_key: " + written
                        + ", secret_key: {file: s}}}"))
                .singleElement()
                .asString()
                .contains("store.s3.access_key", problem)
                .doesNotContain("AKIAHUNTER");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://s3.example/bucket  | without a path; the bucket goes into store.s3.bucket",
                "https://s3.example/?x=1    | without a path",
                "https://s3.example/#x      | without a path",
                "https://s3.example:70000   | must have a port from 1 to 65535, or none",
                "https://me:pw@s3.example   | must not hold a user name or a password",
                "s3://radio                 | must be an address that begins with http://, https://",
                "s3.example                 | must be an address that begins with http://, https://",
            })
    void anEndpointIsAHostAndNothingElse(String endpoint, String problem) {
        assertThat(problems("store: {s3: {bucket: radio, " + KEYS + ", endpoint: '" + endpoint + "'}}"))
                .singleElement()
                .asString()
                .contains("store.s3.endpoint ", problem)
                .doesNotContain("pw@");
    }

    @ParameterizedTest
    @CsvSource({
        "http://s3.example.com, true",
        "http://8.8.8.8:9000, true",
        "'http://[2001:db8::1]', true",
        "https://s3.example.com, false",
        "http://127.0.0.1:9000, false",
        "'http://[::1]:9000', false",
        "http://10.1.2.3, false",
        "http://172.16.0.9, false",
        "http://192.168.1.5:9000, false",
        "'http://[fd00::7]', false",
        "http://localhost:9000, false",
        "http://minio:9000, false",
        "http://nas.lan, false",
        "HTTP://NAS.INTERNAL, false"
    })
    void plainHttpAcrossTheInternetIsWarnedOf(String endpoint, boolean warned) throws Exception {
        var warnings = parse("store: {s3: {bucket: radio, " + KEYS + ", endpoint: '" + endpoint + "'}}")
                .warnings();
        assertThat(warnings)
                .hasSize(warned ? 1 : 0)
                .allMatch(
                        warning -> warning.message()
                                .startsWith(
                                        "store.s3.endpoint is http://, so that recordings can be read and changed on their way"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ra", "Radio", "-radio", "ra..dio", "radio_1", "radio/live"})
    void aBucketsNameIsOneThatS3Has(String bucket) {
        assertThat(problems("store: {s3: {bucket: '" + bucket + "', endpoint: 'https://s3.example', " + KEYS + "}}"))
                .singleElement()
                .asString()
                .contains("store.s3.bucket must be a bucket's name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"radio", "/radio/", "a//", "../", "a/./", "a b/"})
    void aPrefixIsMadeOfDirectories(String prefix) {
        assertThat(problems("store: {s3: {bucket: radio, endpoint: 'https://s3.example', prefix: '" + prefix + "', "
                        + KEYS + "}}"))
                .singleElement()
                .asString()
                .contains("store.s3.prefix must be empty or end with a slash");
    }

    @Test
    void aBucketWithADotHasNoCertificateOfItsOwn() throws Exception {
        String bucket = "store: {s3: {bucket: radio.fm, endpoint: 'https://s3.example', " + KEYS;
        assertThat(problems(bucket + ", path_style: false}}"))
                .singleElement()
                .asString()
                .contains("store.s3.path_style must be true for a bucket with a dot");
        assertThat(parse(bucket + "}}").warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "upload: {part: 32MiB}              | 1:16: upload.part does not fit: upload.part must not be above"
                        + " upload.multipart_above, or what is sent in parts is one part",
                "upload: {multipart_above: 5MiB}    | 1:27: upload.multipart_above does not fit: upload.part must not be"
                        + " above upload.multipart_above, or what is sent in parts is one part",
                "upload: {part: 4MiB}               | 1:16: upload.part must be a size from 5MiB to 512MiB",
                "upload: {late_after: 1m}           | 1:22: upload.late_after does not fit: upload.late_after must be"
                        + " longer than recording.segment, or one file that takes its time is late",
                "'{recording: {segment: 10m}, upload: {late_after: 10m}}' | 1:50: upload.late_after does not fit:"
                        + " upload.late_after must be longer than recording.segment, or one file that takes its time is late",
                "upload: {bandwidth: 16KiB}         | 1:21: upload.bandwidth must be at least 24KiB: /live makes 16000"
                        + " bytes per second, and what waited during an outage has to be caught up with, or recordings pile"
                        + " up until the disk is full",
                "upload: {bandwidth: 0}             | 1:21: upload.bandwidth must have a unit: 0KiB, 0MiB or 0GiB",
                "upload: {concurrency: 0}           | 1:23: upload.concurrency must be a whole number from 1 to 8",
                "upload: {keep_local: 91d}          | 1:22: upload.keep_local must be in ms, s, m or h; a day is 24h",
                "recording: {spol: /x}              | 1:13: there is no such key in recording: \"spol\"; did you mean"
                        + " \"spool\"?",
                "recording: {reserve: 65GiB}        | 1:22: recording.reserve must be a size from 0KiB to 64GiB",
                "'{recording: {spool: /srv/a}, store: {directory: /srv/a}}' | 1:49: store.directory must be apart from"
                        + " recording.spool, neither the same directory nor one inside the other",
                "'{recording: {spool: /srv/a}, store: {directory: /srv/x/../a/b}}' | 1:49: store.directory must be apart"
                        + " from recording.spool, neither the same directory nor one inside the other",
                "'{recording: {spool: /srv/a/b}, store: {directory: /srv/a}}' | 1:51: store.directory must be apart from"
                        + " recording.spool, neither the same directory nor one inside the other",
                "'{mounts: [{path: /a}, {path: /b, format: opus}], recording: {mount: /b}}' | 1:69: recording.mount must be"
                        + " a mount in mp3 or aac, and /b is in opus; write /a, or enabled: false to record nothing"
            })
    void aMistakeIsToldWithItsPlaceAndWhatToDo(String yaml, String problem) {
        assertThat(problems(yaml)).containsExactly("relay.yaml:" + problem);
    }

    @Test
    void aStationInOpusAloneIsToldWhatToDo() {
        assertThat(problems("{mounts: [{path: /b, format: opus}], recording: {hls: {enabled: true}}}"))
                .last()
                .asString()
                .isEqualTo(
                        "relay.yaml:1:49: recording.mount must be a mount in mp3 or aac, and /b is in opus; add one, or"
                                + " enabled: false to record nothing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "upload: {bandwidth: 24KiB}",
                "upload: {part: 16MiB}",
                "{upload: {bandwidth: 16KiB}, recording: {enabled: false}}",
                "{mounts: [{path: /a, bitrate: 64}], upload: {bandwidth: 16KiB}}",
                "{mounts: [{path: /a, format: opus}, {path: /b, format: aac}], recording: {mount: /b}}",
                "{mounts: [{path: /a, listeners: icecast}]}",
                "{recording: {spool: /srv/ab}, store: {directory: /srv/a}}",
                "recording: {reserve: 0MiB}"
            })
    void whatFitsIsTaken(String yaml) throws Exception {
        assertThat(parse(yaml).config().recording().segment()).isEqualTo(Duration.ofMinutes(1));
    }

    /** S3 takes 10,000 parts; nothing that can be configured comes near. */
    @Test
    void theLongestFileHasFarLessPartsThanS3Takes() throws Exception {
        RelayConfig config = parse("""
                mounts: [{path: /a, format: mp3, bitrate: 320}]
                recording: {segment: 10m}
                upload: {part: 5MiB}
                """).config();
        long longest =
                config.recording().segment().toSeconds() * config.mainMount().bitrate() * 1000 / 8;
        assertThat(longest / config.upload().part()).isLessThan(10);
    }
}
