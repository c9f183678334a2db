package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may be the source of a feed, and how it is read. */
@SuppressWarnings("FutureReturnValueIgnored") // embedded channels do everything at once
class FeedSourceTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final FeedScene scene = new FeedScene();

    @AfterEach
    void nothingWentWrong() {
        assertThat(scene.errors()).isZero();
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
        assertThat(scene.traffic().connected()).containsEntry(Role.SOURCE, 1);
    }

    @Test
    void aPutIsAnsweredAlikeWhetherIcecastSaysOneThingOrTwo() {
        String put = FeedScene.HEAD.replace("SOURCE", "PUT").replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n");
        scene.connect(put);
        Harness.send(scene.harness.lastIcecast(), Exchanges.CONTINUE_OF_2_5);
        String answer = Harness.sent(scene.source);
        assertThat(answer).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n" + Exchanges.SOURCE_OK);
        scene.play(SECOND);
        assertThat(scene.traffic().sourceConnected()).isTrue();
        scene.harness.lastIcecast().close();
        scene.icecastAvailable(true);
        Harness.send(scene.harness.lastIcecast(), Exchanges.CONTINUE);
        Harness.send(scene.harness.lastIcecast(), Exchanges.SOURCE_OK);
        scene.play(SECOND);

        assertThat(scene.traffic().sourceConnected()).isTrue();
        assertThat(scene.traffic().feed().orElseThrow().bridges()).isEmpty();
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
    void aSourceThatLeavesWhileIcecastIsAskedLeavesNothing() {
        scene.connect(FeedScene.HEAD);
        assertThat(scene.feed().icecast().isAsking()).isTrue();
        scene.source.close();

        assertThat(scene.feed().icecast().isAsking()).isFalse();
        assertThat(scene.harness.lastIcecast().isOpen()).isFalse();
        assertThat(scene.traffic().connected()).containsEntry(Role.SOURCE, 0);
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

        Hearer.assertContiguous(listener.numbers());
        assertThat(scene.feed().traffic().garbageBytes()).isEqualTo(8);
        assertThat(scene.traffic().sourceBytes()).isEqualTo(8L + (long) scene.next * Mp3.LENGTH);
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
}
