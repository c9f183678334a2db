package org.relaysupervisor.proxy;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * The access log in a file that is turned over by size: {@code access.log}, {@code access.log.1} and so on. One thread writes;
 * when the disk is slow or full lines are dropped and counted, and the log goes on when there is room again.
 */
public final class RotatingAccessLog implements AccessLog, AutoCloseable {
    private static final int QUEUE = 4096;
    private static final int BATCH = 256;
    private static final long POLL_MILLIS = 500;
    private static final long RETRY_MILLIS = 1_000;
    private static final Logger log = System.getLogger(RotatingAccessLog.class.getName());

    private final Path file;
    private final long maximumBytes;
    private final int keep;
    private final ArrayBlockingQueue<String> queue = new ArrayBlockingQueue<>(QUEUE);
    private final LongAdder dropped = new LongAdder();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private FileChannel out;
    private long size;
    private boolean failing;

    /**
     * Starts the writing; the file and its directory are made when the first line comes.
     *
     * @param maximumBytes the file is turned over before it grows beyond this
     * @param keep turned-over files that are kept, at least 0
     * @param threads gives the one thread, {@code relay-access-log}
     */
    public RotatingAccessLog(Path file, long maximumBytes, int keep, ThreadFactory threads) {
        this.file = file;
        this.maximumBytes = maximumBytes;
        this.keep = keep;
        this.thread = threads.newThread(this::run);
        thread.start();
    }

    @Override
    public void append(String line) {
        if (closing.getCount() == 0 || !queue.offer(line)) {
            dropped.increment();
        }
    }

    @Override
    public long dropped() {
        return dropped.sum();
    }

    /** Writes what is queued and ends, within two seconds. */
    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join(2_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (closing.getCount() > 0 || !queue.isEmpty()) {
                String first = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (first != null) {
                    List<String> lines = new ArrayList<>(List.of(first));
                    queue.drainTo(lines, BATCH);
                    writeOrDrop(lines);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closeFile();
        }
    }

    private void writeOrDrop(List<String> lines) throws InterruptedException {
        int written = 0;
        try {
            for (String line : lines) {
                write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
                written++;
            }
            if (failing) {
                failing = false;
                log.log(Level.INFO, "{0} is written again; lines dropped so far: {1}", file, dropped());
            }
        } catch (IOException e) {
            dropped.add(lines.size() - written);
            closeFile();
            if (!failing) {
                failing = true;
                log.log(Level.WARNING, "{0} cannot be written, lines are dropped: {1}", file, e);
            }
            closing.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void write(ByteBuffer line) throws IOException {
        if (out != null && size > 0 && size + line.remaining() > maximumBytes) {
            turnOver();
        }
        if (out == null) {
            open();
        }
        int length = line.remaining();
        try {
            while (line.hasRemaining()) {
                out.write(line);
            }
        } catch (IOException e) {
            // A disk that is full may have taken half a line.
            out.truncate(size);
            throw e;
        }
        size += length;
    }

    private void open() throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        size = out.size();
    }

    private void turnOver() throws IOException {
        closeFile();
        if (keep == 0) {
            Files.deleteIfExists(file);
        }
        for (int i = keep; i >= 1; i--) {
            Path younger = i == 1 ? file : numbered(i - 1);
            if (Files.exists(younger)) {
                Files.move(younger, numbered(i), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private Path numbered(int age) {
        return file.resolveSibling(file.getFileName() + "." + age);
    }

    private void closeFile() {
        if (out == null) {
            return;
        }
        try {
            out.close();
        } catch (IOException e) {
            log.log(Level.DEBUG, "closing the access log", e);
        }
        out = null;
    }
}
