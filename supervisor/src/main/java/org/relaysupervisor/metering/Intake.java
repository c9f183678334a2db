package org.relaysupervisor.metering;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.relaysupervisor.audio.LoudnessMeter;

/**
 * Where one mount's decoder brings its samples: a Unix socket that takes 32-bit floats, little-endian, two channels, 48 kHz. Each start
 * of the decoder has a listening socket of its own under the same name, so whoever connects belongs to that start.
 *
 * <p>{@link #listen} and {@link #close} belong to the control loop, {@link #accept}, {@link #read} and {@link #hangUp} to the meter's
 * thread; the rest is safe from any thread.
 */
final class Intake {
    static final int FRAME_BYTES = 2 * Float.BYTES;
    /** Two seconds of audio, in bytes: what one mount may take of a turn before the others have theirs. */
    static final int TURN_BYTES = 2 * LoudnessMeter.SAMPLE_RATE * FRAME_BYTES;

    /** {@code sun_path} holds 108 bytes, the last of them zero. */
    private static final int MAX_PATH = 107;

    private static final int BUFFER_BYTES = 1 << 16;

    private final Path socket;
    private volatile Start start;

    // The meter's thread's.
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final FloatBuffer floats = bytes.asFloatBuffer();
    private final float[] samples = new float[BUFFER_BYTES / Float.BYTES];
    private SocketChannel connection;
    private Start connected;

    /** Takes samples as they come. */
    @FunctionalInterface
    interface Sink {
        void add(float[] interleaved, int frames);
    }

    /** One start of the decoder. */
    private static final class Start {
        final ServerSocketChannel server;
        final AtomicLong frames = new AtomicLong();

        Start(ServerSocketChannel server) {
            this.server = server;
        }
    }

    Intake(Path socket) {
        this.socket = socket;
    }

    Path socket() {
        return socket;
    }

    /**
     * Makes the socket for a new start of the decoder; an earlier decoder that has not connected yet is refused from here on.
     *
     * @throws IOException when it can't be made; the message says what to do
     */
    void listen() throws IOException {
        int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_PATH) {
            throw new IOException("the path of the decoder's socket is too long: " + length + " bytes, at most "
                    + MAX_PATH + " are possible: " + socket + "; use a shorter state directory or mount path");
        }
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.configureBlocking(false);
            Files.deleteIfExists(socket);
            server.bind(UnixDomainSocketAddress.of(socket), 1);
        } catch (IOException e) {
            server.close();
            throw new IOException("cannot make the decoder's socket " + socket + ": " + e.getMessage(), e);
        }
        Start earlier = start;
        start = new Start(server);
        if (earlier != null) {
            earlier.server.close();
        }
    }

    /** Frames that came since {@link #listen}, from whom that started. */
    long frames() {
        Start now = start;
        return now == null ? 0 : now.frames.get();
    }

    /** Takes a new connection and drops the one before. Returns whether there was a new one. */
    boolean accept() throws IOException {
        Start now = start;
        if (now == null) {
            return false;
        }
        try {
            SocketChannel fresh = now.server.accept();
            if (fresh == null) {
                return false;
            }
            hangUp();
            fresh.configureBlocking(false);
            connection = fresh;
            connected = now;
            return true;
        } catch (ClosedChannelException e) {
            // The loop has just made the socket of the next start.
            return false;
        }
    }

    /** Hands over what has come, two seconds at most and without waiting. Returns the number of frames. */
    int read(Sink sink) {
        int frames = 0;
        while (connection != null && frames * FRAME_BYTES < TURN_BYTES) {
            int room = bytes.remaining();
            int got = receive();
            int whole = takeWholeFrames();
            frames += whole;
            sink.add(samples, whole);
            if (got < room) {
                break;
            }
        }
        return frames;
    }

    private int receive() {
        try {
            int got = connection.read(bytes);
            if (got < 0) {
                hangUp();
            }
            return got;
        } catch (IOException e) {
            // A decoder that was killed.
            hangUp();
            return -1;
        }
    }

    /** Moves them into {@link #samples}; the beginning of a frame whose rest is to come stays. */
    private int takeWholeFrames() {
        int whole = bytes.position() / FRAME_BYTES;
        if (whole > 0) {
            floats.get(0, samples, 0, whole * 2);
            bytes.flip().position(whole * FRAME_BYTES);
            bytes.compact();
            connected.frames.addAndGet(whole);
        }
        return whole;
    }

    /** Ends the connection and forgets a frame that is incomplete. */
    void hangUp() {
        bytes.clear();
        if (connection == null) {
            return;
        }
        try {
            connection.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            connection = null;
        }
    }

    boolean connected() {
        return connection != null;
    }

    /** Removes the socket; a connection stays until {@link #hangUp}. */
    void close() throws IOException {
        Start last = start;
        start = null;
        if (last != null) {
            last.server.close();
            Files.deleteIfExists(socket);
        }
    }
}
