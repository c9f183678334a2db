package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.proxy.ProxySettings.MountSettings;
import org.relaysupervisor.proxy.ProxySnapshot.PrimaryTraffic;

/** An edge with one mount, and a primary that plays numbered frames in real time, on a clock that stands still between two calls. */
@SuppressWarnings("FutureReturnValueIgnored") // embedded channels are done at once
final class EdgeScene {
    static final Duration STEP = FeedScene.STEP;
    static final int STANDBY = FeedScene.STANDBY;
    static final String SECRET = "0123456789abcdef";
    static final String OK = "HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg\r\nicy-name:Radio\r\n\r\n";

    /** In frames, some four seconds. */
    static final int BURST = 157;

    final Harness harness = new Harness(
            1000,
            new MountSettings(
                    "audio/mpeg",
                    true,
                    Optional.of(new Primary("primary.test", 8000, Optional.of(new Secret(SECRET))))),
            List.of());
    final List<Hearer> hearers = new ArrayList<>();
    /** What the primary plays next. */
    int next;

    /** Since the scene began. */
    Duration played = Duration.ZERO;

    private EmbeddedChannel listening;
    private long owedNanos;

    EdgeScene() {
        harness.policy.icecastAvailable(false);
    }

    void standby() {
        harness.mounts.find("/live").standby(Standby.of("audio/mpeg", Mp3.frames(STANDBY, STANDBY + 100)));
    }

    PrimaryTraffic traffic() {
        return harness.mounts.find("/live").traffic().primary().orElseThrow();
    }

    long faults(PrimaryFault fault) {
        return traffic().reconnects().get(fault);
    }

    /** The connection that was made last. */
    EmbeddedChannel connection() {
        return harness.dialled.get(harness.dialled.size() - 1);
    }

    /** The primary answers, and sends its burst, unless something in its answer made the edge leave. */
    void accept() {
        listening = connection();
        Harness.send(listening, OK);
        if (listening.isOpen()) {
            listening.writeInbound(Unpooled.wrappedBuffer(Mp3.frames(Math.max(0, next - BURST), next)));
        }
    }

    /** Time passes until the edge has connected, and then the primary answers. */
    void connect() {
        int before = harness.dialled.size();
        for (int i = 0; i < 1_000 && harness.dialled.size() == before; i++) {
            play(STEP);
        }
        assertThat(harness.dialled).hasSizeGreaterThan(before);
        accept();
    }

    /** Time passes, and the primary goes on; whom it has accepted hears it. */
    void play(Duration time) {
        for (long left = time.toNanos(); left > 0; left -= STEP.toNanos()) {
            owedNanos += STEP.toNanos();
            int due = (int) (owedNanos / Mp3.FRAME.toNanos());
            owedNanos -= due * Mp3.FRAME.toNanos();
            if (listening != null && listening.isOpen() && due > 0) {
                listening.writeInbound(Unpooled.wrappedBuffer(Mp3.frames(next, next + due)));
            }
            next += due;
            harness.pass(STEP);
            played = played.plus(STEP);
        }
    }

    /** Time passes, and nobody hears the primary, which does not end its connections. */
    void cutOff(Duration time) {
        listening = null;
        play(time);
    }

    /** The primary, or the network, ends the connection. */
    void close() {
        connection().close();
        connection().runPendingTasks();
        listening = null;
    }

    Hearer listen() {
        return listen(Harness.STRANGER, FeedScene.PLAIN);
    }

    Hearer listen(InetAddress from, String request) {
        Hearer hearer = new Hearer(harness.joiner(from));
        hearers.add(hearer);
        Harness.send(hearer.channel, request);
        return hearer;
    }
}
