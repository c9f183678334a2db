package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.frames.AudioFormat;
import org.relaysupervisor.frames.Frame;

/** A source beside that of a feed: heard by nobody until it takes the place, and then without a frame missing or a listener lost. */
@SuppressWarnings("FutureReturnValueIgnored") // embedded channels do everything at once
class FeedUnderstudyTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    /** Of the frames that the source beside sends. */
    private static final int BESIDE = 500_000;

    private final FeedScene scene = new FeedScene();
    private EmbeddedChannel beside;
    private int next = BESIDE;

    @BeforeEach
    void begin() {
        scene.begin();
        scene.play(SECOND);
    }

    @AfterEach
    void nothingWentWrong() {
        assertThat(scene.errors()).isZero();
    }

    private void connect(String head) {
        beside = scene.harness.source(Lane.B);
        Harness.send(beside, head);
    }

    /** Both play. */
    private void play(Duration time) {
        for (long left = time.toNanos(); left > 0; left -= Mp3.FRAME.toNanos()) {
            beside.writeInbound(Unpooled.wrappedBuffer(Mp3.frames(next, next + 1)));
            next++;
            scene.play(Mp3.FRAME);
        }
    }

    private void exchange(Lane heard) {
        scene.harness.policy.lane(heard);
        scene.feed().exchangeSources();
    }

    private void assertUpToDate(Hearer listener) {
        scene.pass(FeedLimits.DEFAULTS.interval());
        assertThat(listener.numbers()).endsWith(scene.next - 1);
    }

    @Test
    void isHeardByNobodyAndCountsForNothing() {
        connect(FeedScene.HEAD);
        assertThat(Harness.sent(beside)).isEqualTo(Exchanges.SOURCE_OK);
        Hearer listener = scene.listen(FeedScene.PLAIN);
        long before = scene.traffic().sourceBytes();
        int sent = scene.next;
        play(SECOND);
        assertThat(listener.numbers()).allMatch(number -> number < BESIDE);
        assertThat(scene.traffic().sourceBytes() - before).isEqualTo((long) (scene.next - sent) * Mp3.LENGTH);
        assertThat(scene.feed().understudy().newest()).isEqualTo(Mp3.frames(BESIDE, next));
    }

    @Test
    void onlySomeSecondsOfItAreKept() {
        connect(FeedScene.HEAD);
        play(Duration.ofSeconds(10));
        assertThat(scene.feed().understudy().newest().length).isBetween(100 * Mp3.LENGTH, 120 * Mp3.LENGTH);
    }

    @Test
    void takesThePlaceBetweenTwoFramesAndNobodyIsLost() {
        Hearer listener = scene.listen(FeedScene.PLAIN);
        Hearer recorder = scene.recorder("s");
        connect(FeedScene.HEAD);
        play(SECOND);
        int last = scene.next;
        int first = next;
        exchange(Lane.B);
        play(SECOND);
        List<Integer> heard = listener.numbers();
        int at = heard.indexOf(first);
        assertThat(at).isPositive();
        assertThat(heard.get(at - 1)).isEqualTo(last - 1);
        Hearer.assertContiguous(heard.subList(0, at));
        Hearer.assertContiguous(heard.subList(at, heard.size()));
        assertThat(listener.channel.isOpen()).isTrue();
        assertThat(recorder.channel.isOpen()).isTrue();
        assertThat(scene.harness.icecast).as("Icecast's source is the same").hasSize(1);
        assertThat(scene.traffic().feed().orElseThrow().bridges()).isEmpty();
    }

    @Test
    void theEndOfTheOneThatWasReplacedIsNoOutage() {
        Hearer listener = scene.listen(FeedScene.PLAIN);
        connect(FeedScene.HEAD);
        play(SECOND);
        EmbeddedChannel old = scene.source;
        exchange(Lane.B);
        assertThat(old.isOpen()).as("until its process ends").isTrue();
        old.close();
        scene.source = beside;
        scene.next = next;
        scene.play(SECOND);
        assertThat(scene.traffic().sourceConnected()).isTrue();
        assertThat(scene.traffic().feed().orElseThrow().bridges()).isEmpty();
        assertUpToDate(listener);
        assertThat(scene.traffic().connected()).containsEntry(Role.SOURCE, 1);
    }

    @Test
    void theExchangeCanBeTakenBack() {
        connect(FeedScene.HEAD);
        play(SECOND);
        exchange(Lane.B);
        play(SECOND);
        exchange(Lane.A);
        Hearer listener = scene.listen(FeedScene.PLAIN);
        play(SECOND);
        assertUpToDate(listener);
    }

    @Test
    void bringsItsTitleWhenItTakesThePlace() {
        connect(FeedScene.HEAD);
        play(SECOND);
        String credentials = Base64.getEncoder().encodeToString("source:hackme".getBytes(StandardCharsets.US_ASCII));
        String title = "GET /admin/metadata?mode=updinfo&mount=/live&song=Next HTTP/1.0\r\nAuthorization: Basic "
                + credentials + "\r\n\r\n";
        EmbeddedChannel titles = scene.harness.source(Lane.B);
        Harness.send(titles, title);
        assertThat(Harness.sent(titles)).contains(" 200 ");
        assertThat(scene.feed().traffic().title()).isEmpty();
        exchange(Lane.B);
        assertThat(scene.feed().traffic().title()).contains("Next");
    }

    @Test
    void anOggStreamTakesThePlaceWithItsHeaders() {
        Hearer decoder = scene.decoder();
        connect(FeedScene.HEAD);
        Understudy understudy = scene.feed().understudy();
        understudy.append(page("H1", Frame.Kind.FIRST_HEADER));
        understudy.append(page("H2", Frame.Kind.HEADER));
        for (int i = 0; i < 10; i++) {
            understudy.append(page("a" + i, Frame.Kind.AUDIO));
        }
        assertThat(new String(understudy.newest(), StandardCharsets.US_ASCII)).isEqualTo("H1H2a7a8a9");
        exchange(Lane.B);
        scene.feed().append(page("b0", Frame.Kind.AUDIO));
        scene.pass(SECOND);
        assertThat(new String(decoder.audio(), StandardCharsets.US_ASCII)).endsWith("H1H2b0");
    }

    /** Of a second. */
    private static Frame page(String text, Frame.Kind kind) {
        int samples = kind == Frame.Kind.AUDIO ? 48_000 : 0;
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return new Frame(bytes, kind, samples, new AudioFormat("Opus", 48_000, 2));
    }

    @Test
    void whoCouldNotTakeOverIsNotLetIn() {
        connect(FeedScene.OTHER_HEAD);
        assertThat(Harness.sent(beside)).startsWith("HTTP/1.0 403 ");
        connect(FeedScene.HEAD.replace("audio/mpeg", "audio/aac"));
        assertThat(Harness.sent(beside)).startsWith("HTTP/1.0 403 ");
        scene.feed().stop();
        connect(FeedScene.HEAD);
        assertThat(Harness.sent(beside)).startsWith("HTTP/1.0 403 ");
    }

    @Test
    void leavesOrFallsSilentAndNothingHappens() {
        connect(FeedScene.HEAD);
        play(SECOND);
        beside.close();
        assertThat(scene.feed().understudy().isThere()).isFalse();
        assertThat(scene.feed().understudy().newest()).isEmpty();
        connect(FeedScene.HEAD);
        scene.play(ProxyLimits.DEFAULTS.sourceIdle().plus(SECOND));
        assertThat(beside.isOpen()).isFalse();
        exchange(Lane.B);
        scene.play(SECOND);
        assertThat(scene.traffic().feed().orElseThrow().bridges()).isEmpty();
    }

    @Test
    void goesOnWhereTheStandbyPlays() {
        scene.standby();
        Hearer listener = scene.listen(FeedScene.PLAIN);
        connect(FeedScene.HEAD);
        play(SECOND);
        scene.source.close();
        scene.pass(SECOND);
        assertThat(scene.feed().isBridging()).isTrue();
        exchange(Lane.B);
        scene.source = beside;
        scene.next = next;
        scene.play(SECOND);
        assertThat(scene.feed().isBridging()).isFalse();
        assertUpToDate(listener);
    }

    @Test
    void endsWithTheFeed() {
        connect(FeedScene.HEAD);
        play(SECOND);
        scene.feed().stop();
        assertThat(beside.isOpen()).isFalse();
        scene.assertEnded();
    }
}
