package org.relaysupervisor.programs;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.relaysupervisor.config.Secret;

/**
 * Asks Icecast's administration one thing per connection. Every read and the size of an answer are bounded, and an interrupt
 * ends a wait at once, as a probe's timeout needs it (which is why this is a channel and not an HTTP client).
 */
final class IcecastAdmin {
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int MAXIMUM_HEAD = 8 * 1024;
    private static final int MAXIMUM_BODY = 1024 * 1024;

    private final InetSocketAddress address;
    private final Secret password;

    IcecastAdmin(int port, Secret password) {
        this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.password = password;
    }

    /** Icecast answered, but with something else than 200. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedException(String statusLine) {
            super("Icecast answered " + statusLine);
        }
    }

    /**
     * @param path of a page below {@code /admin/}
     * @return the answer's body
     * @throws RefusedException when the answer isn't 200
     * @throws IOException when there is no answer in time, or it is no answer of Icecast
     */
    byte[] get(String path) throws IOException {
        try (SocketChannel channel = SocketChannel.open()) {
            Socket socket = channel.socket();
            socket.connect(address, TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            ByteBuffer request = ByteBuffer.wrap(request(path));
            while (request.hasRemaining()) {
                channel.write(request);
            }
            InputStream input = socket.getInputStream();
            requireOk(readHead(input));
            return readBody(input);
        } catch (SocketTimeoutException e) {
            throw new IOException("Icecast did not answer within " + TIMEOUT_MILLIS + " ms", e);
        }
    }

    private byte[] request(String path) {
        String credentials =
                Base64.getEncoder().encodeToString(("admin:" + password.reveal()).getBytes(StandardCharsets.UTF_8));
        // HTTP/1.0, so that no version of Icecast answers in chunks or keeps the connection.
        return ("GET " + path + " HTTP/1.0\r\nHost: localhost\r\nUser-Agent: relay-supervisor\r\nAuthorization: Basic "
                        + credentials + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Up to and without the empty line. */
    private static String readHead(InputStream input) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < MAXIMUM_HEAD) {
            int next = input.read();
            if (next < 0) {
                throw new EOFException("Icecast closed the connection without an answer");
            }
            head.append((char) next);
            if (head.length() >= 4 && head.indexOf("\r\n\r\n", head.length() - 4) >= 0) {
                return head.toString();
            }
        }
        throw new IOException("Icecast's answer has a head of more than " + MAXIMUM_HEAD + " bytes");
    }

    private static void requireOk(String head) throws IOException {
        String statusLine = head.substring(0, head.indexOf("\r\n"));
        String[] words = statusLine.split(" ", 3);
        if (words.length < 2 || !words[0].startsWith("HTTP/")) {
            throw new IOException("the answer on Icecast's port is not HTTP");
        }
        if (!words[1].equals("200")) {
            throw new RefusedException(Literals.oneLine(statusLine.substring(words[0].length() + 1)));
        }
    }

    private static byte[] readBody(InputStream input) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        for (int n = input.read(buffer); n >= 0; n = input.read(buffer)) {
            body.write(buffer, 0, n);
            if (body.size() > MAXIMUM_BODY) {
                throw new IOException("Icecast's answer has more than " + MAXIMUM_BODY + " bytes");
            }
        }
        return body.toByteArray();
    }
}
