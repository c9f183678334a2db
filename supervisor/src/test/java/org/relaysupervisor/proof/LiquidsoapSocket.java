package org.relaysupervisor.proof;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.relaysupervisor.station.Station;

/** Asks the Liquidsoap of a station that is on the air. For one thread. */
final class LiquidsoapSocket implements AutoCloseable {
    private static final int LONGEST_ANSWER = 1_024;
    private static final String END = "\r\nEND\r\n";
    /** Liquidsoap ends a connection on which nothing was asked for ten. */
    private static final Duration FRESH = Duration.ofSeconds(5);

    private final UnixDomainSocketAddress address;
    private SocketChannel channel;
    private long askedAt;

    LiquidsoapSocket(Station station) throws IOException {
        address = UnixDomainSocketAddress.of(station.state.resolve("run/liquidsoap.sock"));
        channel = SocketChannel.open(address);
        askedAt = System.nanoTime();
    }

    String ask(String command) throws IOException {
        if (System.nanoTime() - askedAt > FRESH.toNanos()) {
            channel.close();
            channel = SocketChannel.open(address);
        }
        askedAt = System.nanoTime();
        channel.write(ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.US_ASCII)));
        ByteBuffer bytes = ByteBuffer.allocate(LONGEST_ANSWER);
        String answer = "";
        while (!answer.endsWith(END)) {
            if (channel.read(bytes) <= 0) {
                throw new IOException("Liquidsoap ended its answer early: " + answer);
            }
            answer = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
        }
        return answer.substring(0, answer.length() - END.length());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
