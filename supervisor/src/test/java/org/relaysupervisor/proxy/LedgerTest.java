package org.relaysupervisor.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.proxy.Ledger.Kind;
import org.relaysupervisor.proxy.Ledger.Line;
import org.relaysupervisor.proxy.Ledger.Mark;

/** What is written down of listeners, and that a stream which is cut anywhere goes on without a fault. */
class LedgerTest {
    private static final String HEAD = "HTTP/1.0 200 OK\r\n\r\n";
    private static final Instant ACCEPTED = Instant.parse("2026-11-23T20:00:00.123Z");

    private static final Ledger.Size LISTENERS = Ledger.Size.OF_LISTENERS;

    private final ByteBuffer memory = ByteBuffer.allocate(LISTENERS.bytes());
    private final Ledger ledger = fresh();
    private final Meters meters = new Meters();

    private Ledger fresh() {
        Ledger made = new Ledger(memory, LISTENERS);
        made.freeAllBut(Set.of());
        return made;
    }

    private Client client(String request) throws MalformedHeadException, UnknownHostException {
        InetAddress peer = InetAddress.getByName("192.0.2.1");
        Client client = new Client(new EmbeddedChannel(), peer, ACCEPTED, 0, meters, ProxyLimits.DEFAULTS);
        client.requested(RequestHead.parse(request), InetAddress.getByName("2001:db8::7"));
        return client;
    }

    private static Optional<Line> begin(Ledger ledger, Kind kind, Client client) {
        return ledger.begin(kind, client.acceptedAt(), client.address(), Keeping.request(client));
    }

    private Line line() throws Exception {
        return begin(ledger, Kind.LISTENER, client("GET /live HTTP/1.0\r\n\r\n"))
                .orElseThrow();
    }

    @Test
    void theNextDaemonReadsWhatWasWrittenAndNoSecret() throws Exception {
        String headers = String.join("\r\n", "User-Agent: VLC", "Cookie: c=1", "Referer: r", "X-Relay-Front: secret");
        Client client = client("GET /live?a=b HTTP/1.1\r\n" + headers + "\r\n\r\n");
        Line line = begin(ledger, Kind.EDGE, client).orElseThrow();
        line.note(new Mark(100, 0, Mark.NO_TITLES, 7));

        Line read = new Ledger(memory, LISTENERS).find(line.name()).orElseThrow();
        assertThat(read.request().path()).isEqualTo("/live");
        assertThat(read.request().requestLine()).isEqualTo("GET /live?a=b HTTP/1.1");
        assertThat(read.request().header("User-Agent")).contains("VLC");
        assertThat(read.request().header("Referer")).contains("r");
        assertThat(read.kind()).isEqualTo(Kind.EDGE);
        assertThat(read.acceptedAt()).isEqualTo(ACCEPTED);
        assertThat(read.address()).isEqualTo(InetAddress.getByName("2001:db8::7"));
        assertThat(read.after(150)).contains(new Mark(150, 0, Mark.NO_TITLES, 57));
        assertThat(new String(memory.array(), ISO_8859_1))
                .doesNotContain("secret")
                .doesNotContain("c=1");
    }

    @Test
    void namesThatAreNotOursOrNotCurrentAreNotFound() throws Exception {
        Line line = line();
        String name = line.name();
        for (String other : new String[] {
            "listener-", "listener-1", "listener-0-1", "listener-2001-1", "listener-1-99", "listener-x-1", name + "-1"
        }) {
            assertThat(ledger.find(other)).as(other).isEmpty();
        }
        line.end();
        assertThat(ledger.find(name)).isEmpty();
    }

    @Test
    void linesAreBoundedAndFreedOnesAreUsedAgainUnderAnotherName() throws Exception {
        List<Line> all = new ArrayList<>();
        for (int i = 0; i < LISTENERS.lines(); i++) {
            all.add(line());
        }
        Client oneMore = client("GET /live HTTP/1.0\r\n\r\n");
        assertThat(begin(ledger, Kind.LISTENER, oneMore)).isEmpty();
        String name = all.get(5).name();
        all.get(5).end();
        assertThat(begin(ledger, Kind.LISTENER, oneMore).orElseThrow().name()).isNotEqualTo(name);
    }

    @Test
    void onlyThoseWhoGoOnKeepTheirLines() throws Exception {
        Line gone = line();
        String goneName = gone.name();
        Line going = line();
        Ledger next = new Ledger(memory, LISTENERS);
        next.freeAllBut(Set.of(next.find(going.name()).orElseThrow()));

        assertThat(next.find(going.name())).isPresent();
        assertThat(next.find(goneName)).isEmpty();
        for (int i = 1; i < LISTENERS.lines(); i++) {
            assertThat(begin(next, Kind.LISTENER, client("GET /live HTTP/1.0\r\n\r\n")))
                    .isPresent();
        }
    }

    @Test
    void aRequestThatIsTooLongIsNotKept() throws Exception {
        String wordy = "GET /live HTTP/1.0\r\nUser-Agent: " + "x".repeat(600) + "\r\n\r\n";
        assertThat(begin(ledger, Kind.LISTENER, client(wordy))).isEmpty();
    }

    @Test
    void whatWasNotSentToTheEndOfItsHeadOrContradictsItselfCannotGoOn() throws Exception {
        Line line = line();
        assertThat(line.after(100)).isEmpty();
        line.note(new Mark(100, 0, 16_000, 0));
        assertThat(line.after(99)).isEmpty();
        assertThat(line.after(100)).contains(new Mark(100, 0, 16_000, 0));
        assertThat(line.after(16_100)).contains(new Mark(16_100, 0, 0, 16_000));
        assertThat(line.after(16_101)).isEmpty();
        // In the middle of a title, and of what a decoder needs.
        line.note(new Mark(16_100, 33, 16_000, 16_000));
        assertThat(line.after(16_110)).contains(new Mark(16_110, 23, 16_000, 16_000));
        line.goOn(new Mark(200, 50, Mark.NO_TITLES, 4));
        assertThat(line.after(220)).isEmpty();
        assertThat(line.after(250)).contains(new Mark(250, 0, Mark.NO_TITLES, 4));
    }

    @Test
    void theOldestMarksAreForgottenAndWithThemWhatIsFurtherBehind() throws Exception {
        Line line = line();
        for (int i = 0; i < 40; i++) {
            line.note(new Mark(16_001L * i, 1, 16_000, 16_000L * i));
        }
        assertThat(line.after(16_001L * 39 + 5)).contains(new Mark(16_001L * 39 + 5, 0, 15_996, 16_000L * 39 + 4));
        assertThat(line.after(16_001L * 25)).isPresent();
        assertThat(line.after(16_001L * 24)).isEmpty();
    }

    /** Written by one writer, cut at some byte, gone on with by the next, several times over. */
    @Test
    void aStreamThatIsCutAnywhereGoesOnWithItsTitlesInTheirPlacesAndNoByteLostOrTwice() throws Exception {
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            byte[] audio = new byte[150_000 + random.nextInt(100_000)];
            random.nextBytes(audio);
            Line line = line();
            Stream stream = new Stream(line, audio, random);
            for (int cuts = random.nextInt(4); cuts > 0; cuts--) {
                stream.write(random.nextInt(60_000));
                stream.cutAndGoOn();
            }
            stream.write(audio.length);
            assertThat(stream.audioAsHeard()).as("seed %s", seed).isEqualTo(audio);
            line.end();
        }
    }

    /** One ICY listener's stream. */
    private static final class Stream {
        private final Line line;
        private final byte[] audio;
        private final Random random;
        private final Titles titles = new Titles();
        private final EmbeddedChannel channel = new EmbeddedChannel();
        private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        private IcyWriter writer = new IcyWriter(titles);
        private long taken;
        private long given;
        private int position;

        Stream(Line line, byte[] audio, Random random) {
            this.line = line;
            this.audio = audio;
            this.random = random;
            sent.writeBytes(HEAD.getBytes(ISO_8859_1));
            given = HEAD.length();
            taken = given;
            line.note(new Mark(given, 0, writer.untilTitle(), 0));
        }

        void write(int bytes) {
            int end = Math.min(audio.length, position + bytes);
            while (position < end) {
                if (random.nextInt(4) == 0) {
                    titles.add(position, "x".repeat(random.nextInt(3_000)), "");
                }
                int length = Math.min(end - position, 1 + random.nextInt(20_000));
                ByteBuf some = Unpooled.copiedBuffer(audio, position, length);
                long before = given;
                given += writer.write(
                        channel,
                        position,
                        some,
                        (ahead, blockLength, from) ->
                                line.note(new Mark(before + ahead, blockLength, IcyWriter.INTERVAL, from)));
                position += length;
            }
            collect();
        }

        private void collect() {
            ByteBuf data;
            channel.flushOutbound();
            while ((data = channel.readOutbound()) != null) {
                sent.writeBytes(ByteBufUtil.getBytes(data));
                data.release();
            }
        }

        /** The kernel had taken all but some 60,000 bytes at most. */
        void cutAndGoOn() {
            long floor = Math.max(taken, given - 60_000);
            taken = floor + (long) (random.nextDouble() * (given - floor));
            byte[] kept = Arrays.copyOf(sent.toByteArray(), (int) taken);
            sent.reset();
            sent.writeBytes(kept);
            Mark from = line.after(taken).orElseThrow();
            line.goOn(from);
            sent.writeBytes(new byte[from.length()]);
            given = taken + from.length();
            taken = given;
            writer = new IcyWriter(titles, from.untilTitle(), from.position());
            position = (int) from.position();
        }

        byte[] audioAsHeard() {
            ByteArrayOutputStream heard = new ByteArrayOutputStream();
            byte[] all = sent.toByteArray();
            new IcyReader(IcyWriter.INTERVAL)
                    .accept(Arrays.copyOfRange(all, HEAD.length(), all.length), new IcyReader.Owner() {
                        @Override
                        public void audio(byte[] bytes, int offset, int length) {
                            heard.write(bytes, offset, length);
                        }

                        @Override
                        public void title(String text, String url) {}
                    });
            return heard.toByteArray();
        }
    }
}
