package org.relaysupervisor.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.relaysupervisor.proxy.EdgeScene.STANDBY;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.relaysupervisor.proxy.ProxySettings.MountSettings;

@SuppressWarnings("StringConcatToTextBlock") // the line ends are the point
class PrimaryLinkTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final EdgeScene scene = new EdgeScene();

    @Test
    void asksForTheMountWithTheSecretAndTitles() {
        scene.play(EdgeScene.STEP);

        assertThat(Harness.sent(scene.connection()))
                .isEqualTo("GET /live HTTP/1.0\r\nHost: primary.test:8000\r\nUser-Agent: relay-supervisor-edge\r\n"
                        + "Icy-MetaData: 1\r\nX-Relay-Front: " + EdgeScene.SECRET + "\r\n\r\n");
        assertThat(scene.traffic().connected()).isFalse();
    }

    @Test
    void listenersHearThePrimaryFromItsBurstOn() {
        scene.next = 1_000;
        scene.connect();
        scene.play(SECOND);
        Hearer hearer = scene.listen();
        scene.play(SECOND.multipliedBy(5));

        assertThat(hearer.head()).contains("icy-name:Radio");
        Hearer.assertContiguous(hearer.numbers());
        assertThat(hearer.numbers().get(0)).isBetween(1_000 - EdgeScene.BURST, 1_000);
        assertThat(scene.traffic().connected()).isTrue();
        assertThat(scene.traffic().lag()).isLessThan(SECOND);
        assertThat(scene.harness.mounts.find("/live").traffic().sourceConnected())
                .isTrue();
    }

    @Test
    void withoutPrimaryAndStandbyAListenerIsToldToComeAgain() {
        scene.harness.connectsFail = true;
        scene.play(SECOND.multipliedBy(30));

        assertThat(scene.listen().head()).startsWith("HTTP/1.0 503 ");
        assertThat(scene.faults(PrimaryFault.CONNECT)).isBetween(6L, 12L);
        assertThat(scene.traffic().problem().orElseThrow()).contains("primary.test", "cannot be connected to: refused");
        assertThat(scene.traffic().lag()).isBetween(Duration.ofSeconds(29), Duration.ofSeconds(31));
    }

    @Test
    void theStandbyPlaysBeforeThePrimaryWasEverThere() {
        scene.harness.connectsFail = true;
        scene.standby();
        Hearer hearer = scene.listen();
        scene.play(SECOND.multipliedBy(40));

        assertThat(hearer.channel.isOpen()).isTrue();
        assertThat(hearer.numbers()).isNotEmpty().allMatch(number -> number >= STANDBY);
    }

    @Test
    void whenThePrimaryDiesTheStandbyPlaysAndThenThePrimaryAgain() {
        scene.standby();
        scene.connect();
        scene.play(SECOND.multipliedBy(10));
        Hearer hearer = scene.listen();
        Duration joined = scene.played;
        scene.close();
        scene.harness.connectsFail = true;
        scene.play(SECOND.multipliedBy(20));
        int before = hearer.numbers().size();

        assertThat(hearer.last()).isGreaterThanOrEqualTo(STANDBY);
        assertThat(scene.traffic().connected()).isFalse();
        assertThat(scene.faults(PrimaryFault.CLOSED)).isOne();

        scene.harness.connectsFail = false;
        int gone = scene.next;
        scene.connect();
        scene.play(SECOND.multipliedBy(5));

        assertThat(hearer.channel.isOpen()).isTrue();
        assertThat(hearer.last()).isBetween(scene.next - 30, scene.next);
        assertThat(hearer.numbers().subList(before, hearer.numbers().size()))
                .filteredOn(number -> number < STANDBY)
                .as("what was missed is not played late")
                .allMatch(number -> number >= gone - 1);
        assertPlayedInTime(hearer, joined);
        assertThat(scene.harness.meters.continuity().lost().values()).allMatch(lost -> lost == 0);
    }

    @Test
    void whileADrillCutsThePrimaryOffNothingIsDialledAndAfterwardsItIsAtOnce() {
        scene.standby();
        scene.connect();
        scene.play(SECOND.multipliedBy(10));
        Hearer hearer = scene.listen();
        scene.harness.mounts.forEachPrimary(primary -> primary.reachable(false));
        int dialled = scene.harness.dialled.size();
        scene.play(SECOND.multipliedBy(20));

        assertThat(hearer.last()).isGreaterThanOrEqualTo(STANDBY);
        assertThat(scene.traffic().connected()).isFalse();
        assertThat(scene.traffic().problem().orElseThrow()).contains("cut off by a drill");
        assertThat(scene.harness.dialled.size()).isEqualTo(dialled);

        scene.harness.mounts.forEachPrimary(primary -> primary.reachable(true));
        scene.connect();
        scene.play(SECOND.multipliedBy(5));

        assertThat(hearer.channel.isOpen()).isTrue();
        assertThat(hearer.last()).isLessThan(STANDBY);
        assertThat(scene.traffic().problem()).isEmpty();
    }

    @Test
    void anInterruptionThatPlayersDoNotNoticeIsFilledFromTheBurst() {
        scene.standby();
        scene.connect();
        scene.play(SECOND.multipliedBy(10));
        Hearer hearer = scene.listen();
        Duration joined = scene.played;
        for (int i = 0; i < 5; i++) {
            scene.close();
            scene.connect();
            scene.play(SECOND.multipliedBy(15));
        }

        List<Integer> numbers = hearer.numbers();
        assertThat(numbers).allMatch(number -> number < STANDBY);
        for (int i = 1; i < numbers.size(); i++) {
            assertThat(numbers.get(i) - numbers.get(i - 1))
                    .as("to %d", numbers.get(i))
                    .isBetween(-14, 16);
        }
        assertPlayedInTime(hearer, joined);
    }

    @Test
    void aPrimaryThatStallsIsLeftAndAskedAnew() {
        scene.standby();
        scene.connect();
        scene.play(SECOND.multipliedBy(3));
        Hearer hearer = scene.listen();
        EmbeddedChannel stalled = scene.connection();
        scene.cutOff(SECOND.multipliedBy(4));
        assertThat(hearer.last()).isGreaterThanOrEqualTo(STANDBY);
        assertThat(stalled.isOpen()).isTrue();
        scene.cutOff(SECOND.multipliedBy(3));

        assertThat(stalled.isOpen()).isFalse();
        assertThat(scene.faults(PrimaryFault.STALLED)).isOne();
        assertThat(scene.connection()).isNotSameAs(stalled);
        scene.accept();
        scene.play(SECOND.multipliedBy(3));
        assertThat(hearer.last()).isLessThan(STANDBY);
    }

    @Test
    void aPrimaryThatWakesInTimeIsNotPlayedLate() {
        scene.standby();
        scene.connect();
        scene.play(SECOND.multipliedBy(3));
        Hearer hearer = scene.listen();
        Duration joined = scene.played;
        EmbeddedChannel slow = scene.connection();
        int stopped = scene.next;
        scene.cutOff(SECOND.multipliedBy(4));
        slow.writeInbound(Unpooled.wrappedBuffer(Mp3.frames(stopped, scene.next)));
        for (int i = 0; i < 300; i++) {
            int from = scene.next;
            scene.play(EdgeScene.STEP);
            if (scene.next > from) {
                slow.writeInbound(Unpooled.wrappedBuffer(Mp3.frames(from, scene.next)));
            }
        }

        assertThat(scene.harness.dialled).hasSize(1);
        assertThat(hearer.last()).isBetween(scene.next - 30, scene.next);
        assertPlayedInTime(hearer, joined);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/1.0 302 Found~Location: http://evil.example/~~ | REDIRECT",
                "HTTP/1.0 401 Unauthorized~~ | FORBIDDEN",
                "HTTP/1.0 403 Forbidden~~ | FORBIDDEN",
                "HTTP/1.0 404 Not Found~~ | NOT_FOUND",
                "HTTP/1.0 500 Oops~~ | STATUS",
                "HTTP/1.0 200 OK~Content-Type: text/html~~<html> | CONTENT_TYPE",
                "HTTP/1.0 200 OK~Content-Type: audio/mpeg~icy-metaint: x~~ | BAD_ANSWER",
                "220 mail.example ESMTP~~ | BAD_ANSWER",
            })
    void aBadAnswerIsCountedToldAndDoesNoHarm(String answer, PrimaryFault fault) {
        scene.standby();
        Hearer hearer = scene.listen();
        scene.play(EdgeScene.STEP);
        EmbeddedChannel bad = scene.connection();
        Harness.send(bad, answer.replace("~", "\r\n"));
        scene.play(SECOND.multipliedBy(4));

        assertThat(bad.isOpen()).isFalse();
        assertThat(scene.faults(fault)).isOne();
        assertThat(scene.traffic().problem()).isPresent();
        assertThat(hearer.channel.isOpen()).isTrue();
        assertThat(hearer.last()).isGreaterThanOrEqualTo(STANDBY);
        assertThat(scene.harness.dialled).as("asked again").hasSize(2);
    }

    @Test
    void anEndlessHeadAndOneThatNeverComesAreGivenUp() {
        scene.play(EdgeScene.STEP);
        Harness.send(scene.connection(), "HTTP/1.0 200 OK\r\n" + "X: y\r\n".repeat(2_000));
        assertThat(scene.connection().isOpen()).isFalse();
        assertThat(scene.faults(PrimaryFault.BAD_ANSWER)).isOne();

        scene.play(SECOND);
        Harness.send(scene.connection(), "HTTP/1.0 200 OK\r\n");
        scene.play(SECOND.multipliedBy(6));
        assertThat(scene.faults(PrimaryFault.NO_ANSWER)).isOne();
    }

    @Test
    void whatIsNoAudioIsFoundOut() {
        scene.standby();
        scene.play(EdgeScene.STEP);
        Harness.send(scene.connection(), EdgeScene.OK + "<html>no audio</html>".repeat(20_000));

        assertThat(scene.connection().isOpen()).isFalse();
        assertThat(scene.faults(PrimaryFault.NO_AUDIO)).isOne();
    }

    @Test
    void aLittleOfItIsFoundOutWhenNothingFollows() {
        scene.standby();
        scene.play(EdgeScene.STEP);
        Harness.send(scene.connection(), EdgeScene.OK + "<html>no audio</html>".repeat(500));
        scene.play(SECOND.multipliedBy(6));

        assertThat(scene.faults(PrimaryFault.NO_AUDIO)).isOne();
    }

    @Test
    void aFileIsNoStream() {
        scene.standby();
        scene.play(EdgeScene.STEP);
        Harness.send(scene.connection(), EdgeScene.OK);
        for (int i = 0; i < 100 && scene.connection().isOpen(); i++) {
            scene.connection().writeInbound(Unpooled.wrappedBuffer(Mp3.frames(i * 100, i * 100 + 100)));
        }

        assertThat(scene.faults(PrimaryFault.TOO_FAST)).isOne();
    }

    @Test
    void titlesOfThePrimaryReachTheListeners() {
        scene.play(EdgeScene.STEP);
        EmbeddedChannel primary = scene.connection();
        Harness.send(primary, EdgeScene.OK.replace("icy-name", "icy-metaint:4170\r\nicy-name"));
        byte[] title = new byte[33];
        title[0] = 2;
        byte[] text = "StreamTitle='A - B';".getBytes(UTF_8);
        System.arraycopy(text, 0, title, 1, text.length);
        primary.writeInbound(Unpooled.wrappedBuffer(Mp3.frames(0, 10), title, Mp3.frames(10, 20), new byte[1]));
        primary.writeInbound(Unpooled.wrappedBuffer(Mp3.frames(20, 30)));
        Hearer hearer = scene.listen(Harness.STRANGER, FeedScene.WITH_TITLES);
        for (int i = 0; i < 20; i++) {
            primary.writeInbound(Unpooled.wrappedBuffer(new byte[1], Mp3.frames(30 + 10 * i, 40 + 10 * i)));
            scene.harness.pass(Duration.ofMillis(260));
        }

        assertThat(hearer.titles()).containsExactly("StreamTitle='A - B';");
        Hearer.assertContiguous(hearer.numbers());
        assertThat(scene.harness.feed().traffic().garbageBytes()).isZero();
    }

    @Test
    void anotherPrimaryTakesOverWithoutAListenerNoticing() {
        scene.standby();
        scene.connect();
        scene.play(SECOND.multipliedBy(10));
        Hearer hearer = scene.listen();
        EmbeddedChannel old = scene.connection();
        scene.harness.mounts.configure(Map.of(
                "/live",
                new MountSettings("audio/mpeg", true, Optional.of(new Primary("other.test", 80, Optional.empty())))));
        assertThat(old.isOpen()).isFalse();
        scene.connect();
        scene.play(SECOND.multipliedBy(5));

        assertThat(Harness.sent(scene.connection()))
                .contains("Host: other.test:80")
                .doesNotContain("X-Relay-Front");
        assertThat(hearer.channel.isOpen()).isTrue();
        assertThat(hearer.numbers()).allMatch(number -> number < STANDBY);
        assertThat(scene.traffic().reconnects().values()).allMatch(count -> count == 0);
    }

    @Test
    void aMountThatIsTakenOutIsNotFetchedAnyMore() {
        scene.connect();
        scene.harness.mounts.configure(Map.of());
        int dialled = scene.harness.dialled.size();
        scene.harness.pass(Duration.ofMinutes(1));

        assertThat(scene.connection().isOpen()).isFalse();
        assertThat(scene.harness.dialled).hasSize(dialled);
        assertThat(scene.harness.hasTurns()).isFalse();
    }

    @Test
    void whateverThePrimaryDoesNoListenerIsCutOff() {
        long seed = new Random().nextLong();
        for (int round = 0; round < 40; round++) {
            script(seed + round);
        }
    }

    private static void script(long seed) {
        Random random = new Random(seed);
        EdgeScene each = new EdgeScene();
        each.standby();
        Hearer first = each.listen();
        for (int event = 0; event < 60; event++) {
            int answered = each.harness.dialled.size();
            switch (random.nextInt(8)) {
                case 0 -> each.harness.connectsFail = random.nextBoolean();
                case 1 -> {
                    if (answered > 0) {
                        each.close();
                    }
                }
                case 2 -> {
                    if (answered > 0 && each.connection().isOpen()) {
                        byte[] noise = new byte[random.nextInt(2_000)];
                        random.nextBytes(noise);
                        each.connection().writeInbound(Unpooled.wrappedBuffer(noise));
                    }
                }
                case 3 -> {
                    if (answered > 0
                            && each.connection().isOpen()
                            && !each.traffic().connected()) {
                        each.accept();
                    }
                }
                case 4 -> each.listen();
                case 5 -> each.cutOff(Duration.ofMillis(random.nextInt(8_000)));
                default -> each.play(Duration.ofMillis(random.nextInt(4_000)));
            }
            assertThat(each.hearers).as("seed %dL", seed).allMatch(hearer -> hearer.channel.isOpen());
            assertThat(each.harness.dialled.stream()
                            .filter(EmbeddedChannel::isOpen)
                            .count())
                    .as("seed %dL: connections", seed)
                    .isLessThanOrEqualTo(1);
        }
        assertThat(first.audio().length * 8 / 128_000.0 - each.played.toMillis() / 1000.0)
                .as("seed %dL: seconds ahead of the clock after %s", seed, each.played)
                .isBetween(-8.0, 12.0);
    }

    /** Not less and not much more than the time, and the burst at the beginning. */
    private void assertPlayedInTime(Hearer hearer, Duration joined) {
        Duration time = scene.played.minus(joined);
        double seconds = hearer.numbers().size() * Mp3.FRAME.toNanos() / 1e9 - 4.1;
        assertThat(seconds).isBetween(time.toMillis() / 1000.0 - 3, time.toMillis() / 1000.0 + 2);
    }
}
