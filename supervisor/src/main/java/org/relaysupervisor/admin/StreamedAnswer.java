package org.relaysupervisor.admin;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.relaysupervisor.http.HttpServer;

/**
 * Reads an answer that comes in chunks and ends with a trailer that says how it went. Without that it was cut off, however much of it there is.
 */
final class StreamedAnswer {
    private static final int MOST_HEAD = 16 * 1024;
    private static final int MOST_REFUSAL = 64 * 1024;

    private final InputStream in;
    private final byte[] buffer = new byte[32 * 1024];
    private int headLeft = MOST_HEAD;

    private StreamedAnswer(InputStream in) {
        this.in = in;
    }

    /**
     * How it went.
     *
     * @param message what went wrong, on one line or several
     */
    record Ending(boolean done, String message) {}

    /** What it was written to failed; the connection didn't. */
    static final class OutputFailure extends Exception {
        OutputFailure(IOException cause) {
            super(cause);
        }

        String reason() {
            return getCause().getMessage();
        }
    }

    /** @throws IOException when the answer ends before its end, or isn't one of the daemon's */
    static Ending read(InputStream in, OutputStream body) throws IOException, OutputFailure {
        return new StreamedAnswer(in).read(body);
    }

    private Ending read(OutputStream body) throws IOException, OutputFailure {
        String status = line();
        if (!status.startsWith("HTTP/1.1 ")) {
            throw new IOException("what answers is not relay-supervisor");
        }
        boolean chunked = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            chunked |= header.equalsIgnoreCase("Transfer-Encoding: chunked");
        }
        if (!chunked) {
            return new Ending(false, new String(in.readNBytes(MOST_REFUSAL), StandardCharsets.UTF_8).strip());
        }
        for (long left = size(line()); left > 0; left = size(line())) {
            copy(left, body);
            if (!line().isEmpty()) {
                throw new IOException("the answer is garbled");
            }
        }
        return trailer();
    }

    private void copy(long length, OutputStream body) throws IOException, OutputFailure {
        long left = length;
        while (left > 0) {
            int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (read < 0) {
                throw cutOff();
            }
            left -= read;
            try {
                body.write(buffer, 0, read);
                body.flush();
            } catch (IOException e) {
                throw new OutputFailure(e);
            }
        }
        headLeft = MOST_HEAD;
    }

    private Ending trailer() throws IOException {
        String outcome = "";
        String error = "";
        for (String header = line(); !header.isEmpty(); header = line()) {
            int colon = header.indexOf(':');
            String name = colon < 0 ? header : header.substring(0, colon);
            String value = header.substring(colon + 1).strip();
            if (name.equalsIgnoreCase(HttpServer.OUTCOME)) {
                outcome = value;
            } else if (name.equalsIgnoreCase(HttpServer.ERROR)) {
                error = URLDecoder.decode(value, StandardCharsets.UTF_8);
            }
        }
        if (outcome.isEmpty()) {
            throw cutOff();
        }
        return new Ending(outcome.equals(HttpServer.DONE), error);
    }

    private static long size(String line) throws IOException {
        int end = line.indexOf(';');
        try {
            long size = Long.parseLong(end < 0 ? line : line.substring(0, end), 16);
            if (size >= 0) {
                return size;
            }
        } catch (NumberFormatException e) {
            // Said below, as for a negative one.
        }
        throw new IOException("the answer is garbled");
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw cutOff();
            }
            if (--headLeft < 0) {
                throw new IOException("the answer is garbled");
            }
            line.append((char) next);
        }
        int length = line.length();
        return length > 0 && line.charAt(length - 1) == '\r' ? line.substring(0, length - 1) : line.toString();
    }

    private static IOException cutOff() {
        return new EOFException("the answer broke off");
    }
}
