package org.relaysupervisor.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.relaysupervisor.http.HttpReply;
import org.relaysupervisor.http.HttpServer;

/** The page at its fullest, in a real browser: six hours of history, and what no station should have. */
@Timeout(60)
@TestInstance(Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
class PageLooksIT {
    private Visitor visitor;

    @BeforeAll
    void come() throws Exception {
        visitor = Visitor.come();
    }

    @AfterAll
    void leave() throws IOException {
        visitor.close();
    }

    static Stream<Scenes> scenes() {
        return Stream.of(Scenes.well(), Scenes.silent(), Scenes.off(), Scenes.drill(), Scenes.hostile());
    }

    @ParameterizedTest
    @MethodSource("scenes")
    void fitsAndCanBeReadInLightAndDarkOnAScreenAndOnAPhone(Scenes scene) throws Exception {
        try (HttpServer server = open(scene)) {
            visit(server);

            visitor.looks(scene.name);

            Map<String, Object> page = visitor.read();
            assertThat((Integer) page.get("curves")).isGreaterThanOrEqualTo(6);
            assertThat(page.get("elements")).as("text that became markup").isEqualTo(0);
            assertThat((String) page.get("title")).doesNotContain("\u202e").isNotEqualTo("broken");
            assertThat(visitor.complaints()).isEmpty();
        }
    }

    @Test
    void whatIsBrokenOnPurposeIsSaidToBe() throws Exception {
        try (HttpServer server = open(Scenes.drill())) {
            visit(server);

            Map<String, Object> page = visitor.read();

            assertThat((String) page.get("drill")).startsWith("A drill, for ").contains("liquidsoap is stopped");
            assertThat((String) page.get("verdict")).startsWith("A drill: stream");
            assertThat(visitor.answer("up")).startsWith("bad: ");
        }
    }

    @Test
    void theFiveAnswersFitAPhonesScreen() throws Exception {
        try (HttpServer server = open(Scenes.well())) {
            visit(server);

            Map<?, ?> seen = (Map<?, ?>) visitor.ask("picture phone light phone");

            assertThat((Integer) seen.get("answersEnd")).isLessThanOrEqualTo(844);
        }
    }

    @Test
    void curvesCanBeReadWithTheKeyboard() throws Exception {
        try (HttpServer server = open(Scenes.well())) {
            visit(server);

            List<?> said = visitor.keys(2);

            assertThat((List<?>) said.get(0)).first().isEqualTo("slider");
            assertThat((String) ((List<?>) said.get(0)).get(1)).startsWith("Loudness ");
            assertThat((String) ((List<?>) said.get(1)).get(1)).matches("\\d\\d:\\d\\d: .* LUFS");
        }
    }

    private static HttpServer open(Scenes scene) throws IOException {
        return HttpServer.open(
                "page",
                new InetSocketAddress("127.0.0.1", 0),
                new StationPage(scene::now, scene.history, call -> HttpReply.text(404, "nothing\n")));
    }

    private void visit(HttpServer server) throws IOException {
        visitor.open(server.port());
        await().untilAsserted(() -> assertThat(visitor.read())
                .satisfies(page -> assertThat((Integer) page.get("curves")).isPositive()));
    }
}
