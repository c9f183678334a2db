package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.proxy.ProxySnapshot.Loss;

/** What a feed gives its listeners. */
@SuppressWarnings("FutureReturnValueIgnored") // embedded channels do everything at once
class FeedListenerTest {
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

        Hearer.assertContiguous(listener.numbers());
        assertThat(scene.next - listener.last()).isBetween(1, 20);
        assertThat(scene.traffic().connected()).containsEntry(Role.LISTENER, 1);
        assertThat(scene.traffic().feed().orElseThrow().listeners()).isOne();
        assertThat(scene.traffic().sentBytes().get(Role.LISTENER)).isEqualTo(listener.audio().length);
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
    void aListenerThatReadsTooSlowlyIsMovedAndOneThatReadsNothingIsCutOff() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer listener = scene.listen(FeedScene.PLAIN);
        listener.stall(true);
        scene.play(Duration.ofSeconds(20));
        listener.stall(false);
        scene.play(SECOND);
        Hearer.assertContiguous(listener.numbers());
        assertThat(scene.continuity().moved()).isZero();
        int reached = listener.last();
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
        assertThat(scene.traffic().connected()).containsEntry(Role.LISTENER, 0);
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
    void aStreamThatEndsAndBeginsAgainHasNothingOfTheOldOne() {
        scene.begin();
        scene.play(Duration.ofSeconds(5));
        Hearer listener = scene.listen(FeedScene.PLAIN);
        EmbeddedChannel update = scene.harness.source();
        Harness.send(update, Exchanges.TITLE_UPDATE);
        scene.feed().stop();
        listener.channel.releaseOutbound();
        scene.assertEnded();
        int first = scene.next;
        scene.begin();
        assertThat(scene.icecast().numbers()).isEmpty();
        scene.play(SECOND);

        assertThat(scene.listen(FeedScene.WITH_TITLES).numbers()).startsWith(first);
        assertThat(scene.feed().traffic().title()).isEmpty();
        assertThat(scene.traffic().connected()).containsEntry(Role.LISTENER, 1).containsEntry(Role.SOURCE, 1);
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
}
