package org.relaysupervisor.process;

import com.sun.jna.Memory;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One stream of one child's output: a FIFO with a name, and the thread that reads it. The daemon holds both ends open for as
 * long as it lives, so the reader never sees end-of-file and successive processes of the child write to the same FIFO.
 */
final class OutputPipe implements AutoCloseable {
    private static final Logger log = System.getLogger(OutputPipe.class.getName());
    private static final int FILE_TYPE = 0170000;
    private static final int FIFO = 0010000;

    private final Path path;
    private final OutputSink sink;
    private final String child;
    private final OutputSink.Stream stream;
    private final FileChannel reading;
    private final int writing;
    private final Thread thread;
    private final LineSplitter lines = new LineSplitter(this::accept);

    /** No child can guess it, so no child can forge a marker. */
    private final String markerPrefix = "relay-marker-" + UUID.randomUUID();

    private final Map<String, CountDownLatch> markers = new ConcurrentHashMap<>();

    /** Held around each use of the descriptor, because its number may mean another file once it is closed. */
    private final ReentrantLock closing = new ReentrantLock();

    private boolean closed;

    OutputPipe(Path path, String child, OutputSink.Stream stream, OutputSink sink) throws IOException {
        this.path = path;
        this.child = child;
        this.stream = stream;
        this.sink = sink;
        create(path);
        // Opened for both, because opening for reading alone waits for a writer.
        reading = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        writing = LibC.open(LibC.string(path.toString()), LibC.O_WRONLY | LibC.O_NONBLOCK | LibC.O_CLOEXEC, 0);
        if (writing < 0) {
            IOException failure = LibC.failure(path + " can't be opened");
            reading.close();
            throw failure;
        }
        thread = new Thread(this::read, "relay-output-" + path.getFileName());
        thread.setDaemon(true);
        thread.start();
    }

    private static void create(Path path) throws IOException {
        try {
            int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if ((mode & FILE_TYPE) == FIFO) {
                return;
            }
            Files.delete(path);
        } catch (NoSuchFileException expected) {
            // Made below.
        }
        Memory name = LibC.string(path.toString());
        if (LibC.mkfifo(name, 0600) != 0) {
            throw LibC.failure(path + " can't be made");
        }
    }

    Path path() {
        return path;
    }

    /** Lines cut because they were too long. */
    long cut() {
        return lines.cut();
    }

    /**
     * Waits until all that was written so far has reached the sink, and ends a line that its writer left unfinished. Done when a
     * process has ended, so that its last words are known before its exit is.
     *
     * @return whether it was reached in time
     */
    boolean flush(long timeoutMillis) {
        String marker = markerPrefix + UUID.randomUUID();
        CountDownLatch seen = new CountDownLatch(1);
        markers.put(marker, seen);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        try {
            // Shorter than PIPE_BUF, so it is written whole or, while the pipe is full, not at all.
            byte[] bytes = ("\n" + marker + "\n").getBytes(StandardCharsets.US_ASCII);
            while (!write(bytes)) {
                if (System.nanoTime() > deadline) {
                    return false;
                }
                TimeUnit.MILLISECONDS.sleep(1);
            }
            return seen.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            markers.remove(marker);
        }
    }

    private boolean write(byte[] bytes) {
        closing.lock();
        try {
            return !closed && LibC.write(writing, bytes, bytes.length) == bytes.length;
        } finally {
            closing.unlock();
        }
    }

    private void read() {
        ByteBuffer buffer = ByteBuffer.allocate(16 * 1024);
        try {
            while (true) {
                int count = reading.read(buffer.clear());
                lines.feed(buffer.array(), count);
            }
        } catch (ClosedChannelException expected) {
            log.log(Level.DEBUG, "{0} closed", path);
        } catch (IOException e) {
            log.log(Level.ERROR, "what " + child + " prints is lost from now on: " + path + " can't be read", e);
        }
    }

    private void accept(String line) {
        if (line.startsWith(markerPrefix)) {
            CountDownLatch seen = markers.get(line);
            if (seen != null) {
                seen.countDown();
            }
            return;
        }
        try {
            sink.line(child, stream, line);
        } catch (RuntimeException e) {
            log.log(Level.ERROR, "a line of " + child + " could not be logged", e);
        }
    }

    /** Ends the reader. The FIFO stays: a child that is still alive goes on holding it. */
    @Override
    public void close() throws IOException {
        reading.close();
        closing.lock();
        try {
            if (!closed) {
                closed = true;
                LibC.close(writing);
            }
        } finally {
            closing.unlock();
        }
    }
}
