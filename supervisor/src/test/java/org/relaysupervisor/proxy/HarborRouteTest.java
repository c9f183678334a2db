package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.frames.OggPages;
import org.relaysupervisor.loop.ManualLoop;

/** A DJ's bytes on their way to one Liquidsoap, and to two while the second is tried. */
@SuppressWarnings("FutureReturnValueIgnored") // embedded channels do everything at once
class HarborRouteTest {
    private static final String HEAD =
            "PUT /dj HTTP/1.1\r\nAuthorization: Basic c291cmNl\r\nContent-Type: audio/mpeg\r\n\r\n";
    private static final String OK = "HTTP/1.0 200 OK\r\n\r\n";

    private final Harness harness = new Harness(10);
    private final EmbeddedChannel clock = new EmbeddedChannel();
    private final Map<Lane, List<EmbeddedChannel>> dialled = new EnumMap<>(Lane.class);
    private final Set<Lane> away = new HashSet<>();
    private final HarborRoute route;

    HarborRouteTest() {
        clock.freezeTime();
        Keeping keeping = Keeping.none(clock.eventLoop(), harness.meters, new ManualLoop());
        route = new HarborRoute(harness.policy, this::dial, harness.meters, keeping, clock.eventLoop());
    }

    private ChannelFuture dial(Lane lane) {
        EmbeddedChannel channel = new EmbeddedChannel();
        if (away.contains(lane)) {
            return channel.newFailedFuture(new ConnectException("refused by the test"));
        }
        dialled.computeIfAbsent(lane, unused -> new ArrayList<>()).add(channel);
        return channel.newSucceededFuture();
    }

    private EmbeddedChannel liquidsoap(Lane lane) {
        List<EmbeddedChannel> all = dialled.getOrDefault(lane, List.of());
        assertThat(all).as("connections to lane %s", lane).isNotEmpty();
        return all.get(all.size() - 1);
    }

    private EmbeddedChannel dj(String head) {
        EmbeddedChannel dj = new EmbeddedChannel(route);
        Harness.send(dj, head);
        return dj;
    }

    private void rehearse() {
        route.rehearse(true);
        Harness.pass(clock, Duration.ofSeconds(1));
    }

    private static void audio(EmbeddedChannel dj, int from, int to) {
        dj.writeInbound(Unpooled.wrappedBuffer(Mp3.frames(from, to)));
    }

    private static byte[] got(EmbeddedChannel liquidsoap) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (ByteBuf data = liquidsoap.readOutbound(); data != null; data = liquidsoap.readOutbound()) {
            while (data.isReadable()) {
                bytes.write(data.readByte());
            }
            data.release();
        }
        return bytes.toByteArray();
    }

    private static byte[] bytes(String head, byte[] audio) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(audio);
        return bytes.toByteArray();
    }

    @Test
    void bytesPassAsTheyCameBothWays() {
        EmbeddedChannel dj = dj(HEAD);
        Harness.send(liquidsoap(Lane.A), OK);
        Harness.send(dj, "anything");
        assertThat(Harness.sent(liquidsoap(Lane.A))).isEqualTo(HEAD + "anything");
        assertThat(Harness.sent(dj)).isEqualTo(OK);
        dj.close();
        assertThat(liquidsoap(Lane.A).isOpen()).isFalse();
    }

    @Test
    void whatIsNoHeadPassesToo() {
        EmbeddedChannel dj = dj("secret\r\nicy-name:x\r\n");
        audio(dj, 0, 100);
        assertThat(got(liquidsoap(Lane.A))).isEqualTo(bytes("secret\r\nicy-name:x\r\n", Mp3.frames(0, 100)));
    }

    @Test
    void aDjIsTurnedAwayWhenLiquidsoapIsAndEndsWithIt() {
        away.add(Lane.A);
        assertThat(new EmbeddedChannel(route).isOpen()).isFalse();
        away.clear();
        EmbeddedChannel dj = dj(HEAD);
        liquidsoap(Lane.A).close();
        assertThat(dj.isOpen()).isFalse();
    }

    @Test
    void theSecondOneGetsTheHeadAndWholeFramesAndItsAnswerIsSwallowed() {
        EmbeddedChannel dj = dj(HEAD);
        Harness.send(liquidsoap(Lane.A), OK);
        byte[] audio = Mp3.frames(0, 40);
        dj.writeInbound(Unpooled.copiedBuffer(audio, 0, 20 * Mp3.LENGTH + 7));
        Harness.sent(dj);
        rehearse();
        dj.writeInbound(Unpooled.copiedBuffer(audio, 20 * Mp3.LENGTH + 7, 20 * Mp3.LENGTH - 7));
        Harness.send(liquidsoap(Lane.B), OK);
        assertThat(got(liquidsoap(Lane.A))).isEqualTo(bytes(HEAD, audio));
        assertThat(got(liquidsoap(Lane.B))).isEqualTo(bytes(HEAD, Mp3.frames(20, 40)));
        assertThat(Harness.sent(dj)).isEmpty();
    }

    @Test
    void theSecondOneGetsWholeFramesOfAacToo() {
        String head = HEAD.replace("audio/mpeg", "audio/aac");
        EmbeddedChannel dj = dj(head);
        byte[] before = adts(0, 20);
        byte[] after = adts(20, 60);
        dj.writeInbound(Unpooled.wrappedBuffer(before));
        dj.writeInbound(Unpooled.copiedBuffer(after, 0, 9));
        rehearse();
        dj.writeInbound(Unpooled.copiedBuffer(after, 9, after.length - 9));
        assertThat(got(liquidsoap(Lane.A))).isEqualTo(bytes(head, join(before, after)));
        assertThat(got(liquidsoap(Lane.B))).isEqualTo(bytes(head, after));
        exchange();
        dj.writeInbound(Unpooled.wrappedBuffer(adts(60, 70)));
        liquidsoap(Lane.A).close();
        assertThat(dj.isOpen()).isTrue();
        assertThat(got(liquidsoap(Lane.B))).isEqualTo(adts(60, 70));
    }

    /** Frames of all lengths, as AAC has them, each with another content. */
    private static byte[] adts(int from, int to) {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int number = from; number < to; number++) {
            int length = 200 + 37 * number % 300;
            byte[] frame = new byte[length];
            Arrays.fill(frame, (byte) (number % 100));
            // LC, 44.1 kHz, two channels, no checksum: 12 bits of sync, 13 of length.
            ByteBuffer.wrap(frame)
                    .putInt(0xfff1_5080 | length >> 11)
                    .put((byte) (length >> 3))
                    .put((byte) (length << 5 | 0x1f))
                    .put((byte) 0xfc);
            frames.writeBytes(frame);
        }
        return frames.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/ogg", "audio/ogg"})
    void theSecondOneGetsTheHeadersOfAnOggStreamAndThenWholePages(String type) {
        String head = HEAD.replace("audio/mpeg", type);
        EmbeddedChannel dj = dj(head);
        byte[] headers = OggPages.opusHeaders(7, 2);
        byte[] before = OggPages.opusAudio(7, 1, 4);
        byte[] after = OggPages.opusAudio(7, 4, 9);
        dj.writeInbound(Unpooled.wrappedBuffer(headers));
        dj.writeInbound(Unpooled.wrappedBuffer(before));
        dj.writeInbound(Unpooled.copiedBuffer(after, 0, 31));
        rehearse();
        assertThat(got(liquidsoap(Lane.B))).isEqualTo(bytes(head, headers));
        dj.writeInbound(Unpooled.copiedBuffer(after, 31, after.length - 31));
        assertThat(got(liquidsoap(Lane.A))).isEqualTo(bytes(head, join(headers, before, after)));
        assertThat(got(liquidsoap(Lane.B))).isEqualTo(after);
    }

    /** An encoder begins another stream in the same connection with each title. */
    @Test
    void theHeadersAreThoseOfTheNewestOggStream() {
        String head = HEAD.replace("audio/mpeg", "application/ogg");
        EmbeddedChannel dj = dj(head);
        byte[] first = join(OggPages.opusHeaders(7, 2), OggPages.opusAudio(7, 1, 4));
        dj.writeInbound(Unpooled.wrappedBuffer(first));
        dj.writeInbound(Unpooled.wrappedBuffer(OggPages.opusHeaders(8, 1)));
        dj.writeInbound(Unpooled.wrappedBuffer(OggPages.opusAudio(8, 1, 3)));
        rehearse();
        exchange();
        dj.writeInbound(Unpooled.wrappedBuffer(OggPages.opusAudio(8, 3, 4)));
        liquidsoap(Lane.A).close();
        byte[] third = join(OggPages.opusHeaders(9, 2), OggPages.opusAudio(9, 1, 2));
        dj.writeInbound(Unpooled.wrappedBuffer(third));
        assertThat(dj.isOpen()).isTrue();
        assertThat(got(liquidsoap(Lane.B)))
                .isEqualTo(bytes(head, join(OggPages.opusHeaders(8, 1), OggPages.opusAudio(8, 3, 4), third)));
    }

    /** The second one has been found fit. */
    private void exchange() {
        harness.policy.lane(Lane.B);
        route.exchange();
        route.rehearse(false);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    @Test
    void theDjStaysWhenTheFirstOneEndsAfterTheExchange() {
        EmbeddedChannel dj = dj(HEAD);
        audio(dj, 0, 40);
        rehearse();
        audio(dj, 40, 50);
        exchange();
        audio(dj, 50, 60);
        liquidsoap(Lane.A).close();
        audio(dj, 60, 70);
        assertThat(dj.isOpen()).isTrue();
        assertThat(got(liquidsoap(Lane.B))).isEqualTo(bytes(HEAD, Mp3.frames(40, 70)));
        rehearse();
        audio(dj, 70, 80);
        assertThat(got(liquidsoap(Lane.A)))
                .as("another one, in the first lane")
                .isEqualTo(bytes(HEAD, Mp3.frames(70, 80)));
    }

    @Test
    void aFailedSecondOneIsNotNoticedByTheDj() {
        EmbeddedChannel dj = dj(HEAD);
        audio(dj, 0, 40);
        away.add(Lane.B);
        rehearse();
        away.clear();
        Harness.pass(clock, Duration.ofSeconds(1));
        liquidsoap(Lane.B).close();
        route.rehearse(false);
        Harness.pass(clock, Duration.ofSeconds(1));
        audio(dj, 40, 50);
        assertThat(dialled.get(Lane.B)).hasSize(1);
        assertThat(dj.isOpen()).isTrue();
        assertThat(got(liquidsoap(Lane.A))).isEqualTo(bytes(HEAD, Mp3.frames(0, 50)));
    }

    @Test
    void whoWasNotLetInOrCannotBeJoinedInTheMiddleLeadsToOneOnly() {
        dj(HEAD);
        EmbeddedChannel chunked = dj(HEAD.replace("\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n"));
        audio(chunked, 0, 40);
        EmbeddedChannel browser =
                dj("GET /dj HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: websocket\r\nContent-Type: audio/mpeg\r\n\r\n");
        audio(browser, 0, 40);
        rehearse();
        assertThat(dialled).doesNotContainKey(Lane.B);
    }

    @Test
    void tooManyAtOnceAreTurnedAway() {
        List<EmbeddedChannel> djs = new ArrayList<>();
        for (int i = 0; i < 65; i++) {
            djs.add(new EmbeddedChannel(route));
        }
        assertThat(djs.get(63).isOpen()).isTrue();
        assertThat(djs.get(64).isOpen()).isFalse();
        assertThat(harness.refused(Refusal.OVERLOAD)).isOne();
    }
}
