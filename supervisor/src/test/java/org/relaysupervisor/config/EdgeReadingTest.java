package org.relaysupervisor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.relaysupervisor.config.Texts.parse;
import static org.relaysupervisor.config.Texts.problems;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.config.ConfigReader.Loaded;
import org.relaysupervisor.config.RelayConfig.Upstream;

class EdgeReadingTest {
    private static final String EDGE = "role: edge\nupstream: {url: 'http://10.0.0.1:8000'}\n";

    @Test
    void withoutARoleItIsAPrimary() throws Exception {
        assertThat(parse("{}").config().isEdge()).isFalse();
        assertThat(parse("role: primary").config().isEdge()).isFalse();
    }

    @Test
    void anEdgeNeedsNothingButItsPrimary() throws Exception {
        Loaded loaded = parse(EDGE);

        assertThat(loaded.warnings()).isEmpty();
        assertThat(loaded.config().upstream()).contains(new Upstream("10.0.0.1", 8000, Optional.empty()));
        assertThat(loaded.config().inputs()).isEmpty();
        assertThat(loaded.config().recording().enabled()).isFalse();
        assertThat(loaded.config().mainMount().path()).isEqualTo("/live");
    }

    @ParameterizedTest
    @CsvSource({
        "http://relay.example, relay.example, 80",
        "http://relay.example:8000/, relay.example, 8000",
        "'http://[2001:db8::1]:8000', 2001:db8::1, 8000"
    })
    void theAddressHasAHostAndPerhapsAPort(String url, String host, int port) throws Exception {
        assertThat(parse("{role: edge, upstream: {url: '" + url + "'}}")
                        .config()
                        .upstream())
                .contains(new Upstream(host, port, Optional.empty()));
    }

    @Test
    void secretsAreReadFromWhereTheyAreKept() throws Exception {
        RelayConfig config = parse("""
                role: edge
                upstream: {url: 'http://10.0.0.1:8000', front_secret: {credential: front}}
                listeners: {front_secret: {file: front.txt}}
                """).config();

        assertThat(config.upstream().orElseThrow().frontSecret()).contains(new SecretSource.Credential("front"));
        assertThat(config.listeners().frontSecrets())
                .containsExactly(new SecretSource.InFile(Path.of("/etc/relay/front.txt")));
        assertThat(parse("listeners: {front_secret: generated}")
                        .config()
                        .listeners()
                        .frontSecrets())
                .containsExactly(new SecretSource.Generated("listeners.front"));
        assertThat(parse("{}").config().listeners().frontSecrets()).isEmpty();
    }

    @Test
    void theNextSecretOfTheFrontsStandsBesideTheOneInUse() throws Exception {
        assertThat(parse("listeners: {front_secret: {file: /a}, front_secret_next: {file: /b}}")
                        .config()
                        .listeners()
                        .frontSecrets())
                .containsExactly(new SecretSource.InFile(Path.of("/a")), new SecretSource.InFile(Path.of("/b")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "role: edge | upstream.url is missing here",
                "role: second | role must be one of primary, edge",
                "{role: edge, upstream: {url: 'http://h:8000/live'}} | upstream.url must end with the host or its port",
                "{role: edge, upstream: {url: 'https://h:8000'}} | upstream.url must be an address that begins with http://",
                "{role: edge, upstream: {url: 'http://u:p@h'}} | upstream.url must not hold a user name or a password",
                "{role: edge, upstream: {url: 'http://127.0.0.1:8000'}, listeners: {bind: 0.0.0.0}} | is the port of this edge itself",
                "{role: edge, upstream: {url: 'http://10.0.0.1', front_secret: generated}} | upstream.front_secret can't be generated",
                "{role: edge, upstream: {url: 'http://10.0.0.1', front_secret: hunter2}} | upstream.front_secret must not be written here",
                "listeners: {front_secret: hunter2} | listeners.front_secret must not be written here",
                "listeners: {front_secret_next: {file: /b}} | listeners.front_secret_next stands beside front_secret",
                "listeners: {front_secret: {file: /a}, front_secret_next: generated} | listeners.front_secret_next can't be generated",
            })
    void saysWhatIsWrong(String yaml, String problem) {
        assertThat(problems(yaml)).singleElement().asString().contains(problem).doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "inputs: []",
                "silence: {after: 5s}",
                "harbor: {port: 8005}",
                "icecast: {burst: 64KiB}",
                "source_route: {port: 8011}",
                "passwords: {source: generated}",
                "programs: {icecast: icecast2}",
                "programs: {liquidsoap: liquidsoap}",
                "memory: {icecast: 64MiB}",
                "memory: {liquidsoap: 400MiB}",
                "mounts: [{path: /live, listeners: icecast}]"
            })
    void whatAnEdgeHasNoUseForIsAProblem(String section) {
        assertThat(problems(EDGE + section)).singleElement().asString().contains("an edge");
    }

    @Test
    void portsThatAnEdgeDoesNotOpenAreFree() throws Exception {
        assertThat(parse(EDGE + "listeners: {port: 8010, limit: 5000}\nmetrics: {port: 8005}")
                        .warnings())
                .isEmpty();
    }

    @Test
    void aSecretThatOthersCanReadOnItsWayIsWarnedOf() throws Exception {
        String secret = "front_secret: {file: f}";

        assertThat(parse("{role: edge, upstream: {url: 'http://relay.example', " + secret + "}}")
                        .warnings())
                .singleElement()
                .asString()
                .contains("WireGuard");
        assertThat(parse("{role: edge, upstream: {url: 'http://10.0.0.1', " + secret + "}}")
                        .warnings())
                .isEmpty();
    }

    @Test
    void theUpstreamOfAPrimaryIsWarnedOf() throws Exception {
        Loaded loaded = parse("upstream: {url: 'http://10.0.0.1:8000'}");

        assertThat(loaded.config().isEdge()).isFalse();
        assertThat(loaded.warnings()).singleElement().asString().contains("write role: edge");
    }
}
