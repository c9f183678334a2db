package org.relaysupervisor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.relaysupervisor.config.Texts.parse;
import static org.relaysupervisor.config.Texts.problems;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.config.RelayConfig.DirectoryStore;
import org.relaysupervisor.config.RelayConfig.PublicHls;
import org.relaysupervisor.config.RelayConfig.S3Store;

class HlsReadingTest {
    private static final String BUCKET =
            "endpoint: 'https://s3.example', bucket: relay-hls, access_key: {file: a}, secret_key: {file: s}";

    @Test
    void byDefaultItIsOff() throws Exception {
        assertThat(parse("{}").config().hls())
                .isEqualTo(new PublicHls(false, Duration.ofSeconds(6), 10, Optional.empty()));
    }

    @Test
    void aBucketHasItsAddressAndItsKeys() throws Exception {
        PublicHls hls = parse(
                        "hls: {enabled: true, segment: 4s, playlist_length: 6, s3: {prefix: hls/, " + BUCKET + "}}")
                .config()
                .hls();
        assertThat(hls.enabled()).isTrue();
        assertThat(hls.segment()).isEqualTo(Duration.ofSeconds(4));
        assertThat(hls.playlistLength()).isEqualTo(6);
        assertThat(hls.store())
                .containsInstanceOf(S3Store.class)
                .hasValueSatisfying(
                        store -> assertThat(((S3Store) store).prefix()).isEqualTo("hls/"));
    }

    @Test
    void aDirectoryStartsAtTheFile() throws Exception {
        assertThat(parse("hls: {enabled: true, directory: ../www}")
                        .config()
                        .hls()
                        .store())
                .contains(new DirectoryStore(Optional.of(Path.of("/etc/www"))));
    }

    @Test
    void itMustHaveAPlace() {
        assertThat(problems("hls: {enabled: true}"))
                .containsExactly("relay.yaml:1:16: hls.enabled must not be true before hls.s3 or hls.directory says"
                        + " where the segments go");
        assertThat(problems("hls: {directory: /srv/hls, s3: {" + BUCKET + "}}"))
                .singleElement()
                .asString()
                .contains("hls.directory must not stand beside hls.s3: HLS goes to one of them; remove the other");
    }

    @Test
    void itIsMadeOfWhatIsRecorded() {
        assertThat(problems("{recording: {enabled: false}, hls: {enabled: true, directory: /srv/hls}}"))
                .containsExactly("relay.yaml:1:46: hls.enabled must be false while recording.enabled is: HLS is made of"
                        + " what the recorder gets");
    }

    @Test
    void noRecordingMayBeInAPublicPlace() throws Exception {
        assertThat(problems("{store: {s3: {prefix: kept/, " + BUCKET + "}}, hls: {s3: {" + BUCKET + "}}}"))
                .singleElement()
                .asString()
                .contains("hls.s3.bucket must not be a place of which recordings are a part");
        assertThat(problems(
                        "{store: {s3: {prefix: hls/x/, " + BUCKET + "}}, hls: {s3: {prefix: hls/, " + BUCKET + "}}}"))
                .singleElement()
                .asString()
                .contains("hls.s3.prefix must not be a place of which recordings are a part");
        assertThat(problems("{store: {directory: /srv/www/kept}, hls: {directory: /srv/www}}"))
                .singleElement()
                .asString()
                .contains("hls.directory must be apart from store.directory");
        assertThat(parse("{store: {s3: {prefix: kept/, " + BUCKET + "}}, hls: {s3: {prefix: hls/, " + BUCKET + "}}}")
                        .config()
                        .hls()
                        .store())
                .isPresent();
    }

    @Test
    void boundsAreTold() {
        assertThat(problems("hls: {segment: 1s}")).singleElement().asString().contains("hls.segment");
        assertThat(problems("hls: {playlist_length: 3}"))
                .singleElement()
                .asString()
                .contains("hls.playlist_length");
    }
}
