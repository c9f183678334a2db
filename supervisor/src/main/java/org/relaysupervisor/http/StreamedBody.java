package org.relaysupervisor.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The body of a streamed answer. Whoever writes it is never more than {@link #AHEAD} chunks ahead of the client. On the writer's thread, but for
 * what is told of writes that are done.
 */
// The futures of writes: when they fail the connection is gone, which the next write notices.
@SuppressWarnings("FutureReturnValueIgnored")
final class StreamedBody extends OutputStream {
    static final int CHUNK = 32 * 1024;
    static final int AHEAD = 4;
    private static final int LONGEST_ERROR = 2_000;

    private static final Logger LOG = System.getLogger(StreamedBody.class.getName());

    private final Channel channel;
    private final Duration patience;
    private final Runnable progress;
    private final Semaphore free = new Semaphore(AHEAD);
    private final byte[] chunk = new byte[CHUNK];
    private int used;

    /**
     * @param patience with a client that reads nothing
     * @param progress called on the event loop when a chunk has left
     */
    StreamedBody(Channel channel, Duration patience, Runnable progress) {
        this.channel = channel;
        this.patience = patience;
        this.progress = progress;
    }

    /** The whole of it, and its end. */
    void run(HttpReply.Stream stream) {
        end(outcome(stream));
    }

    private Optional<String> outcome(HttpReply.Stream stream) {
        try {
            Optional<String> problem = stream.writeTo(this);
            flush();
            return problem;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("this was given up");
        } catch (IOException e) {
            return Optional.of(message(e));
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a streamed answer failed", e);
            return Optional.of(message(e));
        }
    }

    private static String message(Exception failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        int left = length;
        while (left > 0) {
            int fits = Math.min(left, CHUNK - used);
            System.arraycopy(bytes, from, chunk, used, fits);
            used += fits;
            from += fits;
            left -= fits;
            if (used == CHUNK) {
                flush();
            }
        }
    }

    @Override
    public void flush() throws IOException {
        if (used == 0) {
            return;
        }
        await(1);
        byte[] full = Arrays.copyOf(chunk, used);
        used = 0;
        channel.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(full)))
                .addListener(written -> {
                    free.release();
                    if (written.isSuccess()) {
                        progress.run();
                    }
                });
    }

    /** Until so many more chunks may be on their way. */
    private void await(int chunks) throws IOException {
        try {
            if (!free.tryAcquire(chunks, patience.toMillis(), TimeUnit.MILLISECONDS)) {
                channel.close();
                throw new IOException("the client has read nothing for " + patience.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("this was given up").initCause(e);
        }
        if (!channel.isActive()) {
            throw new IOException("the client is gone");
        }
    }

    private void end(Optional<String> problem) {
        try {
            await(AHEAD);
        } catch (IOException e) {
            channel.close();
            return;
        }
        LastHttpContent last = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
        last.trailingHeaders().set(HttpServer.OUTCOME, problem.isEmpty() ? HttpServer.DONE : HttpServer.FAILED);
        problem.ifPresent(message -> last.trailingHeaders().set(HttpServer.ERROR, encoded(message)));
        channel.writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
    }

    /** Printable ASCII as it is, for those who read it as it comes. */
    static String encoded(String message) {
        StringBuilder header = new StringBuilder();
        for (byte b : message.getBytes(StandardCharsets.UTF_8)) {
            if (header.length() >= LONGEST_ERROR) {
                break;
            }
            boolean plain = b >= 0x20 && b < 0x7f && b != '%' && b != '+';
            header.append(plain ? Character.toString(b) : String.format(Locale.ROOT, "%%%02X", b));
        }
        return header.toString();
    }
}
