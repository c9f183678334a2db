package org.relaysupervisor.http;

import java.nio.charset.StandardCharsets;

/**
 * A whole answer.
 *
 * @param status 200 to 599
 * @param contentType the full header value
 */
public record HttpReply(int status, String contentType, byte[] body) {
    /** Plain text in UTF-8. */
    public static HttpReply text(int status, String text) {
        return new HttpReply(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** JSON in UTF-8. */
    public static HttpReply json(int status, String json) {
        return new HttpReply(status, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }
}
