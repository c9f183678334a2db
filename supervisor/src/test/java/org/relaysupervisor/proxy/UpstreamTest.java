package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("FutureReturnValueIgnored") // promises that the test completes
class UpstreamTest {
    private final EmbeddedChannel loop = new EmbeddedChannel();
    private final Meters meters = new Meters();
    private final ArrayDeque<ChannelPromise> underWay = new ArrayDeque<>();
    private final List<String> outcomes = new ArrayList<>();
    private final Upstream upstream = new Upstream(this::connector, loop.eventLoop(), ProxyLimits.DEFAULTS, meters);

    @BeforeEach
    void freeze() {
        loop.freezeTime();
    }

    @Test
    void makesAFewConnectionsAtATimeAndGivesIcecastTimeToAcceptThem() {
        for (int i = 0; i < 10; i++) {
            upstream.connect(new Listener());
        }
        assertThat(underWay).hasSize(4);
        assertThat(meters.waiting.get()).isEqualTo(6);

        underWay.remove().setSuccess();
        assertThat(underWay).as("its place is not free yet").hasSize(3);
        Harness.pass(loop, Duration.ofMillis(21));
        assertThat(underWay).hasSize(4);
        assertThat(outcomes).containsExactly("connected");
    }

    @Test
    void aFailureFreesItsPlace() {
        for (int i = 0; i < 5; i++) {
            upstream.connect(new Listener());
        }
        underWay.remove().setFailure(new IOException("by the test"));
        loop.runPendingTasks();

        assertThat(underWay).hasSize(4);
        assertThat(outcomes).containsExactly("failed");
        assertThat(meters.connectFailures.sum()).isOne();
    }

    @Test
    void sourcesDoNotWaitForListeners() {
        for (int i = 0; i < 10; i++) {
            upstream.connect(new Listener());
        }
        upstream.connectNow(new Listener());

        assertThat(underWay).hasSize(5);
    }

    @Test
    void theQueueIsBoundedAndFailsAsOneWhenIcecastGoes() {
        for (int i = 0; i < 4 + 1024; i++) {
            upstream.connect(new Listener());
        }
        assertThat(outcomes).isEmpty();
        upstream.connect(new Listener());
        assertThat(outcomes).hasSize(1);
        upstream.failWaiting();

        assertThat(outcomes).hasSize(1025).containsOnly("failed");
        assertThat(meters.waiting.get()).isZero();
    }

    @Test
    void aCancelledAttemptIsNeitherBegunNorReported() {
        Upstream.Attempt begun = upstream.connect(new Listener());
        for (int i = 0; i < 3; i++) {
            upstream.connect(new Listener());
        }
        Upstream.Attempt waiting = upstream.connect(new Listener());
        waiting.cancel();
        begun.cancel();
        ChannelPromise promise = underWay.remove();
        promise.setSuccess();
        Harness.pass(loop, Duration.ofSeconds(1));

        assertThat(underWay).hasSize(3);
        assertThat(outcomes).isEmpty();
        assertThat(promise.channel().isOpen()).isFalse();
    }

    private ChannelPromise connector() {
        ChannelPromise promise = new EmbeddedChannel().newPromise();
        underWay.add(promise);
        return promise;
    }

    private final class Listener implements Upstream.Caller {
        @Override
        public void connected(Channel icecast) {
            outcomes.add("connected");
        }

        @Override
        public void failed() {
            outcomes.add("failed");
        }
    }
}
