package org.relaysupervisor.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An answer: a whole one, or the beginning of one that is streamed.
 *
 * @param status 200 to 599
 * @param contentType the full header value
 * @param body empty when it is streamed
 * @param headers more of them, by name; what frames the message is added by the server
 * @param stream what writes the body
 */
public record HttpReply(
        int status, String contentType, byte[] body, Map<String, String> headers, Optional<Stream> stream) {
    public HttpReply {
        headers = Map.copyOf(headers);
    }

    public HttpReply(int status, String contentType, byte[] body) {
        this(status, contentType, body, Map.of(), Optional.empty());
    }

    /**
     * Writes a body that takes long or is large. Runs on a thread of its own, is slowed by a client that reads slowly, and is interrupted when
     * the client goes away, or when it has written nothing for too long.
     */
    @FunctionalInterface
    public interface Stream {
        /**
         * @param body a write fails when the client is gone or reads nothing; {@code flush} sends what was written
         * @return what the client is to be told went wrong, on one line; empty when all that it asked for is there
         * @throws IOException likewise, with its message
         */
        Optional<String> writeTo(OutputStream body) throws IOException, InterruptedException;
    }

    /** An answer of unknown length, whose end says how it went: see {@link HttpServer}. */
    public static HttpReply stream(String contentType, Stream stream) {
        return new HttpReply(200, contentType, new byte[0], Map.of(), Optional.of(stream));
    }

    /** Plain text in UTF-8. */
    public static HttpReply text(int status, String text) {
        return new HttpReply(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** JSON in UTF-8. */
    public static HttpReply json(int status, String json) {
        return new HttpReply(status, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    /** The same with one header more. */
    public HttpReply withHeader(String name, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(name, value);
        return new HttpReply(status, contentType, body, more, stream);
    }
}
