package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The titles of a feed, to listeners and to Icecast. */
@SuppressWarnings("FutureReturnValueIgnored") // embedded channels do everything at once
class FeedTitlesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final FeedScene scene = new FeedScene();

    @AfterEach
    void nothingWentWrong() {
        assertThat(scene.errors()).isZero();
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
        Hearer.assertContiguous(listener.numbers());
        assertThat(scene.harness.icecast).hasSize(1);

        scene.icecastAvailable(true);
        Harness.send(scene.harness.lastIcecast(), Exchanges.SOURCE_OK);
        assertThat(scene.harness.icecast).hasSize(3);
        assertThat(Harness.sent(scene.harness.lastIcecast())).isEqualTo(Exchanges.TITLE_UPDATE);
        assertThat(scene.traffic().feed().orElseThrow().title()).contains("Hi");
    }

    @Test
    void aTitleWithOtherCredentialsIsForIcecastToTakeOrRefuse() {
        scene.begin();
        scene.play(SECOND);
        EmbeddedChannel update = scene.harness.source();
        Harness.send(update, Exchanges.TITLE_UPDATE.replace("c291cmNlOmhhY2ttZQ==", "YWRtaW46eA=="));
        assertThat(Harness.sent(scene.harness.lastIcecast())).contains("YWRtaW46eA==");
        assertThat(scene.traffic().feed().orElseThrow().title()).isEmpty();
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
        scene.play(Duration.ofMillis(5500));
        assertThat(scene.harness.lastIcecast().isOpen()).isFalse();
        assertThat(scene.harness.icecast).hasSize(3);
    }

    @Test
    void aTitleThatIcecastDidNotAnswerIsBroughtAgain() {
        scene.begin();
        Harness.send(scene.harness.source(), Exchanges.TITLE_UPDATE);
        scene.harness.lastIcecast().close();
        scene.play(Duration.ofMillis(900));
        assertThat(scene.harness.icecast).hasSize(2);
        scene.play(Duration.ofMillis(200));
        assertThat(scene.harness.icecast).hasSize(3);
        assertThat(Harness.sent(scene.harness.lastIcecast())).isEqualTo(Exchanges.TITLE_UPDATE);
        Harness.send(scene.harness.lastIcecast(), Exchanges.TITLE_UPDATED);
        scene.harness.lastIcecast().close();
        scene.play(Duration.ofSeconds(60));

        assertThat(scene.harness.icecast).hasSize(3);
    }

    @Test
    void aTitleIsBroughtAFewTimesAndNoMoreOnceThereIsANewerOne() {
        scene.begin();
        scene.harness.connectsFail = true;
        Harness.send(scene.harness.source(), Exchanges.TITLE_UPDATE);
        // After 1, 2 and 4 s.
        scene.play(Duration.ofSeconds(60));
        assertThat(scene.harness.meters.connectFailures.sum()).isEqualTo(4);
        Harness.send(scene.harness.source(), Exchanges.TITLE_UPDATE.replace("Hi", "one"));
        scene.play(Duration.ofMillis(500));
        scene.harness.connectsFail = false;
        Harness.send(scene.harness.source(), Exchanges.TITLE_UPDATE.replace("Hi", "two"));
        Harness.send(scene.harness.lastIcecast(), Exchanges.TITLE_UPDATED);
        scene.harness.lastIcecast().close();
        scene.play(Duration.ofSeconds(60));

        assertThat(scene.harness.icecast).hasSize(2);
        assertThat(Harness.sent(scene.harness.lastIcecast())).contains("song=two");
    }
}
