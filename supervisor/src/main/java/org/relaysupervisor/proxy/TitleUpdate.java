package org.relaysupervisor.proxy;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a request such as {@code GET /admin/metadata?mode=updinfo&mount=/live&song=...} asks for.
 *
 * @param mount its path
 * @param text the song, or artist and title with a dash between; on one line
 * @param url empty when none was sent
 */
record TitleUpdate(String mount, String text, String url) {
    /** The path of such requests, on Icecast and here. */
    static final String PATH = "/admin/metadata";

    /** Empty when it is some other request, or one that names no mount or no title. */
    static Optional<TitleUpdate> of(RequestHead request) {
        int query = request.target().indexOf('?');
        if (!request.method().equals("GET") || !request.path().equals(PATH) || query < 0) {
            return Optional.empty();
        }
        Map<String, byte[]> fields = fields(request.target().substring(query + 1));
        Charset charset = charset(fields.get("charset"));
        String mount = text(fields.get("mount"), StandardCharsets.UTF_8);
        if (mount.isEmpty()
                || !text(fields.get("mode"), StandardCharsets.US_ASCII).equals("updinfo")) {
            return Optional.empty();
        }
        if (!fields.containsKey("song") && !fields.containsKey("title") && !fields.containsKey("artist")) {
            return Optional.empty();
        }
        return Optional.of(new TitleUpdate(mount, title(fields, charset), text(fields.get("url"), charset)));
    }

    private static String title(Map<String, byte[]> fields, Charset charset) {
        String song = text(fields.get("song"), charset);
        if (!song.isEmpty()) {
            return song;
        }
        String artist = text(fields.get("artist"), charset);
        String title = text(fields.get("title"), charset);
        return artist.isEmpty() || title.isEmpty() ? artist + title : artist + " - " + title;
    }

    private static Map<String, byte[]> fields(String query) {
        Map<String, byte[]> fields = new HashMap<>();
        for (String pair : query.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                fields.putIfAbsent(pair.substring(0, equals), decoded(pair.substring(equals + 1)));
            }
        }
        return fields;
    }

    /** A percent sign that begins no escape stands for itself. */
    private static byte[] decoded(String value) {
        ByteBuffer bytes = ByteBuffer.allocate(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            int high = c == '%' && i + 2 < value.length() ? Character.digit(value.charAt(i + 1), 16) : -1;
            int low = high >= 0 ? Character.digit(value.charAt(i + 2), 16) : -1;
            if (low >= 0) {
                bytes.put((byte) (high << 4 | low));
                i += 2;
            } else {
                bytes.put((byte) (c == '+' ? ' ' : c));
            }
        }
        byte[] decoded = new byte[bytes.position()];
        bytes.flip().get(decoded);
        return decoded;
    }

    /** The one that is named; UTF-8 when none is, or none that exists. */
    private static Charset charset(byte[] name) {
        try {
            String named = name == null ? "" : new String(name, StandardCharsets.US_ASCII);
            return named.isEmpty() ? StandardCharsets.UTF_8 : Charset.forName(named);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            return StandardCharsets.UTF_8;
        }
    }

    /** What isn't in that charset after all is taken for ISO 8859-1, as Icecast takes what has no charset. */
    static String text(byte[] bytes, Charset charset) {
        if (bytes == null) {
            return "";
        }
        String text;
        try {
            text = charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            text = new String(bytes, StandardCharsets.ISO_8859_1);
        }
        return text.replaceAll("\\p{Cntrl}+", " ").strip();
    }
}
