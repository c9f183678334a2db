package org.relaysupervisor.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.frames.AudioFormat;
import org.relaysupervisor.frames.Frame;
import org.relaysupervisor.proxy.ProxySnapshot.Loss;
import org.relaysupervisor.proxy.ProxySnapshot.Tap;

@SuppressWarnings("FutureReturnValueIgnored") // embedded channels do everything at once
class FeedTapTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration FEED_TURN = FeedLimits.DEFAULTS.interval().dividedBy(2);

    private final FeedScene scene = new FeedScene();

    @AfterEach
    void nothingWentWrong() {
        assertThat(scene.errors()).isZero();
    }

    @Test
    void aDecoderBeginsAtTheNewestFrameAndHasEachAsSoonAsItIsRead() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer decoder = scene.decoder();
        assertThat(decoder.head()).startsWith("HTTP/1.0 200 OK\r\n").contains("Content-Type: audio/mpeg\r\n");
        assertThat(decoder.numbers()).containsExactly(scene.next - 1);

        for (int i = 0; i < 500; i++) {
            scene.play(FeedScene.STEP);
            assertThat(decoder.last()).isEqualTo(scene.next - 1);
        }
        Hearer.assertContiguous(decoder.numbers());
        assertThat(tap()).isEqualTo(new Tap(1, 0, 0, 0));
        assertThat(scene.traffic().sentBytes()).containsEntry(Role.DECODER, (long) decoder.audio().length);
    }

    @Test
    void aDecoderWhoComesBeforeTheFirstFrameHasTheHeadAtOnce() {
        scene.begin();
        Hearer decoder = scene.decoder();
        assertThat(decoder.head()).endsWith("\r\n\r\n");
        scene.play(SECOND);

        assertThat(decoder.numbers()).startsWith(0, 1, 2);
        assertThat(tap()).isEqualTo(new Tap(1, 0, 0, 0));
    }

    @Test
    void aDecoderIsNoListener() {
        scene.begin();
        scene.play(SECOND);
        scene.decoder();
        assertThat(scene.traffic().connected()).containsEntry(Role.DECODER, 1).containsEntry(Role.LISTENER, 0);
        assertThat(scene.feed().traffic().listeners()).isZero();
        scene.harness.lastIcecast().close();
        scene.icecastAvailable(false);
        scene.play(Duration.ofSeconds(29));
        assertThat(scene.feed().isOn()).isTrue();
        for (int i = 0; i < 160 && scene.source.isOpen(); i++) {
            scene.play(FeedScene.STEP);
        }

        assertThat(scene.feed().isOn())
                .as("for a decoder alone no feed goes on")
                .isFalse();
        assertThat(scene.continuity().survivals().values()).containsOnly(0L);
        assertThat(scene.continuity().lost().values()).containsOnly(0L);
        assertThat(scene.traffic().connected()).containsEntry(Role.DECODER, 0);
    }

    @Test
    void titlesAreNothingToADecoder() {
        scene.begin();
        scene.play(SECOND);
        Hearer decoder =
                scene.listen(Harness.LOCAL, FeedScene.DECODER.replace("\r\n\r\n", "\r\nIcy-MetaData: 1\r\n\r\n"));
        Harness.send(scene.harness.source(), Exchanges.TITLE_UPDATE);
        scene.play(Duration.ofSeconds(3));

        assertThat(decoder.head()).doesNotContain("metaint");
        Hearer.assertContiguous(decoder.numbers());
    }

    @Test
    void aDecoderThatStopsMissesAllThatIsOlderThanTheNewestFrame() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer decoder = scene.decoder();
        scene.play(SECOND);
        int heard = decoder.last();
        decoder.stall(true);
        scene.play(Duration.ofMillis(1900));
        assertThat(tap()).as("it may be late by so much").isEqualTo(new Tap(1, 0, 0, 0));
        scene.play(Duration.ofSeconds(1));
        assertThat(tap().moves()).isOne();
        assertThat(tap().droppedFrames()).as("counted while it lasts").isBetween(100L, (long) scene.next - heard);
        scene.play(Duration.ofSeconds(40));
        long held = scene.feed().ring().heldBytes();
        decoder.stall(false);
        scene.play(SECOND);

        List<Integer> numbers = decoder.numbers();
        int again = numbers.get(numbers.indexOf(heard) + 1);
        Hearer.assertContiguous(numbers.subList(numbers.indexOf(again), numbers.size()));
        Hearer.assertContiguous(numbers.subList(0, numbers.indexOf(again)));
        long missed = again - heard - 1L;
        assertThat(tap()).isEqualTo(new Tap(1, 1, missed, missed * Mp3.LENGTH));
        assertThat(missed * Mp3.FRAME.toNanos())
                .isGreaterThan(Duration.ofSeconds(42).toNanos());
        assertThat(decoder.last()).isEqualTo(scene.next - 1);
        assertThat(held).as("memory is held for nobody").isLessThan((4 << 20) / 4);
        assertThat(scene.continuity().moved()).as("that is for listeners").isZero();
        assertThat(scene.harness.refused(Refusal.SLOW)).isZero();
    }

    /** Every frame since it came, up to the newest, and nothing was dropped. */
    private void assertHeardWhole(Hearer decoder) {
        Hearer.assertContiguous(decoder.numbers());
        assertThat(decoder.last()).isEqualTo(scene.next - 1);
        assertThat(tap()).isEqualTo(new Tap(1, 0, 0, 0));
    }

    @Test
    void aShortStopLosesNothing() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer decoder = scene.decoder();
        for (int i = 0; i < 5; i++) {
            decoder.stall(true);
            scene.play(Duration.ofMillis(1900));
            decoder.stall(false);
            scene.play(SECOND);
        }

        assertHeardWhole(decoder);
    }

    @Test
    void whatALateSourceSendsAtOnceIsHeardWhole() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer decoder = scene.decoder();
        scene.pass(Duration.ofSeconds(8));
        scene.sendFrames(300);
        assertThat(decoder.last()).isEqualTo(scene.next - 1);
        scene.pass(Duration.ofSeconds(5));
        // This time it is busy with it for a while.
        decoder.stall(true);
        scene.sendFrames(200);
        scene.play(Duration.ofMillis(1500));
        decoder.stall(false);
        scene.play(SECOND);

        assertHeardWhole(decoder);
    }

    @Test
    void aSourceThatIsFasterThanTheRingReachesCostsFramesThatAreCounted() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer decoder = scene.decoder();
        int before = decoder.last();
        scene.sendFrames(2000);

        assertThat(scene.feed().ring().heldNanos()).isLessThan(2000 * Mp3.FRAME.toNanos());
        assertThat(decoder.numbers()).containsExactly(before, scene.next - 1);
        assertThat(tap()).isEqualTo(new Tap(1, 1, 1999, 1999L * Mp3.LENGTH));
    }

    @Test
    void theStandbyIsHeardFromItsFirstFrame() {
        scene.standby();
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer decoder = scene.decoder();
        Hearer listener = scene.listen(FeedScene.PLAIN);
        scene.pass(Duration.ofSeconds(8));
        scene.play(SECOND);

        List<Integer> all = listener.numbers();
        List<Integer> heard = decoder.numbers();
        assertThat(heard).contains(FeedScene.STANDBY);
        assertThat(all.subList(all.indexOf(heard.get(0)), all.size()))
                .isEqualTo(heard.subList(0, all.size() - all.indexOf(heard.get(0))));
        assertThat(tap()).isEqualTo(new Tap(1, 0, 0, 0));
    }

    @Test
    void twoDecodersOfAMountAreNothingToEachOther() {
        scene.begin();
        scene.play(SECOND);
        Hearer stopped = scene.decoder();
        Hearer going = scene.decoder();
        stopped.stall(true);
        scene.play(Duration.ofSeconds(10));

        Hearer.assertContiguous(going.numbers());
        assertThat(going.last()).isEqualTo(scene.next - 1);
        stopped.stall(false);
        scene.play(SECOND);
        long missed = going.numbers().size() - (long) stopped.numbers().size();
        assertThat(tap()).isEqualTo(new Tap(2, 1, missed, missed * Mp3.LENGTH));
        stopped.channel.close();
        scene.play(SECOND);
        assertThat(going.last()).isEqualTo(scene.next - 1);
        assertThat(scene.traffic().connected()).containsEntry(Role.DECODER, 1);
    }

    @Test
    void aStoppedDecoderChangesNothingForTheListeners() {
        assertThat(heardTurnByTurn(true)).isEqualTo(heardTurnByTurn(false));
    }

    /** What each of three listeners had been sent, after each step of the clock. */
    private static List<String> heardTurnByTurn(boolean withDecoder) {
        FeedScene scene = new FeedScene();
        scene.standby();
        scene.begin();
        scene.play(Duration.ofSeconds(3));
        if (withDecoder) {
            scene.decoder();
        }
        List<Hearer> listeners = new ArrayList<>(List.of(scene.icecast(), scene.listen(FeedScene.PLAIN)));
        if (withDecoder) {
            scene.decoder().stall(true);
        }
        listeners.add(scene.listen(FeedScene.WITH_TITLES));
        List<String> heard = new ArrayList<>();
        for (int i = 0; i < 1600; i++) {
            if (i % 800 < 500) {
                scene.play(FeedScene.STEP);
            } else {
                scene.pass(FeedScene.STEP);
            }
            listeners.forEach(listener -> heard.add(Harness.sent(listener.channel)));
        }
        assertThat(scene.traffic().tap().moves()).isEqualTo(withDecoder ? 1 : 0);
        return heard;
    }

    @Test
    void anOggStreamBeginsWithItsHeadersWheneverItBegins() {
        scene.begin();
        page("H1", Frame.Kind.FIRST_HEADER);
        page("H2", Frame.Kind.HEADER);
        IntStream.range(0, 5).forEach(i -> page("a" + i, Frame.Kind.AUDIO));
        Hearer decoder = scene.decoder();
        assertThat(text(decoder)).isEqualTo("H1H2a4");
        page("a5", Frame.Kind.AUDIO);
        scene.pass(SECOND);
        decoder.stall(true);
        // Of a second each.
        for (int i = 6; i < 10; i++) {
            page("a" + i, Frame.Kind.AUDIO);
            scene.pass(SECOND);
        }
        decoder.stall(false);
        page("b0", Frame.Kind.AUDIO);
        scene.pass(SECOND);

        assertThat(text(decoder)).isEqualTo("H1H2a4a5" + "H1H2b0");
        assertThat(tap()).isEqualTo(new Tap(1, 1, 4, 8));
        decoder.stall(true);
        page("b1", Frame.Kind.AUDIO);
        scene.pass(Duration.ofSeconds(2));
        page("H3", Frame.Kind.FIRST_HEADER);
        page("H4", Frame.Kind.HEADER);
        scene.pass(SECOND);
        decoder.stall(false);
        page("c0", Frame.Kind.AUDIO);
        scene.pass(SECOND);
        assertThat(text(decoder)).isEqualTo("H1H2a4a5" + "H1H2b0" + "b1H3H4c0");
    }

    private void page(String text, Frame.Kind kind) {
        int samples = kind == Frame.Kind.AUDIO ? 48_000 : 0;
        scene.feed().append(new Frame(text.getBytes(ISO_8859_1), kind, samples, new AudioFormat("Opus", 48_000, 2)));
    }

    private static String text(Hearer hearer) {
        return new String(hearer.audio(), ISO_8859_1);
    }

    @Test
    void aStoppedDecoderIsClosedWithItsFeedAndGetsNothingOfTheNext() {
        scene.begin();
        scene.play(SECOND);
        Hearer decoder = scene.decoder();
        scene.play(SECOND);
        scene.feed().stop();
        assertThat(decoder.channel.isOpen()).isFalse();
        int before = decoder.audio().length;
        scene.begin();
        scene.play(SECOND);

        assertThat(decoder.audio()).hasSize(before);
        assertThat(scene.continuity().lost()).containsEntry(Loss.STOPPED, 0L);
        assertThat(scene.feed().ring().heldBytes()).isPositive();
        scene.feed().stop();
        scene.drain();
        assertThat(scene.feed().ring().heldBytes()).isZero();
    }

    @Test
    void decodersHaveTheirOwnPlacesAndMustComeStraightFromThisMachine() {
        Harness harness = new Harness(2);
        for (int i = 0; i < 18; i++) {
            assertThat(harness.ask(Harness.LOCAL, FeedScene.DECODER)).isEmpty();
        }

        ProxySnapshot.MountTraffic traffic = harness.mounts.traffic().get("/live");
        assertThat(traffic.connected()).containsEntry(Role.DECODER, 16).containsEntry(Role.LISTENER, 2);
        assertThat(traffic.tap()).as("a mount without a feed").isEqualTo(new Tap(16, 0, 0, 0));
        Harness other = new Harness(1);
        other.ask(Harness.STRANGER, FeedScene.DECODER);
        assertThat(other.mounts.traffic().get("/live").connected()).containsEntry(Role.DECODER, 0);
        String passedOn = FeedScene.DECODER.replace("\r\n\r\n", "\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n");
        assertThat(other.ask(Harness.LOCAL, passedOn)).startsWith("HTTP/1.0 503 ");
    }

    @Test
    void aDecoderThatLeavesIsMissedByNobody() {
        scene.begin();
        scene.play(SECOND);
        Hearer decoder = scene.decoder();
        Hearer listener = scene.listen(FeedScene.PLAIN);
        decoder.channel.close();
        scene.play(FEED_TURN);

        assertThat(scene.source.isOpen()).isTrue();
        assertThat(scene.traffic().connected()).containsEntry(Role.DECODER, 0).containsEntry(Role.LISTENER, 1);
        scene.play(SECOND);
        Hearer.assertContiguous(listener.numbers());
    }

    private Tap tap() {
        return scene.traffic().tap();
    }
}
