package org.relaysupervisor.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A whole answer.
 *
 * @param status 200 to 599
 * @param contentType the full header value
 * @param headers further ones; the server sets Content-Length, Connection and the like itself
 */
public record HttpReply(int status, String contentType, byte[] body, Map<String, String> headers) {
    public HttpReply {
        headers = Map.copyOf(headers);
    }

    /** A reply that needs no further headers. */
    public HttpReply(int status, String contentType, byte[] body) {
        this(status, contentType, body, Map.of());
    }

    /** The same reply with this as its only further header. */
    public HttpReply with(String header, String value) {
        return new HttpReply(status, contentType, body, Map.of(header, value));
    }

    /** Plain text in UTF-8. */
    public static HttpReply text(int status, String text) {
        return new HttpReply(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** JSON in UTF-8. */
    public static HttpReply json(int status, String json) {
        return new HttpReply(status, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }
}
