package org.relaysupervisor.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.admin.DrillWatch.Alert;
import org.relaysupervisor.admin.DrillWatch.Look;
import org.relaysupervisor.admin.DrillWatch.Sent;
import org.relaysupervisor.http.LocalWebServer;

@Timeout(60)
class AlertApisTest {
    private LocalWebServer server;

    @BeforeEach
    void start() throws IOException {
        server = new LocalWebServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void answer(String path, String text) {
        server.answer(path, 200, text);
    }

    private Optional<URI> here() {
        return AlertApis.address(server.address().toString());
    }

    @Test
    void joinsWhatBothSaySinceAlertmanagerHasExternalLabelsToo() throws IOException {
        answer("/api/v1/alerts", """
                {"status":"success","data":{"alerts":[
                  {"labels":{"alertname":"StreamDown","severity":"page","mount":"/live"},"state":"firing","value":"0"},
                  {"labels":{"alertname":"UploadLate","severity":"mail"},"state":"pending","value":"1"}]}}
                """);
        answer("/api/v2/alerts", """
                [{"labels":{"alertname":"StreamDown","severity":"page","mount":"/live","site":"a"},
                  "status":{"state":"active","inhibitedBy":[],"silencedBy":[]},"receivers":[{"name":"mail"},{"name":"hook"}]},
                 {"labels":{"alertname":"Old","site":"a"},
                  "status":{"state":"suppressed","inhibitedBy":["1"],"silencedBy":[]},"receivers":[{"name":"mail"}]}]
                """);
        answer("/metrics", """
                # TYPE alertmanager_notifications_total counter
                alertmanager_notifications_total{integration="email"} 1
                alertmanager_notifications_failed_total{integration="email",reason="other"} 0
                # TYPE alertmanager_notification_requests_total counter
                alertmanager_notification_requests_total{integration="email",receiver_name="a"} 2
                alertmanager_notification_requests_total{integration="email",receiver_name="b"} 3
                alertmanager_notification_requests_total{integration="webhook"} 1e+01
                alertmanager_notification_requests_failed_total{integration="email",receiver_name="a"} 2
                alertmanager_notification_requests_failed_total{integration="email",receiver_name="b"} 1
                """);

        Look look = new AlertApis(here(), here()).look();

        assertThat(look.alerts())
                .containsExactly(
                        new Alert("StreamDown{mount=\"/live\"}", true, true, false, Set.of("mail", "hook")),
                        new Alert("UploadLate", false, false, false, Set.of()),
                        new Alert("Old{site=\"a\"}", false, false, true, Set.of("mail")));
        assertThat(look.notifications()).hasValue(Map.of("email", new Sent(2, 3), "webhook", new Sent(10, 0)));
    }

    @Test
    void nothingIsAskedOfWhatIsNotWatched() throws IOException {
        Look look = new AlertApis(AlertApis.address("none"), AlertApis.address("none")).look();
        assertThat(look.alerts()).isEmpty();
        assertThat(look.notifications()).isEmpty();
    }

    @Test
    void whatCannotBeAskedIsToldWithWhatToDo() {
        assertThatIOException()
                .isThrownBy(() -> new AlertApis(here(), Optional.empty()).look())
                .withMessageContaining("HTTP status 404")
                .withMessageContaining("--prometheus");
        answer("/api/v1/alerts", "[]");
        assertThatIOException().isThrownBy(() -> new AlertApis(here(), Optional.empty()).look());
        answer("/api/v2/alerts", "not json");
        assertThatIOException().isThrownBy(() -> new AlertApis(Optional.empty(), here()).look());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:9090", "http://localhost:9093/alertmanager", "http://[::1]:9090/"})
    void addressesOfThisMachineAreTaken(String address) {
        assertThat(AlertApis.isOfThisMachine(address)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://10.0.0.1:9090",
                "http://127.0.0.1.example.org",
                "http://localhost.example.org:9090",
                "https://127.0.0.1:9090",
                "http://user:password@127.0.0.1:9090",
                "file:///etc/passwd",
                "127.0.0.1:9090",
                "none at all",
                ""
            })
    void othersAreNot(String address) {
        assertThat(AlertApis.isOfThisMachine(address)).isFalse();
    }
}
