package org.relaysupervisor.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.http.HttpCall;
import org.relaysupervisor.http.HttpReply;
import org.relaysupervisor.status.Snapshots;

class MetricsPageTest {
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final MetricsPage page = new MetricsPage(new Metrics(Snapshots.onAir()::build));

    @Test
    void metricsAreTextUnlessAskedOtherwise() {
        HttpReply reply = page.handle(call("GET", "/metrics", Map.of()));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.contentType()).isEqualTo(TEXT);
        assertThat(body(reply)).contains("# TYPE relay_loop_tasks_total counter\nrelay_loop_tasks_total 7200.0\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                        + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,"
                        + "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;q=0.2",
                "Application/OpenMetrics-Text"
            })
    void prometheusGetsTheOpenMetricsItAsksFor(String accept) {
        HttpReply reply = page.handle(call("GET", "/metrics", Map.of("accept", accept)));

        assertThat(reply.contentType()).isEqualTo(OPENMETRICS);
        assertThat(body(reply))
                .contains("# TYPE relay_loop_tasks counter\n", "\nrelay_loop_tasks_total 7200.0\n")
                .endsWith("# EOF\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "text/html,application/xhtml+xml;q=0.9", "text/plain;version=0.0.4", ""})
    void whoDoesNotNameOpenMetricsGetsText(String accept) {
        assertThat(page.handle(call("GET", "/metrics", Map.of("accept", accept)))
                        .contentType())
                .isEqualTo(TEXT);
    }

    @Test
    void headIsAnsweredLikeGet() {
        HttpReply reply = page.handle(call("HEAD", "/metrics", Map.of()));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.contentType()).isEqualTo(TEXT);
        assertThat(body(reply)).contains("\nicecast_up 1.0\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/metrics/", "/admin", "/metrics.txt", "//metrics", ""})
    void anythingElseIsNotFound(String path) {
        assertThat(page.handle(call("GET", path, Map.of())).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "get"})
    void otherMethodsAreNotAllowed(String method) {
        HttpReply reply = page.handle(call(method, "/metrics", Map.of()));

        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.headers()).containsEntry("Allow", "GET, HEAD");
    }

    private static HttpCall call(String method, String path, Map<String, String> headers) {
        return new HttpCall(method, path, Map.of(), headers, new byte[0]);
    }

    private static String body(HttpReply reply) {
        return new String(reply.body(), UTF_8);
    }
}
