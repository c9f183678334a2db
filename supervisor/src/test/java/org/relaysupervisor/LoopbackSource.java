package org.relaysupervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.relaysupervisor.config.Lane;

/** Sends audio to the source route of a lane as a Liquidsoap does, once it was let in. */
final class LoopbackSource implements AutoCloseable {
    private static final String HEAD = """
            SOURCE /live HTTP/1.0
            Authorization: Basic c291cmNlOmhhY2ttZQ==
            Content-Type: audio/mpeg

            """.replace("\n", "\r\n");

    static final String OK = "HTTP/1.0 200 OK\r\n\r\n";

    /** MPEG-1 layer III, 128 kbit/s, 44.1 kHz. */
    private static final byte[] FRAME =
            ByteBuffer.allocate(417).putInt(0xfffb_9000).array();

    private final Socket socket;

    LoopbackSource(Lane lane, int port) throws IOException {
        socket = new Socket(lane.address(), port);
        socket.getOutputStream().write(HEAD.getBytes(StandardCharsets.US_ASCII));
        byte[] reply = socket.getInputStream().readNBytes(OK.length());
        assertThat(new String(reply, StandardCharsets.US_ASCII)).isEqualTo(OK);
    }

    /** Some frames. */
    void send() throws IOException {
        for (int i = 0; i < 8; i++) {
            socket.getOutputStream().write(FRAME);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
