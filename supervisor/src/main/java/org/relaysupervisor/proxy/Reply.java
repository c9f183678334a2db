package org.relaysupervisor.proxy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An answer of our own. HTTP/1.0, as Icecast's are: no connection here serves two requests.
 *
 * @param status 0 for {@link #NONE}
 */
record Reply(int status, byte[] bytes) {
    /** Closes without a word. */
    static final Reply NONE = new Reply(0, new byte[0]);

    private static final String ALLOW = "Allow: GET, HEAD, OPTIONS";

    static Reply badRequest(String why) {
        return text(400, "Bad Request", "Not a request that is understood here: " + why + ".");
    }

    static Reply forbidden() {
        return text(403, "Forbidden", "This address is not served to listeners.");
    }

    static Reply notByFront() {
        return text(403, "Forbidden", "Listeners are served elsewhere.");
    }

    static Reply notFound() {
        return text(404, "Not Found", "There is no such mount.");
    }

    static Reply noSource() {
        return text(404, "Not Found", "Nothing is on the air on this mount.");
    }

    static Reply methodNotAllowed() {
        return text(405, "Method Not Allowed", "Use GET, HEAD or OPTIONS.", ALLOW);
    }

    static Reply onlySources(int status, String phrase) {
        return text(status, phrase, "This port takes sources (SOURCE or PUT on a configured mount) and title updates.");
    }

    static Reply headTimeout() {
        return text(408, "Request Timeout", "The request did not come in time.");
    }

    static Reply headTooLarge(int limit) {
        return text(431, "Request Header Fields Too Large", "A request head may have " + limit + " bytes.");
    }

    static Reply listenersFull() {
        return text(503, "Service Unavailable", "All listener places are taken.", "Retry-After: 30");
    }

    static Reply overloaded() {
        return text(503, "Service Unavailable", "Too many requests at once.", "Retry-After: 5");
    }

    static Reply upstreamDown() {
        return text(503, "Service Unavailable", "The station is starting. Try again in a moment.", "Retry-After: 2");
    }

    static Reply crossOrigin() {
        return new Reply(
                204,
                head(
                        "204 No Content",
                        List.of(
                                ALLOW,
                                "Access-Control-Allow-Origin: *",
                                "Access-Control-Allow-Methods: GET, HEAD, OPTIONS",
                                "Access-Control-Allow-Headers: Origin, Accept, Content-Type, Icy-MetaData, Range,"
                                        + " X-Requested-With",
                                "Access-Control-Expose-Headers: Content-Type, icy-br, icy-description, icy-genre,"
                                        + " icy-metaint, icy-name, icy-url",
                                "Access-Control-Max-Age: 86400")));
    }

    /** What a GET would be answered, without the audio. */
    static Reply live(String contentType, List<String> learned) {
        boolean typed = learned.stream().anyMatch(line -> line.regionMatches(true, 0, "Content-Type:", 0, 13));
        List<String> headers = new ArrayList<>(learned);
        if (!typed) {
            headers.add(0, "Content-Type: " + contentType);
        }
        return new Reply(200, head("200 OK", headers));
    }

    /** What comes before the audio of a feed: the headers that Icecast sends, and in its order. */
    static Reply stream(String contentType, List<String> streamHeaders, boolean titles) {
        StringBuilder head = new StringBuilder("HTTP/1.0 200 OK\r\nServer: relay-supervisor\r\nConnection: Close\r\n")
                .append("Content-Type: ")
                .append(contentType)
                .append("\r\nCache-Control: no-cache, no-store\r\nExpires: Mon, 26 Jul 1997 05:00:00 GMT\r\n")
                .append("Pragma: no-cache\r\nAccess-Control-Allow-Origin: *\r\n");
        streamHeaders.forEach(header -> head.append(header).append("\r\n"));
        if (titles) {
            head.append("icy-metaint:").append(IcyWriter.INTERVAL).append("\r\n");
        }
        return new Reply(200, head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    /** What Icecast says to a title update that it took. */
    static Reply titleTaken() {
        String body = "<?xml version=\"1.0\"?>\n<iceresponse><message>Metadata update successful</message>"
                + "<return>1</return></iceresponse>\n";
        String head = "HTTP/1.0 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: " + body.length()
                + "\r\nConnection: Close\r\n\r\n";
        return new Reply(200, (head + body).getBytes(StandardCharsets.US_ASCII));
    }

    static Reply mountInUse() {
        return text(403, "Forbidden", "Mountpoint in use");
    }

    static Reply unauthorized() {
        return text(
                401,
                "Authentication Required",
                "You need to authenticate",
                "WWW-Authenticate: Basic realm=\"Icecast2 Server\"");
    }

    /** The same answer for a HEAD request. */
    Reply withoutBody() {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return new Reply(status, text.substring(0, text.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Reply text(int status, String phrase, String text, String... headers) {
        byte[] body = (text + "\n").getBytes(StandardCharsets.US_ASCII);
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("Content-Type: text/plain; charset=utf-8");
        all.add("Content-Length: " + body.length);
        all.add("Access-Control-Allow-Origin: *");
        byte[] head = head(status + " " + phrase, all);
        byte[] bytes = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, bytes, head.length, body.length);
        return new Reply(status, bytes);
    }

    private static byte[] head(String statusLine, List<String> headers) {
        StringBuilder head = new StringBuilder("HTTP/1.0 ").append(statusLine).append("\r\n");
        headers.forEach(header -> head.append(header).append("\r\n"));
        head.append("Cache-Control: no-store\r\nConnection: close\r\n\r\n");
        return head.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
