package org.relaysupervisor.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Part of a file as a stream, in pieces of at most 64 KiB, each of which waits for its share of the bandwidth. Remembers that it was
 * reading the file that failed, since what a client makes of that looks like a failing network. One thread.
 */
final class FileSection extends InputStream {
    private final Path file;
    private final FileChannel channel;
    private final long begin;
    private final long end;
    private final Bandwidth bandwidth;
    private final ByteBuffer block = ByteBuffer.allocate(Bandwidth.LARGEST_BLOCK);
    private long position;
    private long mark;
    private IOException failure;

    /** @param bandwidth null for reading at full speed */
    private FileSection(Path file, FileChannel channel, long begin, long length, Bandwidth bandwidth) {
        this.file = file;
        this.channel = channel;
        this.begin = begin;
        this.end = begin + length;
        this.bandwidth = bandwidth;
        this.position = begin;
        this.mark = begin;
        block.limit(0);
    }

    /** For hashing, at full speed. */
    static FileSection toRead(Path file, long begin, long length) throws IOException {
        return new FileSection(file, FileChannel.open(file, StandardOpenOption.READ), begin, length, null);
    }

    static FileSection toSend(Path file, long begin, long length, Bandwidth bandwidth) throws IOException {
        return new FileSection(file, FileChannel.open(file, StandardOpenOption.READ), begin, length, bandwidth);
    }

    /** What went wrong with the file; null when nothing did. */
    IOException failure() {
        return failure;
    }

    /** Goes back to the first byte. */
    FileSection rewound() {
        mark = begin;
        reset();
        return this;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (position == end) {
            return -1;
        }
        if (!block.hasRemaining()) {
            fill();
        }
        int count = Math.min(length, block.remaining());
        block.get(into, offset, count);
        position += count;
        return count;
    }

    /** From the file where the next byte is; clients ask for a few kilobytes at a time. */
    private void fill() throws IOException {
        int wanted = (int) Math.min(end - position, bandwidth == null ? Bandwidth.LARGEST_BLOCK : bandwidth.block());
        awaitTurn(wanted);
        block.clear().limit(wanted);
        try {
            readFile();
        } finally {
            block.flip();
        }
    }

    private void awaitTurn(int bytes) throws IOException {
        if (bandwidth == null) {
            return;
        }
        try {
            bandwidth.take(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private void readFile() throws IOException {
        try {
            if (channel.read(block, position) <= 0) {
                throw new IOException(
                        file + ": ends at byte " + position + ", " + (end - position) + " bytes too early");
            }
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public int available() {
        return (int) Math.min(end - position, Integer.MAX_VALUE);
    }

    @Override
    public boolean markSupported() {
        return true;
    }

    @Override
    public void mark(int limit) {
        mark = position;
    }

    @Override
    public void reset() {
        position = mark;
        block.clear().limit(0);
    }

    /** For who has opened it. Whom it is lent to gets {@link #lent}. */
    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** The same stream, which others may close without effect. */
    InputStream lent() {
        return new LentStream(this);
    }

    private static final class LentStream extends java.io.FilterInputStream {
        LentStream(InputStream owned) {
            super(owned);
        }

        @Override
        public void close() {
            // It is its owner's to close.
        }
    }
}
