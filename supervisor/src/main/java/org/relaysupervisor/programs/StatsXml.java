package org.relaysupervisor.programs;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads {@code /admin/stats} as any of the three Icecasts writes it. Titles are strangers' text: characters that XML can't hold
 * become U+FFFD, and neither a document type nor an entity of one is read.
 */
final class StatsXml {
    private static final XMLInputFactory FACTORY = hardenedFactory();
    private static final Pattern CHARACTER_REFERENCE = Pattern.compile("&#(x[0-9a-fA-F]{1,8}|[0-9]{1,9});");
    /** 2.4 and 2.5 in ISO 8601 without a colon in the offset, 2.4 in the mail format, Icecast-KH in the web servers' log format. */
    private static final List<DateTimeFormatter> TIMES = List.of(
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssXX", Locale.ROOT),
            DateTimeFormatter.ISO_OFFSET_DATE_TIME,
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss XX", Locale.ENGLISH),
            DateTimeFormatter.RFC_1123_DATE_TIME,
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss XX", Locale.ENGLISH));

    private StatsXml() {}

    private static XMLInputFactory hardenedFactory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        return factory;
    }

    /** @throws IOException when it isn't Icecast's statistics; the message doesn't quote it */
    static IcecastStats parse(byte[] document) throws IOException {
        String text = withoutIllegalCharacters(new String(document, StandardCharsets.UTF_8));
        try {
            // The factory was set up for good when the class was loaded, and makes independent readers.
            XMLStreamReader reader = FACTORY.createXMLStreamReader(new StringReader(text));
            reader.nextTag();
            if (!reader.getLocalName().equals("icestats")) {
                throw new IOException("Icecast's statistics are something else: " + reader.getLocalName());
            }
            return readServer(reader);
        } catch (XMLStreamException | RuntimeException e) {
            throw new IOException("Icecast's statistics are not XML that can be read", e);
        }
    }

    private static IcecastStats readServer(XMLStreamReader reader) throws XMLStreamException {
        Map<String, String> server = new HashMap<>();
        List<IcecastStats.Source> sources = new ArrayList<>();
        while (reader.nextTag() == XMLStreamConstants.START_ELEMENT) {
            String name = reader.getLocalName();
            if (name.equals("source")) {
                String mount = Optional.ofNullable(reader.getAttributeValue(null, "mount"))
                        .orElse("");
                Map<String, String> fields = readFields(reader);
                // A configured mount is listed without a source, too.
                if (fields.containsKey("stream_start") || fields.containsKey("stream_start_iso8601")) {
                    sources.add(source(mount, fields));
                }
            } else {
                server.put(name, readText(reader));
            }
        }
        return new IcecastStats(
                server.getOrDefault("server_id", "Icecast"),
                time(server, "server_start"),
                count(server, "clients"),
                sources);
    }

    private static IcecastStats.Source source(String mount, Map<String, String> fields) {
        return new IcecastStats.Source(
                mount,
                fields.getOrDefault("listenurl", ""),
                fields.getOrDefault("server_type", ""),
                count(fields, "listeners"),
                count(fields, "listener_peak"),
                time(fields, "stream_start"),
                title(fields));
    }

    private static Optional<String> title(Map<String, String> fields) {
        String title = fields.getOrDefault("title", "");
        String artist = fields.getOrDefault("artist", "");
        if (artist.isEmpty()) {
            return title.isEmpty() ? Optional.empty() : Optional.of(title);
        }
        return Optional.of(title.isEmpty() ? artist : artist + " - " + title);
    }

    /** The children of the element the reader is on, by name; the reader ends on the element's end. */
    private static Map<String, String> readFields(XMLStreamReader reader) throws XMLStreamException {
        Map<String, String> fields = new HashMap<>();
        while (reader.nextTag() == XMLStreamConstants.START_ELEMENT) {
            fields.put(reader.getLocalName(), readText(reader));
        }
        return fields;
    }

    /** An element's own text, without that of elements in it (2.5 nests some); the reader ends on the element's end. */
    private static String readText(XMLStreamReader reader) throws XMLStreamException {
        StringBuilder text = new StringBuilder();
        int depth = 1;
        while (depth > 0) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> depth++;
                case XMLStreamConstants.END_ELEMENT -> depth--;
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
                    if (depth == 1) {
                        text.append(reader.getText());
                    }
                }
                default -> {}
            }
        }
        return text.toString();
    }

    private static long count(Map<String, String> fields, String name) {
        try {
            return Math.max(0, Long.parseLong(fields.getOrDefault(name, "0").strip()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static Optional<Instant> time(Map<String, String> fields, String name) {
        return parseTime(fields.get(name + "_iso8601")).or(() -> parseTime(fields.get(name)));
    }

    private static Optional<Instant> parseTime(String text) {
        if (text == null) {
            return Optional.empty();
        }
        for (DateTimeFormatter format : TIMES) {
            try {
                return Optional.of(format.parse(text.strip(), Instant::from));
            } catch (DateTimeException e) {
                // Another of them may fit.
            }
        }
        return Optional.empty();
    }

    private static String withoutIllegalCharacters(String text) {
        StringBuilder raw = new StringBuilder(text.length());
        text.codePoints().forEach(c -> raw.appendCodePoint(Literals.isXml(c) ? c : 0xFFFD));
        return CHARACTER_REFERENCE
                .matcher(raw)
                .replaceAll(match -> Literals.isXml(codePoint(match.group(1))) ? match.group() : "\uFFFD");
    }

    private static int codePoint(String reference) {
        long c = reference.startsWith("x") ? Long.parseLong(reference.substring(1), 16) : Long.parseLong(reference);
        return c <= Character.MAX_CODE_POINT ? (int) c : 0;
    }
}
