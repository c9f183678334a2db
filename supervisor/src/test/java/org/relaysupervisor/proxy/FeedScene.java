package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A fed mount with a source that plays numbered frames in real time, all on a clock that stands still between two calls. */
final class FeedScene {
    /** Every group of the pacer has its turn at a multiple of it. */
    static final Duration STEP = Duration.ofNanos(15_625_000);

    static final int STANDBY = 1_000_000;
    static final String HEAD = Exchanges.LIQUIDSOAP_HEAD;
    static final String OTHER_HEAD = HEAD.replace("c291cmNlOmhhY2ttZQ==", "b3RoZXI6b3RoZXI=");
    static final String PLAIN = "GET /live HTTP/1.0\r\n\r\n";
    static final String DECODER = "GET /live HTTP/1.1\r\nUser-Agent: " + ProxySettings.DECODER_USER_AGENT + "\r\n\r\n";
    static final String RECORDER = "GET /live HTTP/1.1\r\nUser-Agent: " + ProxySettings.RECORDER_USER_AGENT + "\r\n";
    static final String WITH_TITLES = "GET /live HTTP/1.0\r\nIcy-MetaData: 1\r\n\r\n";

    final Harness harness = new Harness(1000, "audio/mpeg", true);
    final List<Hearer> hearers = new ArrayList<>();
    final List<Hearer> decoders = new ArrayList<>();
    final List<Hearer> recorders = new ArrayList<>();
    EmbeddedChannel source;
    int next;
    private long owedNanos;

    /** Begins when the pacer's intervals do, so that the same script gives the same turns. */
    FeedScene() {
        long interval = FeedLimits.DEFAULTS.interval().toNanos();
        harness.pass(Duration.ofNanos(interval - Math.floorMod(feed().now(), interval)));
        icecastAvailable(true);
    }

    void wanted(boolean now) {
        harness.policy.streamWanted(now);
        if (!now) {
            feed().notWanted();
        }
    }

    Feed feed() {
        return harness.feed();
    }

    void icecastAvailable(boolean available) {
        harness.policy.icecastAvailable(available);
        harness.feed().icecast().icecastAvailable(available);
    }

    /** A source that Icecast lets in. */
    void begin() {
        connect(HEAD);
        Harness.send(harness.lastIcecast(), Exchanges.SOURCE_OK);
        assertThat(Harness.sent(source)).isEqualTo(Exchanges.SOURCE_OK);
    }

    void connect(String head) {
        source = harness.source();
        Harness.send(source, head);
    }

    /** Time passes, and the source sends what it has to. */
    void play(Duration time) {
        for (long left = time.toNanos(); left > 0; left -= STEP.toNanos()) {
            owedNanos += STEP.toNanos();
            int due = (int) (owedNanos / Mp3.FRAME.toNanos());
            owedNanos -= due * Mp3.FRAME.toNanos();
            sendFrames(due);
            harness.pass(STEP);
        }
    }

    void sendFrames(int count) {
        source.writeInbound(Unpooled.wrappedBuffer(Mp3.frames(next, next + count)));
        next += count;
    }

    /** Time passes, and the source is silent. */
    void pass(Duration time) {
        for (long left = time.toNanos(); left > 0; left -= STEP.toNanos()) {
            harness.pass(STEP);
        }
    }

    Hearer listen(String request) {
        return listen(Harness.STRANGER, request);
    }

    Hearer listen(InetAddress from, String request) {
        Hearer hearer = new Hearer(harness.joiner(from));
        hearers.add(hearer);
        Harness.send(hearer.channel, request);
        return hearer;
    }

    Hearer decoder() {
        Hearer decoder = new Hearer(harness.joiner(Harness.LOCAL));
        decoders.add(decoder);
        Harness.send(decoder.channel, DECODER);
        return decoder;
    }

    Hearer recorder(String session) {
        return record(RecorderRequest.SESSION + ": " + session + "\r\n");
    }

    Hearer recorder(String session, long after) {
        return record("%s: %s\r\n%s: %s %d\r\n"
                .formatted(RecorderRequest.SESSION, session, RecorderRequest.AFTER, Harness.FEED, after));
    }

    /** @param headers whole lines */
    Hearer record(String headers) {
        Hearer recorder = new Hearer(harness.joiner(Harness.LOCAL));
        recorders.add(recorder);
        Harness.send(recorder.channel, RECORDER + headers + "\r\n");
        return recorder;
    }

    ProxySnapshot.MountTraffic traffic() {
        return harness.mounts.traffic().get("/live");
    }

    /** The newest connection to Icecast, as it looks from there. */
    Hearer icecast() {
        return new Hearer(harness.lastIcecast());
    }

    void standby() {
        feed().standby(Standby.of("audio/mpeg", Mp3.frames(STANDBY, STANDBY + 100)));
    }

    ProxySnapshot.Continuity continuity() {
        return harness.meters.continuity();
    }

    /** Without those of connections that the test refused. */
    long errors() {
        return harness.meters.errors() - harness.meters.connectFailures.sum();
    }

    /** Takes what was sent to those who still owe a release of it. */
    void drain() {
        hearers.forEach(hearer -> hearer.channel.releaseOutbound());
        decoders.forEach(decoder -> decoder.channel.releaseOutbound());
        recorders.forEach(recorder -> recorder.channel.releaseOutbound());
        harness.icecast.forEach(EmbeddedChannel::releaseOutbound);
    }

    /** The stream has ended, and nothing is left of it. */
    void assertEnded() {
        drain();
        assertThat(feed().isOn()).isFalse();
        assertThat(feed().ring().heldBytes()).isZero();
        pass(Duration.ofSeconds(6));
        assertThat(harness.hasTurns()).isFalse();
        assertThat(harness.icecast).noneMatch(EmbeddedChannel::isOpen);
        assertThat(traffic().feed().orElseThrow().bridges()).isEmpty();
        assertThat(traffic().sourceConnected()).isFalse();
    }
}
