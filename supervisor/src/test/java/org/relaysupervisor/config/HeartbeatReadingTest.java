package org.relaysupervisor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.relaysupervisor.config.Texts.parse;
import static org.relaysupervisor.config.Texts.problems;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.config.RelayConfig.Heartbeat;
import org.relaysupervisor.config.RelayConfig.HeartbeatUrl;
import org.relaysupervisor.config.RelayConfig.SecretHeartbeatUrl;

class HeartbeatReadingTest {
    @Test
    void thereIsNoneByDefault() throws Exception {
        assertThat(parse("{}").config().heartbeat()).isEmpty();
        assertThat(parse("heartbeat: {}").config().heartbeat()).isEmpty();
    }

    @Test
    void anAddressStandsInTheFileOrElsewhere() throws Exception {
        assertThat(parse("heartbeat: {url: 'https://watch.example/1', every: 30s}")
                        .config()
                        .heartbeat())
                .hasValue(
                        new Heartbeat(new HeartbeatUrl(URI.create("https://watch.example/1")), Duration.ofSeconds(30)));
        assertThat(parse("heartbeat: {url: {credential: beat}}").config().heartbeat())
                .hasValue(new Heartbeat(
                        new SecretHeartbeatUrl(new SecretSource.Credential("beat")), Duration.ofMinutes(1)));
    }

    @Test
    void mistakesAreToldWithTheirPlace() {
        assertThat(problems("heartbeat: {every: 1m}"))
                .singleElement()
                .asString()
                .contains("heartbeat.url is missing");
        assertThat(problems("heartbeat: {url: 'ftp://watch.example/1'}"))
                .singleElement()
                .asString()
                .contains("http://");
        assertThat(problems("heartbeat: {url: 'https://watch.example/1', every: 1s}"))
                .singleElement()
                .asString()
                .contains("10s");
        assertThat(problems("heartbeat: {url: {secret: hunter2}}"))
                .singleElement()
                .asString()
                .doesNotContain("hunter2");
    }
}
