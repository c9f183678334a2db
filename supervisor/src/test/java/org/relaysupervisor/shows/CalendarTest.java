package org.relaysupervisor.shows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.relaysupervisor.shows.Ics.calendar;
import static org.relaysupervisor.shows.Ics.event;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The calendar as it is followed: from a file, and from a real web server. */
class CalendarTest {
    private static final String ON_UNTIL_ONE = calendar(event(
            "SUMMARY:Calendar",
            "DTSTART:20261124T110000Z",
            "DTEND:20261124T130000Z",
            "RRULE:FREQ=DAILY",
            "CATEGORIES:Talk"));
    private static final String AT_ADDRESS = """
            profiles: [{name: talk}]
            shows:
              time_zone: UTC
              weekly: [{name: Weekly, start: '10:00', end: '14:00'}]
              calendar: {url: {file: /nowhere}, refresh: 5m, stale_after: 1h}
            """;

    @TempDir
    private Path state;

    private final List<LogRecord> logged = new CopyOnWriteArrayList<>();
    private final Logger log = Logger.getLogger("org.relaysupervisor.shows");
    private final Handler collector = new Handler() {
        @Override
        public void publish(LogRecord record) {
            logged.add(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    private Scene scene;
    private CalendarServer server;

    @BeforeEach
    void open() throws Exception {
        scene = new Scene(state, "2026-11-24T12:00:00Z");
        server = new CalendarServer();
        log.addHandler(collector);
    }

    @AfterEach
    void close() {
        log.removeHandler(collector);
        scene.shows.close();
        server.close();
        assertThat(logged)
                .noneMatch(record -> String.valueOf(record.getMessage()).contains("hunter2"));
    }

    private String atFile() {
        return "shows: {time_zone: UTC, weekly: [{name: Weekly, start: '10:00', end: '14:00'}], calendar: {file: "
                + state.resolve("a.ics") + ", refresh: 5m, stale_after: 1h}}";
    }

    /** Of this test: others, which log beside it, are on other threads. */
    private List<String> warnings() {
        return logged.stream()
                .filter(record ->
                        record.getLongThreadID() == Thread.currentThread().getId())
                .filter(record -> record.getLevel().equals(Level.WARNING))
                .map(LogRecord::getMessage)
                .toList();
    }

    @Test
    void aFileIsReadAgainAndAgain() throws Exception {
        scene.file("a.ics", ON_UNTIL_ONE);
        scene.use(atFile());
        assertThat(scene.on()).isEqualTo("Calendar");
        assertThat(scene.calendar().readable()).isTrue();
        assertThat(scene.calendar().lastRead()).contains(Instant.parse("2026-11-24T12:00:00Z"));
        assertThat(scene.calendar().events()).isEqualTo(1);
        assertThat(scene.calendar().problems()).isEmpty();
        scene.file("a.ics", ON_UNTIL_ONE.replace("Calendar\r", "Other\r"));
        scene.advance(Duration.ofMinutes(5));
        assertThat(scene.on()).isEqualTo("Other");
        assertThat(warnings()).isEmpty();
    }

    @Test
    void theCalendarGoesBeforeTheWeeklyTimesAndTheOperatorBeforeBoth() throws Exception {
        scene.file("a.ics", ON_UNTIL_ONE);
        scene.use(atFile());
        scene.shows.start("Operator", Optional.empty(), Set.of(), Optional.of(Duration.ofMinutes(30)));
        assertThat(scene.on()).isEqualTo("Operator");
        scene.advance(Duration.ofMinutes(30));
        assertThat(scene.on()).isEqualTo("Calendar");
        scene.advance(Duration.ofMinutes(30));
        assertThat(scene.on()).isEqualTo("Weekly");
        assertThat(scene.heard).containsExactly("Weekly", "Calendar", "Operator", "Calendar", "Weekly");
    }

    @Test
    void aCalendarThatWasNeverReadIsUnknownUnlessOthersSayThatAShowIsOn() throws Exception {
        scene.use(atFile());
        assertThat(scene.shows.snapshot().known()).isTrue();
        assertThat(scene.on()).isEqualTo("Weekly");
        scene.advanceTo("2026-11-24T15:00:00Z");
        assertThat(scene.on()).isEqualTo("-");
        assertThat(scene.shows.snapshot().known()).isFalse();
        assertThat(scene.calendar().readable()).isFalse();
        assertThat(scene.calendar().lastRead()).isEmpty();
        assertThat(scene.calendar().problems())
                .containsExactly("calendar " + state.resolve("a.ics") + ": there is no such file");
        assertThat(warnings()).hasSize(1);
        assertThat(scene.calendar().failures()).isGreaterThan(30);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "garbage", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"})
    void aReadingThatFailsKeepsTheLastGoodCalendarAndIsLoud(String bad) throws Exception {
        scene.file("a.ics", ON_UNTIL_ONE);
        scene.use(atFile());
        scene.file("a.ics", bad);
        scene.advance(Duration.ofMinutes(6));
        assertThat(scene.on()).isEqualTo("Calendar");
        assertThat(scene.shows.snapshot().known()).isTrue();
        assertThat(scene.calendar().readable()).isFalse();
        assertThat(scene.calendar().stale()).isFalse();
        assertThat(scene.calendar().problems()).hasSize(1);
        scene.advance(Duration.ofMinutes(59));
        assertThat(scene.calendar().stale()).isTrue();
        assertThat(scene.calendar().age()).contains(Duration.ofMinutes(65));
        assertThat(warnings()).hasSize(2).last().asString().startsWith("the calendar is stale");
        scene.loop.stall(Duration.ofDays(10).minusMinutes(65));
        scene.advance(Duration.ofMinutes(10));
        assertThat(scene.on()).as("recurs long after").isEqualTo("Calendar");
        scene.file("a.ics", ON_UNTIL_ONE);
        scene.advance(Duration.ofMinutes(6));
        assertThat(scene.calendar().readable()).isTrue();
        assertThat(scene.calendar().stale()).isFalse();
    }

    @Test
    void whatALateWorkerHasNotWrittenOutIsUnknown() throws Exception {
        scene.file("a.ics", ON_UNTIL_ONE);
        scene.use(atFile());
        scene.loop.stall(Duration.ofDays(20).plusHours(3));
        assertThat(scene.on()).isEqualTo("-");
        assertThat(scene.shows.snapshot().known()).isFalse();
        scene.settle();
        assertThat(scene.shows.snapshot().known()).isTrue();
    }

    @Test
    void aRestartKnowsTheLastCalendarAndItsAge() throws Exception {
        scene.file("a.ics", ON_UNTIL_ONE);
        scene.use(atFile());
        Files.delete(state.resolve("a.ics"));
        scene.advance(Duration.ofMinutes(30));
        scene.restart();
        scene.use(atFile());
        assertThat(scene.on()).isEqualTo("Calendar");
        assertThat(scene.calendar().readable()).isFalse();
        assertThat(scene.calendar().lastRead()).contains(Instant.parse("2026-11-24T12:00:00Z"));
        assertThat(scene.calendar().age()).contains(Duration.ofMinutes(30));
        scene.advance(Duration.ofMinutes(31));
        assertThat(scene.calendar().stale()).isTrue();
    }

    @Test
    void theCopyOfAnotherCalendarIsNotUsed() throws Exception {
        scene.file("a.ics", ON_UNTIL_ONE);
        scene.use(atFile());
        scene.restart();
        scene.use(atFile().replace("a.ics", "b.ics"));
        assertThat(scene.on()).isEqualTo("Weekly");
        scene.use(atFile());
        assertThat(scene.on()).isEqualTo("Calendar");
        scene.use(atFile().replace("a.ics", "b.ics"));
        assertThat(scene.on()).isEqualTo("Weekly");
    }

    @Test
    void aReloadThatLeavesTheCalendarAloneEndsNoShowAndGivesItItsProfileAtOnce() throws Exception {
        scene.file("a.ics", ON_UNTIL_ONE);
        scene.use(atFile());
        scene.heard.clear();
        scene.shows.use(Scene.config("profiles: [{name: talk}]\n" + atFile()), Optional.empty());
        assertThat(scene.on()).isEqualTo("Calendar");
        scene.settle();
        assertThat(scene.shows.snapshot().current().orElseThrow().profile()).contains("talk");
        assertThat(scene.heard).containsExactly("Calendar");
        scene.use("shows: {time_zone: UTC}");
        assertThat(scene.on()).isEqualTo("-");
        assertThat(scene.shows.snapshot().calendar()).isEmpty();
    }

    @Test
    void aDamagedCopyIsReportedAndNotUsed() throws Exception {
        scene.file("a.ics", ON_UNTIL_ONE);
        scene.use(atFile());
        Files.delete(state.resolve("a.ics"));
        Path copy = state.resolve("shows/calendar");
        byte[] whole = Files.readAllBytes(copy);
        for (int length = 0; length < whole.length - 2; length += 11) {
            Files.write(copy, Arrays.copyOf(whole, length));
            scene.restart();
            scene.use(atFile());
            assertThat(scene.on()).as("cut to %d bytes", length).isEqualTo("Weekly");
        }
        assertThat(Files.getPosixFilePermissions(copy)).hasSize(2);
    }

    @Test
    void partlyBrokenIsUsedAndTold() throws Exception {
        scene.file(
                "a.ics",
                ON_UNTIL_ONE.replace("END:VCALENDAR", event("SUMMARY:bad", "DTSTART:x") + "\r\nEND:VCALENDAR"));
        scene.use(atFile());
        assertThat(scene.on()).isEqualTo("Calendar");
        assertThat(scene.calendar().readable()).isTrue();
        assertThat(scene.calendar().problems())
                .containsExactly("calendar: event \"bad\" has a DTSTART that can't be understood");
        scene.advance(Duration.ofHours(1));
        assertThat(warnings()).hasSize(1);
    }

    @Test
    void anAddressIsReadAndAskedForChangesOnly() throws Exception {
        server.answers(exchange -> {
            exchange.getResponseHeaders().add("ETag", "\"v1\"");
            boolean known = "\"v1\"".equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
            CalendarServer.send(exchange, known ? 304 : 200, known ? "" : ON_UNTIL_ONE);
        });
        scene.use(AT_ADDRESS, server.address());
        scene.await(() -> scene.on().equals("Calendar"));
        scene.advanceToNextReading();
        scene.await(() -> scene.calendar().lastRead().equals(Optional.of(Instant.parse("2026-11-24T12:05:00Z"))));
        assertThat(scene.on()).isEqualTo("Calendar");
        assertThat(scene.calendar().failures()).isZero();
        scene.restart();
        scene.use(AT_ADDRESS, server.address());
        scene.await(() -> server.conditions.size() == 3 && scene.calendar().readable());
        assertThat(server.conditions).containsExactly("null", "\"v1\"", "\"v1\"");
    }

    @Test
    void aRedirectIsFollowedAndACircleIsNot() throws Exception {
        server.answers(exchange -> {
            boolean moved = exchange.getRequestURI().getPath().equals("/moved");
            exchange.getResponseHeaders().add("Location", "/moved");
            CalendarServer.send(exchange, moved ? 200 : 302, moved ? ON_UNTIL_ONE : "");
        });
        scene.use(AT_ADDRESS, server.address());
        scene.await(() -> scene.on().equals("Calendar"));
        server.answers(exchange -> {
            exchange.getResponseHeaders()
                    .add("Location", exchange.getRequestURI().toString());
            CalendarServer.send(exchange, 302, "");
        });
        scene.advanceToNextReading();
        failsWith("the server answers with HTTP status 302: it redirects too often, or from https:// to http://");
        assertThat(server.conditions.size()).isLessThan(12);
    }

    @Test
    void whatTheServerSaysIsExplained() throws Exception {
        server.answers(404, "no");
        scene.use(AT_ADDRESS, server.address());
        failsWith("the server answers with HTTP status 404: there is no calendar at this address, or no longer");
        server.answers(403, "no");
        scene.advanceToNextReading();
        failsWith("the server answers with HTTP status 403: the address is not, or no longer, open to whoever has it");
        server.answers(200, "<!DOCTYPE html><html>Sign in</html>");
        scene.advanceToNextReading();
        failsWith("it is a web page, not a calendar; the address must be the one for subscribing (iCal, .ics)");
        server.answers(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(new byte[] {'B', (byte) 0xFF, (byte) 0xFE});
        });
        scene.advanceToNextReading();
        failsWith("it is not text in UTF-8, as an iCalendar file is");
        server.answers(200, ON_UNTIL_ONE);
        scene.advanceToNextReading();
        scene.await(() -> scene.calendar().readable());
        assertThat(scene.on()).isEqualTo("Calendar");
        server.close();
        scene.advanceToNextReading();
        failsWith("its host refuses the connection");
        assertThat(scene.on()).isEqualTo("Calendar");
        assertThat(warnings()).hasSize(5).allMatch(warning -> warning.contains("calendar 127.0.0.1: "));
    }

    @Test
    void aHugeAnswerIsCutOff() throws Exception {
        server.answers(exchange -> pour(exchange.getResponseBody(), exchange));
        scene.use(AT_ADDRESS, server.address());
        failsWith("it is larger than 1 MiB; remove old events, or export a shorter time");
    }

    private static void pour(OutputStream out, HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        byte[] block = "x".repeat(65536).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 100_000; i++) {
            out.write(block);
        }
    }

    @Test
    void aServerThatNeverAnswersIsLeftAfterHalfAMinute() throws Exception {
        server.answers(200, ON_UNTIL_ONE);
        scene.use(AT_ADDRESS, server.address());
        scene.await(() -> scene.on().equals("Calendar"));
        server.answers(exchange -> server.closing.await());
        scene.advanceToNextReading();
        scene.await(() -> server.conditions.size() == 2);
        scene.loop.advance(Duration.ofSeconds(30));
        failsWith("it has not come within 30 s");
        assertThat(scene.on()).isEqualTo("Calendar");
        server.answers(200, ON_UNTIL_ONE);
        scene.loop.advance(Duration.ofSeconds(61));
        scene.await(() -> scene.calendar().readable());
    }

    @Test
    void aServerThatTricklesIsLeftAfterHalfAMinuteToo() throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        server.answers(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try {
                while (!server.closing.await(5, TimeUnit.MILLISECONDS)) {
                    exchange.getResponseBody().write('B');
                    exchange.getResponseBody().flush();
                }
            } catch (IOException gone) {
                left.countDown();
            }
        });
        scene.use(AT_ADDRESS, server.address());
        scene.await(() -> server.conditions.size() == 1);
        scene.loop.advance(Duration.ofSeconds(30));
        failsWith("it has not come within 30 s");
        scene.await(() -> left.getCount() == 0);
    }

    @Test
    void anAddressThatIsNoneIsToldWithoutRepeatingIt() throws Exception {
        for (String address : List.of(
                "hunter2",
                "webcal://hunter2.example/a.ics",
                "https://u:hunter2@a/",
                "http:///hunter2",
                "http://h unter2/")) {
            scene.use(AT_ADDRESS, address);
            scene.settle();
            assertThat(scene.calendar().readable()).isFalse();
            assertThat(scene.calendar().problems())
                    .singleElement()
                    .asString()
                    .startsWith("calendar: what is kept as its address is none that begins with https://")
                    .doesNotContain("hunter2");
        }
        scene.use(AT_ADDRESS);
        assertThat(scene.calendar().problems())
                .containsExactly("calendar: its address can't be had from the place in shows.calendar.url");
    }

    @Test
    void anAddressThatNoRequestCanBeMadeForIsToldWithoutRepeatingIt() throws Exception {
        scene.use(AT_ADDRESS, "http://127.0.0.1:99999/hunter2");
        scene.settle();
        assertThat(scene.calendar().readable()).isFalse();
        assertThat(scene.calendar().problems()).singleElement().asString().doesNotContain("hunter2");
    }

    private void failsWith(String reason) {
        String problem = "calendar 127.0.0.1: " + reason;
        scene.await(() -> scene.calendar().problems().contains(problem));
        assertThat(scene.calendar().readable()).isFalse();
    }
}
