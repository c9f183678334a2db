package org.relaysupervisor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.relaysupervisor.config.Texts.parse;
import static org.relaysupervisor.config.Texts.problems;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.config.RelayConfig.Front;
import org.relaysupervisor.config.RelayConfig.Origin;

class FrontReadingTest {
    private static final String AT_A_FRONT = "listeners: {public_url: 'https://radio.example'}\n";

    @Test
    void thereIsNoneByDefault() throws Exception {
        assertThat(parse("{}").config().front()).isEqualTo(new Front(Optional.empty(), List.of()));
        assertThat(parse("front: {origins: []}").config().front().origins()).isEmpty();
    }

    @Test
    void anOriginIsThisMachineOrAnotherOrAPageAboutOne() throws Exception {
        Front front = parse(
                        AT_A_FRONT
                                + "front: {hls: 'https://cdn.example/live.m3u8', origins: [{name: a}, {name: b, url: 'http://10.0.0.2:8000'},"
                                + " {name: c, url: 'https://c.example/'}, {name: d, url: 'https://radio.example/health/origin/d'}]}")
                .config()
                .front();

        assertThat(front.hls()).contains(URI.create("https://cdn.example/live.m3u8"));
        assertThat(front.origins()).extracting(Origin::name).containsExactly("a", "b", "c", "d");
        assertThat(front.origins()).extracting(Origin::hasPage).containsExactly(false, false, false, true);
        assertThat(front.origins().get(0).url()).isEmpty();
    }

    @Test
    void mistakesAreToldWithTheirPlace() {
        assertThat(problems("front: {origins: [{name: a}]}"))
                .singleElement()
                .asString()
                .contains("front.origins are behind a front", "listeners.public_url is missing");
        assertThat(problems(AT_A_FRONT + "front: {origins: [{name: a}, {name: b}]}"))
                .singleElement()
                .asString()
                .contains("front.origins.url is missing");
        assertThat(problems(AT_A_FRONT + "front: {origins: [{name: a}, {name: a, url: 'http://b'}]}"))
                .singleElement()
                .asString()
                .contains("front.origins.name must be unique");
        assertThat(problems(AT_A_FRONT + "front: {origins: [{url: 'ftp://b'}]}"))
                .hasSize(2);
        assertThat(problems("front: {hls: live.m3u8}"))
                .singleElement()
                .asString()
                .contains("front.hls must be an address");
        String many = IntStream.range(0, 17)
                .mapToObj(i -> "{name: a" + i + ", url: 'http://a" + i + "'}")
                .collect(Collectors.joining(", "));
        assertThat(problems(AT_A_FRONT + "front: {origins: [" + many + "]}"))
                .singleElement()
                .asString()
                .contains("must not be more than 16");
    }

    @Test
    void anOriginThatMayAskForASecretIsWarnedOf() throws Exception {
        String secret = "listeners: {public_url: 'https://radio.example', front_secret: {credential: front}}\n";
        assertThat(parse(secret + "front: {origins: [{name: a}, {name: b, url: 'http://10.0.0.2:8000'}]}")
                        .warnings())
                .singleElement()
                .asString()
                .contains("front.origins.url is asked without listeners.front_secret");
        assertThat(parse(
                                secret
                                        + "front: {origins: [{name: a}, {name: b, url: 'https://radio.example/health/origin/b'}]}")
                        .warnings())
                .isEmpty();
    }
}
