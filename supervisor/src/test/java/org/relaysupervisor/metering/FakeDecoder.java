package org.relaysupervisor.metering;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Brings samples to a meter as ffmpeg does. */
final class FakeDecoder implements AutoCloseable {
    private final SocketChannel channel;

    FakeDecoder(Path socket) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }

    /** What fits into the kernel's buffer; more would wait for a reader. */
    void send(float[] interleaved) throws IOException {
        send(bytes(interleaved));
    }

    void send(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    static byte[] bytes(float[] interleaved) {
        ByteBuffer bytes = ByteBuffer.allocate(interleaved.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(interleaved);
        return bytes.array();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
