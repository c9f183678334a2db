package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.proxy.ProxySettings.MountSettings;

/** What a reload does to a feed. */
@SuppressWarnings("FutureReturnValueIgnored") // embedded channels do everything at once
class FeedReloadTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final FeedScene scene = new FeedScene();

    @AfterEach
    void nothingWentWrong() {
        assertThat(scene.errors()).isZero();
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
}
