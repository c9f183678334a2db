package org.relaysupervisor.proxy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A request's first line and headers. The parser only reads: what is passed on to Icecast are the lines as they came, so anything
 * that Icecast could understand in another way than we do is refused here.
 *
 * @param target as sent; visible ASCII
 * @param headers in order, names as sent, values without the white space around them
 */
record RequestHead(String method, String target, String version, List<Header> headers) {
    private static final int MAXIMUM_METHOD = 16;
    private static final int MAXIMUM_HEADERS = 100;
    /** What is between us and the client. */
    private static final List<String> NOT_PASSED_ON = List.of("Connection:", Front.HEADER + ":");

    private static final String TOKEN_PUNCTUATION = "!#$%&'*+-.^_`|~";

    record Header(String name, String value) {}

    RequestHead {
        headers = List.copyOf(headers);
    }

    /**
     * @param text the head with its empty last line, one char per byte
     * @throws MalformedHeadException when it is not exactly one request head
     */
    static RequestHead parse(String text) throws MalformedHeadException {
        List<String> lines = lines(text);
        String[] words = lines.get(0).split(" ", -1);
        if (words.length != 3) {
            throw new MalformedHeadException("the request line is not a method, a target and a version");
        }
        List<Header> headers = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            headers.add(headerLine(line));
        }
        return new RequestHead(method(words[0]), target(words[1]), version(words[2]), headers);
    }

    /** The lines without their ends. Either all end in CR LF or all in LF; probes that are typed by hand use the latter. */
    private static List<String> lines(String text) throws MalformedHeadException {
        boolean carriageReturns = text.indexOf('\n') > 0 && text.charAt(text.indexOf('\n') - 1) == '\r';
        List<String> lines = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int feed = text.indexOf('\n', start);
            int end = carriageReturns ? feed - 1 : feed;
            if (feed < 0 || end < start || (carriageReturns && text.charAt(end) != '\r')) {
                throw new MalformedHeadException("the lines do not all end alike");
            }
            lines.add(printable(text.substring(start, end)));
            start = feed + 1;
        }
        if (lines.size() < 2 || !lines.remove(lines.size() - 1).isEmpty()) {
            throw new MalformedHeadException("there is no request line");
        }
        if (lines.size() > MAXIMUM_HEADERS + 1) {
            throw new MalformedHeadException("there are more than " + MAXIMUM_HEADERS + " headers");
        }
        return lines;
    }

    private static String printable(String line) throws MalformedHeadException {
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                throw new MalformedHeadException("there is a control character in it");
            }
        }
        return line;
    }

    private static String method(String word) throws MalformedHeadException {
        if (word.isEmpty() || word.length() > MAXIMUM_METHOD || !word.chars().allMatch(c -> c >= 'A' && c <= 'Z')) {
            throw new MalformedHeadException("the method is not a word in capitals");
        }
        return word;
    }

    private static String target(String word) throws MalformedHeadException {
        if (word.isEmpty() || !word.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new MalformedHeadException("the target is empty or not ASCII");
        }
        return word;
    }

    private static String version(String word) throws MalformedHeadException {
        if (!word.equals("HTTP/1.0") && !word.equals("HTTP/1.1")) {
            throw new MalformedHeadException("the version is neither HTTP/1.0 nor HTTP/1.1");
        }
        return word;
    }

    private static Header headerLine(String line) throws MalformedHeadException {
        int colon = line.indexOf(':');
        if (colon < 1 || !line.chars().limit(colon).allMatch(RequestHead::isTokenChar)) {
            throw new MalformedHeadException("a header has no proper name");
        }
        return new Header(line.substring(0, colon), line.substring(colon + 1).strip());
    }

    private static boolean isTokenChar(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || TOKEN_PUNCTUATION.indexOf(c) >= 0;
    }

    /**
     * A head as it came, but for the lines that speak of the connection: what goes to Icecast is one request. Asked to keep the
     * connection, Icecast 2.5 waits for a second one that we don't pass on.
     *
     * @param head one that {@link #parse} has accepted
     */
    static byte[] asOnlyRequest(byte[] head) {
        StringBuilder kept = new StringBuilder(head.length);
        for (String line : new String(head, StandardCharsets.ISO_8859_1).split("(?<=\n)", -1)) {
            if (NOT_PASSED_ON.stream().noneMatch(name -> line.regionMatches(true, 0, name, 0, name.length()))) {
                kept.append(line);
            }
        }
        return kept.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The target up to its query, not decoded: an encoded spelling of a path is another path. */
    String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** The first header of that name, in any case. */
    Optional<String> header(String name) {
        return all(name).stream().findFirst();
    }

    /** The values of all headers of that name, in order. */
    List<String> all(String name) {
        return headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(Header::value)
                .toList();
    }

    /** Whether a body follows, or a receiver might think so. */
    boolean announcesBody() {
        return header("Transfer-Encoding").isPresent()
                || all("Content-Length").stream().anyMatch(length -> !length.equals("0"));
    }

    /** The first line, as sent. */
    String requestLine() {
        return method + " " + target + " " + version;
    }
}
