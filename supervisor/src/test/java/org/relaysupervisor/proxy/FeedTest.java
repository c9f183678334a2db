package org.relaysupervisor.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.frames.AudioFormat;
import org.relaysupervisor.frames.Frame;
import org.relaysupervisor.proxy.ProxySettings.MountSettings;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
import org.relaysupervisor.proxy.ProxySnapshot.Loss;
import org.relaysupervisor.proxy.ProxySnapshot.Outage;

@SuppressWarnings("FutureReturnValueIgnored") // embedded channels do everything at once
class FeedTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int BURST_FRAMES = 64 * 1024 / Mp3.LENGTH;

    private final FeedScene scene = new FeedScene();

    @AfterEach
    void nothingWentWrong() {
        assertThat(scene.errors()).isZero();
    }

    @Test
    void aListenerHasHeadBurstAndEveryFollowingFrameOnce() {
        scene.begin();
        scene.play(Duration.ofSeconds(10));
        Hearer listener = scene.listen(FeedScene.PLAIN);
        assertThat(listener.head())
                .startsWith("HTTP/1.0 200 OK\r\n")
                .contains("Content-Type: audio/mpeg\r\n", "icy-name:Tap\r\n")
                .doesNotContain("metaint");
        assertThat(listener.numbers()).hasSize(BURST_FRAMES);
        scene.play(Duration.ofSeconds(10));

        assertContiguous(listener.numbers());
        assertThat(scene.next - last(listener)).isBetween(1, 20);
        assertThat(traffic().connected()).containsEntry(Role.LISTENER, 1);
        assertThat(traffic().feed().orElseThrow().listeners()).isOne();
        assertThat(traffic().sentBytes().get(Role.LISTENER)).isEqualTo(listener.audio().length);
    }

    @Test
    void aListenerWhoComesBeforeTheFirstFrameHasTheHeadAtOnce() {
        scene.begin();
        Hearer listener = scene.listen(FeedScene.PLAIN);
        assertThat(listener.head()).endsWith("\r\n\r\n");
        scene.play(SECOND);

        assertThat(listener.numbers()).startsWith(0, 1, 2);
    }

    @Test
    void icecastHasTheHeadAsItWasSentAndEveryFrame() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer icecast = scene.icecast();

        assertThat(icecast.head()).isEqualTo(FeedScene.HEAD);
        assertThat(icecast.numbers()).startsWith(0, 1, 2);
        assertContiguous(icecast.numbers());
    }

    @Test
    void nobodyNoticesThatIcecastIsAway() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer before = scene.listen(FeedScene.PLAIN);
        Hearer recorder = scene.listen(
                Harness.LOCAL, "GET /live HTTP/1.0\r\nUser-Agent: " + ProxySettings.RECORDER_USER_AGENT + "\r\n\r\n");
        scene.harness.lastIcecast().close();
        scene.icecastAvailable(false);
        scene.play(Duration.ofSeconds(3));
        assertThat(traffic().feed().orElseThrow().bridges()).containsExactly(Bridge.FEED);
        Hearer during = scene.listen(FeedScene.PLAIN);
        assertThat(during.numbers()).hasSize(BURST_FRAMES);
        assertThat(scene.harness.icecast).hasSize(1);

        scene.icecastAvailable(true);
        Harness.send(scene.harness.lastIcecast(), Exchanges.SOURCE_OK);
        scene.play(SECOND);

        assertThat(scene.harness.icecast).hasSize(2);
        Hearer icecast = scene.icecast();
        assertThat(icecast.head()).isEqualTo(FeedScene.HEAD);
        assertThat(icecast.numbers()).hasSizeGreaterThan(BURST_FRAMES);
        assertContiguous(icecast.numbers());
        for (Hearer each : List.of(before, during, recorder)) {
            assertThat(each.channel.isOpen()).isTrue();
            assertContiguous(each.numbers());
            assertThat(scene.next - last(each)).isLessThan(20);
        }
        assertThat(scene.source.isOpen()).isTrue();
        assertThat(traffic().connected()).containsEntry(Role.RECORDER, 1).containsEntry(Role.LISTENER, 2);
        assertThat(traffic().feed().orElseThrow().bridges()).isEmpty();
        assertThat(scene.continuity().survivals()).containsEntry(Outage.ICECAST, 1L);
        assertThat(scene.continuity().bridged().get(Outage.ICECAST))
                .isBetween(Duration.ofMillis(2900), Duration.ofMillis(3100));
        assertThat(scene.continuity().moved()).isZero();
    }

    @Test
    void anIcecastThatClosedThoughItIsThereIsAskedAgainAfterAWhile() {
        scene.begin();
        scene.play(SECOND);
        scene.harness.lastIcecast().close();
        scene.play(Duration.ofMillis(900));
        assertThat(scene.harness.icecast).hasSize(1);
        scene.play(Duration.ofMillis(300));

        assertThat(scene.harness.icecast).hasSize(2);
    }

    @Test
    void asksLessAndLessOftenWhileIcecastRefuses() {
        scene.begin();
        scene.listen(FeedScene.PLAIN);
        scene.harness.lastIcecast().close();
        scene.harness.connectsFail = true;
        scene.play(Duration.ofSeconds(60));

        // After 1 s, then 1, 2, 4, 8, 8 ... s.
        assertThat(scene.harness.meters.connectFailures.sum()).isBetween(8L, 11L);
        scene.harness.connectsFail = false;
        scene.icecastAvailable(true);
        assertThat(scene.harness.icecast).hasSize(2);
    }

    @Test
    void anIcecastThatTakesNothingIsGivenUp() {
        scene.begin();
        scene.play(SECOND);
        Hearer stalled = scene.icecast();
        stalled.stall(true);
        scene.play(Duration.ofSeconds(4));
        assertThat(stalled.channel.isOpen()).isTrue();
        scene.play(Duration.ofSeconds(3));

        assertThat(stalled.channel.isOpen()).isFalse();
        assertThat(scene.harness.icecast).hasSize(2);
        // It says nothing: given up after 2 s.
        scene.play(Duration.ofSeconds(3));
        assertThat(scene.harness.icecast.get(1).isOpen()).isFalse();
        assertThat(scene.feed().isOn()).isTrue();
    }

    @Test
    void aTitleInTheGapIsTakenShownAndReplayed() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer listener = scene.listen(FeedScene.WITH_TITLES);
        scene.harness.lastIcecast().close();
        scene.icecastAvailable(false);
        EmbeddedChannel update = scene.harness.source();
        Harness.send(update, Exchanges.TITLE_UPDATE);
        assertThat(Harness.sent(update)).startsWith("HTTP/1.0 200 OK").contains("<return>1</return>");
        scene.play(Duration.ofSeconds(8));
        assertThat(listener.titles()).containsExactly("StreamTitle='';", "StreamTitle='Hi';");
        assertContiguous(listener.numbers());
        assertThat(scene.harness.icecast).hasSize(1);

        scene.icecastAvailable(true);
        Harness.send(scene.harness.lastIcecast(), Exchanges.SOURCE_OK);
        assertThat(scene.harness.icecast).hasSize(3);
        assertThat(Harness.sent(scene.harness.lastIcecast())).isEqualTo(Exchanges.TITLE_UPDATE);
        assertThat(traffic().feed().orElseThrow().title()).contains("Hi");
    }

    @Test
    void aTitleWithOtherCredentialsIsForIcecastToTakeOrRefuse() {
        scene.begin();
        scene.play(SECOND);
        EmbeddedChannel update = scene.harness.source();
        Harness.send(update, Exchanges.TITLE_UPDATE.replace("c291cmNlOmhhY2ttZQ==", "YWRtaW46eA=="));
        assertThat(Harness.sent(scene.harness.lastIcecast())).contains("YWRtaW46eA==");
        assertThat(traffic().feed().orElseThrow().title()).isEmpty();
        Harness.send(scene.harness.lastIcecast(), Exchanges.TITLE_UPDATED);

        assertThat(Harness.sent(update)).isEqualTo(Exchanges.TITLE_UPDATED);
        assertThat(scene.feed().traffic().title()).isEmpty();
        scene.play(SECOND);
        assertThat(scene.feed().traffic().title()).contains("Hi");
    }

    @Test
    void titlesGoToIcecastOneAtATimeTheNewestLast() {
        scene.begin();
        for (String song : List.of("one", "two", "three")) {
            EmbeddedChannel update = scene.harness.source();
            Harness.send(update, Exchanges.TITLE_UPDATE.replace("Hi", song));
        }
        assertThat(scene.harness.icecast).hasSize(2);
        assertThat(Harness.sent(scene.harness.lastIcecast())).contains("song=one");
        scene.harness.lastIcecast().close();
        assertThat(scene.harness.icecast).hasSize(3);
        assertThat(Harness.sent(scene.harness.lastIcecast())).contains("song=three");
        // One that is never answered is given up.
        scene.play(Duration.ofSeconds(6));
        assertThat(scene.harness.lastIcecast().isOpen()).isFalse();
        assertThat(scene.harness.icecast).hasSize(3);
    }

    @Test
    void theStandbyPlaysInRealTimeUntilTheSourceIsBack() {
        scene.standby();
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer listener = scene.listen(FeedScene.PLAIN);
        scene.source.close();
        int played = scene.next;
        scene.pass(Duration.ofSeconds(10));
        assertThat(traffic().feed().orElseThrow().bridges()).containsExactly(Bridge.STANDBY);
        assertThat(traffic().sourceConnected()).isFalse();
        long standby = listener.numbers().stream()
                .filter(number -> number >= FeedScene.STANDBY)
                .count();
        assertThat(standby).isBetween(370L, 386L);

        scene.connect(FeedScene.HEAD);
        assertThat(Harness.sent(scene.source)).isEqualTo(Exchanges.SOURCE_OK);
        scene.play(Duration.ofSeconds(2));
        List<Integer> numbers = listener.numbers();
        int since = numbers.indexOf(FeedScene.STANDBY);
        assertThat(numbers.get(since - 1)).isEqualTo(played - 1);
        int until = numbers.lastIndexOf(played);
        for (int i = since; i < until; i++) {
            assertThat(numbers.get(i)).isEqualTo(FeedScene.STANDBY + (i - since) % 100);
        }
        assertContiguous(numbers.subList(until, numbers.size()));
        assertThat(scene.harness.icecast).as("the connection to Icecast").hasSize(1);
        assertThat(scene.continuity().survivals()).containsEntry(Outage.SOURCE, 1L);
        assertThat(traffic().feed().orElseThrow().formatChanges()).isZero();
    }

    @Test
    void withoutAStandbyListenersWaitForAWhile() {
        scene.begin();
        scene.play(Duration.ofSeconds(2));
        Hearer listener = scene.listen(FeedScene.PLAIN);
        scene.source.close();
        scene.pass(Duration.ofSeconds(9));
        assertThat(listener.channel.isOpen()).isTrue();
        scene.pass(Duration.ofSeconds(2));

        assertThat(listener.channel.isOpen()).isFalse();
        assertThat(scene.continuity().lost()).containsEntry(Loss.SOURCE_GONE, 1L);
        assertEnded();
    }

    @Test
    void aSourceThatComesBackInTimeGoesOnWithoutAStandby() {
        scene.begin();
        scene.play(Duration.ofSeconds(2));
        Hearer listener = scene.listen(FeedScene.PLAIN);
        scene.source.close();
        scene.pass(Duration.ofSeconds(5));
        scene.connect(FeedScene.HEAD);
        scene.play(Duration.ofSeconds(5));

        assertContiguous(listener.numbers());
        assertThat(scene.continuity().survivals()).containsEntry(Outage.SOURCE, 1L);
    }

    @Test
    void aStreamThatIsNotWantedEndsWithItsSource() {
        scene.standby();
        scene.begin();
        scene.play(Duration.ofSeconds(2));
        Hearer listener = scene.listen(FeedScene.PLAIN);
        scene.wanted(false);
        scene.play(SECOND);
        assertThat(listener.channel.isOpen()).isTrue();
        scene.source.close();

        assertThat(listener.channel.isOpen()).isFalse();
        assertThat(scene.continuity().lost()).containsEntry(Loss.STOPPED, 1L);
        assertEnded();
    }

    @Test
    void aStreamWhoseSourceIsAwayEndsWhenItIsNoLongerWanted() {
        scene.standby();
        scene.begin();
        scene.play(Duration.ofSeconds(2));
        scene.source.close();
        scene.pass(SECOND);
        scene.wanted(false);

        assertEnded();
    }

    @Test
    void whoTakesOverMustHaveTheSameCredentials() {
        scene.standby();
        scene.begin();
        scene.play(SECOND);
        scene.connect(FeedScene.HEAD);
        assertThat(Harness.sent(scene.source)).as("while it is occupied").startsWith("HTTP/1.0 403 ");
        scene.harness.icecast.get(0).releaseOutbound();
        FeedScene other = scene;
        other.feed().stop();
        other.begin();
        other.play(SECOND);
        other.source.close();
        EmbeddedChannel stranger = other.harness.source();
        Harness.send(stranger, FeedScene.OTHER_HEAD);
        assertThat(Harness.sent(stranger)).startsWith("HTTP/1.0 401 ");
        assertThat(other.harness.refused(Refusal.UNAUTHORIZED)).isOne();
        EmbeddedChannel anonymous = other.harness.source();
        Harness.send(anonymous, "SOURCE /live HTTP/1.0\r\nContent-Type: audio/mpeg\r\n\r\n");
        assertThat(Harness.sent(anonymous)).startsWith("HTTP/1.0 401 ");
        EmbeddedChannel ffmpeg = other.harness.source();
        Harness.send(ffmpeg, Exchanges.FFMPEG_PUT_HEAD);

        assertThat(Harness.sent(ffmpeg)).isEqualTo("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\n\r\n");
    }

    @Test
    void aSourceThatHasJustTakenOverIsNotPushedOut() {
        scene.standby();
        scene.begin();
        scene.play(SECOND);
        scene.source.close();
        scene.connect(FeedScene.HEAD);
        EmbeddedChannel first = scene.source;
        scene.connect(FeedScene.HEAD);
        assertThat(Harness.sent(scene.source)).startsWith("HTTP/1.0 403 ");
        assertThat(first.isOpen()).isTrue();
        scene.pass(Duration.ofSeconds(3));
        scene.connect(FeedScene.HEAD);

        assertThat(Harness.sent(scene.source)).as("it had its time").isEqualTo(Exchanges.SOURCE_OK);
        assertThat(first.isOpen()).isFalse();
        scene.play(SECOND);
        assertThat(traffic().connected()).containsEntry(Role.SOURCE, 1);
    }

    @Test
    void aPutIsAnsweredAlikeWhetherIcecastSaysOneThingOrTwo() {
        String put = FeedScene.HEAD.replace("SOURCE", "PUT").replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n");
        scene.connect(put);
        Harness.send(scene.harness.lastIcecast(), Exchanges.CONTINUE_OF_2_5);
        String answer = Harness.sent(scene.source);
        assertThat(answer).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n" + Exchanges.SOURCE_OK);
        scene.play(SECOND);
        assertThat(traffic().sourceConnected()).isTrue();
        scene.harness.lastIcecast().close();
        scene.icecastAvailable(true);
        Harness.send(scene.harness.lastIcecast(), Exchanges.CONTINUE);
        Harness.send(scene.harness.lastIcecast(), Exchanges.SOURCE_OK);
        scene.play(SECOND);

        assertThat(traffic().sourceConnected()).isTrue();
        assertThat(traffic().feed().orElseThrow().bridges()).isEmpty();
    }

    @Test
    void anotherContentTypeEndsTheStreamButOnlyFromWhoMaySend() {
        scene.standby();
        scene.begin();
        scene.play(SECOND);
        Hearer listener = scene.listen(FeedScene.PLAIN);
        scene.source.close();
        scene.connect(FeedScene.OTHER_HEAD.replace("audio/mpeg", "audio/aac"));
        assertThat(Harness.sent(scene.source)).startsWith("HTTP/1.0 401 ");
        assertThat(listener.channel.isOpen()).isTrue();
        scene.connect(FeedScene.HEAD.replace("audio/mpeg", "audio/aac"));

        assertThat(listener.channel.isOpen()).isFalse();
        assertThat(scene.harness.icecast).as("Icecast is asked about it").hasSize(2);
        Harness.send(scene.harness.lastIcecast(), Exchanges.SOURCE_OK);
        assertThat(scene.listen(FeedScene.PLAIN).head()).contains("Content-Type: audio/aac");
    }

    @Test
    void aSilentSourceIsBridgedAndThenCutOff() {
        scene.standby();
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer listener = scene.listen(FeedScene.PLAIN);
        scene.pass(Duration.ofMillis(1900));
        assertThat(listener.numbers()).noneMatch(number -> number >= FeedScene.STANDBY);
        scene.pass(Duration.ofMillis(600));
        assertThat(listener.numbers().stream().filter(number -> number >= FeedScene.STANDBY))
                .as("what it was silent for as well")
                .hasSizeBetween(75, 100);
        scene.play(SECOND);
        assertThat(last(listener)).isBetween(scene.next - 20, scene.next);
        assertThat(scene.continuity().survivals()).containsEntry(Outage.SOURCE, 1L);
        scene.pass(Duration.ofSeconds(29));
        assertThat(scene.source.isOpen()).isTrue();
        scene.pass(Duration.ofSeconds(2));

        assertThat(scene.source.isOpen()).isFalse();
        assertThat(scene.harness.refused(Refusal.IDLE)).isOne();
        assertThat(listener.channel.isOpen()).isTrue();
    }

    @Test
    void theHeadersOfASourceThatWakesUpAreRepeatedAfterTheStandby() {
        scene.standby();
        scene.begin();
        scene.feed().append(page("H1", Frame.Kind.FIRST_HEADER));
        scene.feed().append(page("H2", Frame.Kind.HEADER));
        scene.feed().append(page("a", Frame.Kind.AUDIO));
        Hearer listener = scene.listen(FeedScene.PLAIN);
        scene.pass(Duration.ofSeconds(3));
        scene.feed().append(page("b", Frame.Kind.AUDIO));
        scene.feed().append(page("c", Frame.Kind.AUDIO));
        scene.pass(SECOND);
        byte[] joiner = scene.listen(FeedScene.PLAIN).audio();

        String heard = new String(listener.audio(), ISO_8859_1);
        assertThat(heard).startsWith("H1H2a").endsWith("H1H2bc");
        assertThat(new String(joiner, ISO_8859_1)).endsWith("H1H2bc");
    }

    private static Frame page(String text, Frame.Kind kind) {
        return new Frame(text.getBytes(ISO_8859_1), kind, 0, new AudioFormat("Opus", 48_000, 2));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withoutIcecastTheStreamEndsAtLast(boolean heard) {
        scene.begin();
        scene.play(SECOND);
        Hearer listener = scene.listen(FeedScene.PLAIN);
        if (!heard) {
            listener.channel.close();
        }
        scene.harness.lastIcecast().close();
        scene.icecastAvailable(false);
        scene.play(Duration.ofSeconds(heard ? 598 : 29));
        assertThat(scene.feed().isOn()).isTrue();
        scene.play(Duration.ofSeconds(1));
        assertThat(scene.source.isOpen()).isTrue();
        for (int i = 0; i < 160 && scene.source.isOpen(); i++) {
            scene.play(FeedScene.STEP);
        }

        assertThat(scene.source.isOpen()).isFalse();
        assertThat(scene.continuity().lost()).containsEntry(Loss.ICECAST_GONE, heard ? 1L : 0L);
        assertEnded();
    }

    @Test
    void whenIcecastKnowsThePasswordNoMoreTheNextSourceIsAskedAbout() {
        scene.standby();
        scene.begin();
        scene.play(SECOND);
        Hearer listener = scene.listen(FeedScene.PLAIN);
        scene.harness.lastIcecast().close();
        scene.icecastAvailable(true);
        Harness.send(scene.harness.lastIcecast(), Exchanges.UNAUTHORIZED);
        scene.play(Duration.ofSeconds(20));
        assertThat(scene.harness.icecast).as("not asked again").hasSize(2);
        scene.source.close();
        scene.connect(FeedScene.HEAD);
        Harness.send(scene.harness.lastIcecast(), Exchanges.UNAUTHORIZED);
        assertThat(Harness.sent(scene.source)).isEqualTo(Exchanges.UNAUTHORIZED);
        scene.pass(SECOND);
        scene.connect(FeedScene.OTHER_HEAD);
        Harness.send(scene.harness.lastIcecast(), Exchanges.SOURCE_OK);
        scene.play(SECOND);

        assertThat(Harness.sent(scene.source)).isEqualTo(Exchanges.SOURCE_OK);
        assertThat(listener.channel.isOpen()).isTrue();
        assertThat(last(listener)).isGreaterThan(scene.next - 20).isLessThan(FeedScene.STANDBY);
        assertThat(traffic().feed().orElseThrow().bridges()).isEmpty();
    }

    @Test
    void aListenerThatReadsTooSlowlyIsMovedAndOneThatReadsNothingIsCutOff() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer listener = scene.listen(FeedScene.PLAIN);
        listener.stall(true);
        scene.play(Duration.ofSeconds(20));
        listener.stall(false);
        scene.play(SECOND);
        assertContiguous(listener.numbers());
        assertThat(scene.continuity().moved()).isZero();
        int reached = last(listener);
        listener.stall(true);
        scene.play(Duration.ofSeconds(29));
        listener.stall(false);
        scene.play(SECOND);

        List<Integer> numbers = listener.numbers();
        int next = numbers.get(numbers.indexOf(reached) + 1);
        assertThat(next).isGreaterThan(reached + 1);
        assertThat(scene.continuity().moved()).isOne();
        assertThat(scene.continuity().skipped()).isEqualTo(Mp3.FRAME.multipliedBy(next - reached - 1L));
        listener.stall(true);
        scene.play(Duration.ofSeconds(32));
        assertThat(listener.channel.isOpen()).isFalse();
        assertThat(scene.harness.refused(Refusal.SLOW)).isOne();
        assertThat(scene.continuity().lost()).containsEntry(Loss.STALLED, 1L);
        assertThat(traffic().connected()).containsEntry(Role.LISTENER, 0);
    }

    @Test
    void aListenerWhoseStreamHasEndedGetsNothingOfTheNext() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer listener = scene.listen(FeedScene.PLAIN);
        // As behind a full socket: the last write is not done yet, so the connection is still open.
        EmbeddedChannel channel = listener.channel;
        channel.pipeline().addFirst(new Holding());
        scene.feed().stop();
        assertThat(channel.isOpen()).isTrue();
        int before = listener.audio().length;
        scene.begin();
        scene.play(Duration.ofSeconds(2));

        assertThat(listener.audio()).hasSize(before);
        assertThat(scene.feed().traffic().listeners()).isZero();
        Harness.pass(channel, Duration.ofSeconds(10));
        assertThat(channel.isOpen()).isFalse();
        assertThat(scene.continuity().lost()).containsEntry(Loss.STOPPED, 1L);
    }

    /** Keeps what is written, and never says that it was. */
    private static final class Holding extends ChannelOutboundHandlerAdapter {
        private boolean held;

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            if (held) {
                ctx.write(message, promise);
            } else {
                held = true;
                ReferenceCountUtil.release(message);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aReloadThatTakesTheFeedAwayEndsIt(boolean mountStays) {
        scene.begin();
        scene.play(SECOND);
        Hearer listener = scene.listen(FeedScene.PLAIN);
        Feed feed = scene.feed();
        scene.harness.mounts.configure(mountStays ? Map.of("/live", new MountSettings("audio/mpeg", false)) : Map.of());

        assertThat(feed.isOn()).isFalse();
        assertThat(listener.channel.isOpen()).isFalse();
        assertThat(scene.source.isOpen()).isFalse();
        assertThat(scene.harness.lastIcecast().isOpen()).isFalse();
    }

    @Test
    void aReloadRefusesASourceThatIsStillBeingAskedAbout() {
        scene.connect(FeedScene.HEAD);
        scene.harness.mounts.configure(Map.of());

        assertThat(Harness.sent(scene.source)).startsWith("HTTP/1.0 503 ");
        assertThat(scene.harness.lastIcecast().isOpen()).isFalse();
    }

    @Test
    void aMountThatAReloadAddsComesBackToIcecastToo() {
        Harness harness = scene.harness;
        harness.mounts.configure(Map.of("/new", new MountSettings("audio/mpeg", true)));
        EmbeddedChannel source = harness.source();
        Harness.send(source, FeedScene.HEAD.replace("/live", "/new"));
        Harness.send(harness.lastIcecast(), Exchanges.SOURCE_OK);
        harness.lastIcecast().close();
        scene.pass(Duration.ofMillis(1500));

        assertThat(harness.icecast).hasSize(2);
    }

    @Test
    void aSourceThatLeavesWhileIcecastIsAskedLeavesNothing() {
        scene.connect(FeedScene.HEAD);
        assertThat(scene.feed().icecast().isAsking()).isTrue();
        scene.source.close();

        assertThat(scene.feed().icecast().isAsking()).isFalse();
        assertThat(scene.harness.lastIcecast().isOpen()).isFalse();
        assertThat(traffic().connected()).containsEntry(Role.SOURCE, 0);
        scene.begin();
    }

    @Test
    void twoSourcesAtOnce() {
        scene.connect(FeedScene.HEAD);
        EmbeddedChannel first = scene.source;
        scene.connect(FeedScene.HEAD);
        assertThat(Harness.sent(scene.source)).startsWith("HTTP/1.0 403 ");
        Harness.send(scene.harness.lastIcecast(), Exchanges.SOURCE_OK);
        assertThat(Harness.sent(first)).isEqualTo(Exchanges.SOURCE_OK);

        scene.connect(FeedScene.HEAD);
        assertThat(Harness.sent(scene.source)).startsWith("HTTP/1.0 403 ");
        assertThat(first.isOpen()).isTrue();
        assertThat(scene.harness.refused(Refusal.MOUNT_IN_USE)).isEqualTo(2);
    }

    @Test
    void garbageAndTagsAreLeftOutAndCounted() {
        scene.begin();
        scene.play(SECOND);
        Harness.send(scene.source, "garbage!");
        scene.play(SECOND);
        Hearer listener = scene.listen(FeedScene.PLAIN);

        assertContiguous(listener.numbers());
        assertThat(scene.feed().traffic().garbageBytes()).isEqualTo(8);
        assertThat(traffic().sourceBytes()).isEqualTo(8L + (long) scene.next * Mp3.LENGTH);
    }

    @Test
    void aStreamThatEndsAndBeginsAgainHasNothingOfTheOldOne() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer listener = scene.listen(FeedScene.PLAIN);
        EmbeddedChannel update = scene.harness.source();
        Harness.send(update, Exchanges.TITLE_UPDATE);
        scene.feed().stop();
        listener.channel.releaseOutbound();
        assertEnded();
        int first = scene.next;
        scene.begin();
        assertThat(scene.icecast().numbers()).isEmpty();
        scene.play(SECOND);

        assertThat(scene.listen(FeedScene.WITH_TITLES).numbers()).startsWith(first);
        assertThat(scene.feed().traffic().title()).isEmpty();
        assertThat(traffic().connected()).containsEntry(Role.LISTENER, 1).containsEntry(Role.SOURCE, 1);
    }

    @Test
    void aHeadRequestIsAnsweredFromTheFeed() {
        scene.begin();
        scene.icecastAvailable(false);
        scene.harness.lastIcecast().close();

        assertThat(scene.listen("HEAD /live HTTP/1.0\r\n\r\n").head())
                .startsWith("HTTP/1.0 200 OK\r\n")
                .contains("icy-name:Tap");
    }

    @Test
    void aFastSourceIsReadMoreThanOncePerTurn() {
        scene.begin();
        Reads reads = new Reads();
        scene.source.pipeline().addFirst(reads);
        scene.pass(SECOND);
        int slow = reads.count;
        assertThat(slow).isBetween(turnsPerSecond() - 1, turnsPerSecond() + 1);
        for (int i = 0; i < 30; i++) {
            scene.sendFrames(30);
        }

        assertThat(reads.count - slow).isEqualTo(15);
    }

    private static int turnsPerSecond() {
        return (int) (2 * SECOND.toNanos() / FeedLimits.DEFAULTS.interval().toNanos());
    }

    private static final class Reads extends ChannelOutboundHandlerAdapter {
        private int count;

        @Override
        public void read(ChannelHandlerContext ctx) {
            count++;
            ctx.read();
        }
    }

    private void assertEnded() {
        scene.drain();
        assertThat(scene.feed().isOn()).isFalse();
        assertThat(scene.feed().ring().heldBytes()).isZero();
        scene.pass(Duration.ofSeconds(6));
        assertThat(scene.harness.hasTurns()).isFalse();
        assertThat(scene.harness.icecast).noneMatch(EmbeddedChannel::isOpen);
        assertThat(traffic().feed().orElseThrow().bridges()).isEqualTo(Set.of());
        assertThat(traffic().sourceConnected()).isFalse();
    }

    private static void assertContiguous(List<Integer> numbers) {
        assertThat(numbers).isNotEmpty();
        int first = numbers.get(0);
        assertThat(numbers)
                .isEqualTo(new ArrayList<>(
                        IntStream.range(first, first + numbers.size()).boxed().toList()));
    }

    private static int last(Hearer hearer) {
        List<Integer> numbers = hearer.numbers();
        return numbers.get(numbers.size() - 1);
    }

    private ProxySnapshot.MountTraffic traffic() {
        return scene.harness.mounts.traffic().get("/live");
    }
}
