package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.proxy.ProxySettings.MountSettings;

class FrontTest {
    private static final String SECRET = "a-secret-of-the-fronts";
    private static final String PROVEN = "X-Relay-Front: " + SECRET + "\r\n";
    private static final String EDGE = "User-Agent: relay-supervisor-edge\r\n";

    private final Harness harness = new Harness(1, new MountSettings("audio/mpeg", false), List.of(new Secret(SECRET)));

    @ParameterizedTest
    @ValueSource(
            strings = {"GET /live", "HEAD /live", "OPTIONS /live", "GET /nothing", "GET /admin/stats", "POST /live"})
    void whoComesWithoutTheSecretLearnsNothing(String request) {
        String answer = harness.ask(Harness.STRANGER, request + " HTTP/1.1\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.0 403 Forbidden\r\n").doesNotContain("icy-", "/live");
        assertThat(harness.refused(Refusal.NOT_BY_FRONT)).isOne();
        assertThat(harness.icecast).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a-secret-of-the-front", "a-secret-of-the-frontsx", "A-SECRET-OF-THE-FRONTS"})
    void anotherSecretIsNone(String wrong) {
        assertThat(ask(Harness.STRANGER, "X-Relay-Front: " + wrong + "\r\n")).startsWith("HTTP/1.0 403 ");
    }

    @Test
    void theSecretLetsInAndGoesNoFurther() {
        ask(Harness.STRANGER, "x-relay-front: " + SECRET + "\r\nUser-Agent: player\r\n");

        assertThat(Harness.sent(harness.lastIcecast()))
                .contains("User-Agent: player")
                .doesNotContain(SECRET);
        assertThat(harness.accessLog).noneMatch(line -> line.contains(SECRET));
        assertThat(harness.refused(Refusal.NOT_BY_FRONT)).isZero();
    }

    @Test
    void whileTheSecretIsBeingChangedBothLetIn() {
        Harness changing = new Harness(
                2,
                new MountSettings("audio/mpeg", false),
                List.of(new Secret(SECRET), new Secret("the-next-secret-of-the-fronts")));

        changing.ask(Harness.STRANGER, "GET /live HTTP/1.0\r\n" + PROVEN + "\r\n");
        changing.ask(Harness.STRANGER, "GET /live HTTP/1.0\r\nX-Relay-Front: the-next-secret-of-the-fronts\r\n\r\n");
        String neither = changing.ask(Harness.STRANGER, "GET /live HTTP/1.0\r\nX-Relay-Front: another\r\n\r\n");

        assertThat(changing.icecast).hasSize(2);
        assertThat(neither).startsWith("HTTP/1.0 403 ");
    }

    @Test
    void whoIsOnThisMachineMayLook() {
        ask(Harness.LOCAL, "");

        assertThat(harness.icecast).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"X-Forwarded-For: 203.0.113.9", "Forwarded: for=203.0.113.9", "X-Real-IP: x", "Via: 1.1 nginx"})
    void aFrontOnThisMachineNeedsItToo(String header) {
        assertThat(ask(Harness.LOCAL, header + "\r\n")).startsWith("HTTP/1.0 403 ");
        assertThat(ask(Harness.FRONT, "")).startsWith("HTTP/1.0 403 ");
    }

    @Test
    void anEdgeThatKnowsTheSecretTakesNoListenersPlace() {
        ask(Harness.STRANGER, PROVEN);
        assertThat(ask(Harness.STRANGER, PROVEN)).startsWith("HTTP/1.0 503 ");
        ask(Harness.STRANGER, EDGE + PROVEN);

        assertThat(harness.icecast).hasSize(2);
        assertThat(harness.mounts.find("/live").traffic().connected())
                .containsEntry(Role.EDGE, 1)
                .containsEntry(Role.LISTENER, 1);
    }

    @Test
    void whereThereIsNoSecretAnEdgeIsAListener() {
        Harness open = new Harness(1);
        open.ask(Harness.STRANGER, "GET /live HTTP/1.0\r\n" + EDGE + PROVEN + "\r\n");

        assertThat(open.mounts.find("/live").traffic().connected()).containsEntry(Role.LISTENER, 1);
    }

    private String ask(InetAddress from, String headers) {
        return harness.ask(from, "GET /live HTTP/1.0\r\n" + headers + "\r\n");
    }
}
