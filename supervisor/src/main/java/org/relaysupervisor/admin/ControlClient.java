package org.relaysupervisor.admin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Arrays;
import java.util.Locale;

/** Asks the daemon over its Unix socket: as much HTTP/1.1 as that takes, out of few classes, since the JVM's start is waited for. */
final class ControlClient {
    private static final int MOST_BYTES = 16 * 1024 * 1024;

    /** A little longer than the daemon lets itself be silent in the middle of an answer; in milliseconds. */
    private static final long STREAM_PATIENCE = 31 * 60_000;

    private final Path socket;

    ControlClient(Path socket) {
        this.socket = socket;
    }

    /** A whole answer. */
    record Answer(int status, String head, byte[] body) {
        /** The value of a header of ours, or the other. */
        String header(String name, String otherwise) {
            String start = "\r\n" + name.toLowerCase(Locale.ROOT) + ":";
            int at = head.toLowerCase(Locale.ROOT).indexOf(start);
            if (at < 0) {
                return otherwise;
            }
            int end = head.indexOf("\r\n", at + 2);
            return head.substring(at + start.length(), end < 0 ? head.length() : end)
                    .strip();
        }
    }

    /** The daemon was not reached, or what answered is not it; the message is for the operator. */
    static final class Unreachable extends Exception {
        Unreachable(String message) {
            super(message);
        }
    }

    /** @param patience in milliseconds, that the daemon may be silent */
    Answer ask(String method, String target, long patience) throws Unreachable {
        try (SocketChannel channel = connect();
                Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
            send(method, target, channel, selector, patience);
            key.interestOps(SelectionKey.OP_READ);
            return parse(readAll(channel, selector, patience));
        } catch (IOException e) {
            throw new Unreachable("the connection over " + socket + " broke: " + e.getMessage());
        }
    }

    /**
     * Asks for an answer that may take long and be large, and writes it as it comes. It takes nothing more from the daemon than is written.
     *
     * @throws StreamedAnswer.OutputFailure when it can't be written
     */
    StreamedAnswer.Ending stream(String target, OutputStream body) throws Unreachable, StreamedAnswer.OutputFailure {
        try (SocketChannel channel = connect();
                Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
            send("GET", target, channel, selector, STREAM_PATIENCE);
            key.interestOps(SelectionKey.OP_READ);
            return StreamedAnswer.read(new Patient(channel, selector), body);
        } catch (IOException e) {
            throw new Unreachable("the connection over " + socket + " broke: " + e.getMessage());
        }
    }

    /** What comes over a socket, waited for as long as the daemon waits for itself. */
    private static final class Patient extends InputStream {
        private final SocketChannel channel;
        private final Selector selector;
        private final ByteBuffer buffer = ByteBuffer.allocate(32 * 1024).limit(0);

        Patient(SocketChannel channel, Selector selector) {
            this.channel = channel;
            this.selector = selector;
        }

        @Override
        public int read() throws IOException {
            return fill() ? buffer.get() & 0xff : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (!fill()) {
                return -1;
            }
            int read = Math.min(length, buffer.remaining());
            buffer.get(bytes, offset, read);
            return read;
        }

        private boolean fill() throws IOException {
            while (!buffer.hasRemaining()) {
                if (selector.select(STREAM_PATIENCE) == 0) {
                    throw new IOException("nothing came for " + STREAM_PATIENCE / 60_000 + " minutes");
                }
                selector.selectedKeys().clear();
                int read = channel.read(buffer.clear());
                buffer.flip();
                if (read < 0) {
                    return false;
                }
            }
            return true;
        }
    }

    private SocketChannel connect() throws Unreachable, IOException {
        if (socket.toString().getBytes(StandardCharsets.UTF_8).length > 107) {
            throw new Unreachable("the socket's path is longer than the 107 bytes that are possible: " + socket);
        }
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw new Unreachable(explain(e));
        }
    }

    private String explain(IOException failure) {
        String reason = String.valueOf(failure.getMessage());
        if (reason.contains("ermission denied")) {
            return permissionDenied();
        }
        if (failure instanceof ConnectException) {
            return "relay-supervisor is not running: nobody answers on " + socket;
        }
        if (reason.contains("No such file")) {
            return "relay-supervisor is not running: there is no " + socket;
        }
        return "cannot use " + socket + ": " + reason;
    }

    private String permissionDenied() {
        String user = System.getProperty("user.name");
        try {
            String group = Files.readAttributes(socket, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .group()
                    .getName();
            return "permission denied on " + socket + ": " + user + " is not in group " + group + ": sudo usermod -aG "
                    + group + " " + user + ", then log in again";
        } catch (IOException e) {
            return "permission denied on " + socket + ": " + user + " may not enter its directory; try sudo";
        }
    }

    private void send(String method, String target, SocketChannel channel, Selector selector, long patience)
            throws Unreachable, IOException {
        String request = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
                + "Connection: close\r\n\r\n";
        ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            await(selector, patience);
            channel.write(bytes);
        }
    }

    private void await(Selector selector, long patience) throws Unreachable, IOException {
        if (selector.select(patience) == 0) {
            throw new Unreachable("relay-supervisor did not answer within " + patience / 1000 + " s on " + socket);
        }
        selector.selectedKeys().clear();
    }

    private byte[] readAll(SocketChannel channel, Selector selector, long patience) throws Unreachable, IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream(8 * 1024);
        ByteBuffer buffer = ByteBuffer.allocate(8 * 1024);
        for (; ; ) {
            await(selector, patience);
            if (channel.read(buffer.clear()) < 0) {
                return all.toByteArray();
            }
            all.write(buffer.array(), 0, buffer.position());
            if (all.size() > MOST_BYTES) {
                throw stranger();
            }
        }
    }

    private Answer parse(byte[] bytes) throws Unreachable {
        int end = endOfHead(bytes);
        if (end < 0) {
            throw stranger();
        }
        String head = new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
        if (!head.startsWith("HTTP/1.1 ") || head.length() < 12) {
            throw stranger();
        }
        int bodyLength = bytes.length - end - 4;
        try {
            int status = Integer.parseInt(head.substring(9, 12));
            Answer answer = new Answer(status, head, Arrays.copyOfRange(bytes, end + 4, bytes.length));
            if (Integer.parseInt(answer.header("Content-Length", "-1")) != bodyLength) {
                throw new Unreachable("the answer over " + socket + " broke off");
            }
            return answer;
        } catch (NumberFormatException e) {
            throw stranger();
        }
    }

    private static int endOfHead(byte[] bytes) {
        for (int i = 0; i + 3 < bytes.length; i++) {
            if (bytes[i] == '\r' && bytes[i + 1] == '\n' && bytes[i + 2] == '\r' && bytes[i + 3] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private Unreachable stranger() {
        return new Unreachable("what answers on " + socket + " is not relay-supervisor");
    }
}
