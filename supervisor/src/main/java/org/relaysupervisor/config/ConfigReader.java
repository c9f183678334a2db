package org.relaysupervisor.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.relaysupervisor.config.Problem.Severity;

/** Reads {@code relay.yaml}. No name server is asked and no secret opened; of other files only the existence is looked
 * up. Any thread. */
public final class ConfigReader {
    private static final int LARGEST = 1 << 20;
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private ConfigReader() {}

    /** @param warnings in the order of their lines; often empty */
    public record Loaded(RelayConfig config, List<Problem> warnings) {
        public Loaded {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * Relative paths within the file are taken from the file's own directory.
     *
     * @throws InvalidConfigException with every problem of the file, in the order of their lines
     */
    public static Loaded read(Path file) throws InvalidConfigException {
        String name = file.toString();
        Path directory = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file.toAbsolutePath());
        return parse(decode(bytes(file), name), name, directory);
    }

    /**
     * Reads the text of a file.
     *
     * @param name the file's name in the problems
     * @param directory absolute; where relative paths start
     * @throws InvalidConfigException with every problem of the text, in the order of their lines
     */
    public static Loaded parse(String text, String name, Path directory) throws InvalidConfigException {
        Problems problems = new Problems(name);
        if (text.startsWith(BYTE_ORDER_MARK)) {
            problems.warn(Place.START, "an invisible byte order mark, which is ignored; save as UTF-8 without BOM");
        }
        String yaml = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        Section root = Section.of("", YamlText.parse(yaml, problems), problems);
        RelayConfig config = new RelayConfigReading(root, directory).read();
        new CrossChecks(root, config).run();
        root.reportUnknownKeys();
        return new Loaded(config, problems.warningsOrThrow());
    }

    private static byte[] bytes(Path file) throws InvalidConfigException {
        if (!Files.exists(file)) {
            throw wholeFile(file.toString(), "no such file, or no permission to look into its directory");
        }
        if (!Files.isRegularFile(file)) {
            throw wholeFile(file.toString(), "not a file" + (Files.isDirectory(file) ? " but a directory" : ""));
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw wholeFile(file.toString(), "larger than 1 MiB; this cannot be the relay's configuration");
            }
            return bytes;
        } catch (AccessDeniedException e) {
            throw wholeFile(file.toString(), "no permission to read it");
        } catch (IOException e) {
            throw wholeFile(file.toString(), "cannot be read: " + e.getMessage());
        }
    }

    /** Strictly: a wrong byte is a problem at its place, not a question mark in the station's name. */
    private static String decode(byte[] bytes, String name) throws InvalidConfigException {
        CharBuffer text = CharBuffer.allocate(bytes.length + 1);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes), text, true);
        text.flip();
        if (!result.isError()) {
            return text.toString();
        }
        boolean utf16 = bytes.length > 1 && (bytes[0] & bytes[1] & 0xFE) == 0xFE && bytes[0] != bytes[1];
        Problems problems = new Problems(name);
        problems.error(
                Place.at(text.toString(), text.length()),
                "not UTF-8" + (utf16 ? " but UTF-16" : "") + "; save the file with the encoding UTF-8");
        throw problems.asException();
    }

    private static InvalidConfigException wholeFile(String name, String message) {
        return new InvalidConfigException(List.of(new Problem(name, 0, 0, Severity.ERROR, message)));
    }
}
