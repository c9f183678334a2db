package org.relaysupervisor.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.relaysupervisor.config.RelayConfig.Input;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code relay.yaml}: either a whole valid configuration, or every problem at once. */
public final class ConfigReader {
    private static final long MAXIMUM_BYTES = 1 << 20;

    private ConfigReader() {}

    /** @param warnings what works, but probably not as it is meant */
    public record Loaded(RelayConfig config, List<Problem> warnings) {
        public Loaded {
            warnings = List.copyOf(warnings);
        }
    }

    /** @throws InvalidConfigException when it can't be read or has any error */
    public static Loaded read(Path file) throws InvalidConfigException {
        Reports reports = new Reports(String.valueOf(file.getFileName()));
        Optional<String> text = content(file, reports);
        if (text.isEmpty()) {
            throw new InvalidConfigException(reports.errors());
        }
        return read(text.get(), file.toAbsolutePath().getParent(), reports);
    }

    /**
     * The same for text that is at hand.
     *
     * @param name the file's name for messages
     * @param directory that relative paths are resolved against
     */
    public static Loaded read(String text, String name, Path directory) throws InvalidConfigException {
        return read(text, directory, new Reports(name));
    }

    private static Loaded read(String text, Path directory, Reports reports) throws InvalidConfigException {
        Optional<Node> root = compose(text, reports);
        if (!reports.errors().isEmpty()) {
            throw new InvalidConfigException(reports.errors());
        }
        RelayConfig config;
        try (Section file = new Section(reports, directory, "", root)) {
            config = new Sections(file).read();
        }
        if (!reports.errors().isEmpty()) {
            throw new InvalidConfigException(reports.errors());
        }
        return new Loaded(config, reports.warnings());
    }

    private static Optional<String> content(Path file, Reports reports) {
        try {
            if (Files.isDirectory(file)) {
                reports.errorOfFile(file + " is a directory; name the file");
                return Optional.empty();
            }
            if (Files.size(file) > MAXIMUM_BYTES) {
                reports.errorOfFile("the file is larger than 1 MiB, so it is hardly a relay.yaml");
                return Optional.empty();
            }
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString());
        } catch (NoSuchFileException e) {
            reports.errorOfFile("there is no file " + file);
        } catch (AccessDeniedException e) {
            reports.errorOfFile(
                    "permission denied: " + System.getProperty("user.name") + " must be able to read " + file);
        } catch (CharacterCodingException e) {
            reports.errorOfFile("the file is not UTF-8 text; save it as UTF-8");
        } catch (IOException e) {
            reports.errorOfFile("the file can't be read: " + e.getMessage());
        }
        return Optional.empty();
    }

    private static Optional<Node> compose(String text, Reports reports) {
        // No aliases: this file has no use for them, and they are how a small file becomes a huge tree.
        LoadSettings settings = LoadSettings.builder()
                .setMaxAliasesForCollections(0)
                .setAllowDuplicateKeys(true)
                .setAllowRecursiveKeys(false)
                .setUseMarks(true)
                .build();
        try {
            String withoutMark = text.startsWith("\uFEFF") ? text.substring(1) : text;
            return new Compose(settings).composeString(withoutMark);
        } catch (MarkedYamlEngineException e) {
            reports.error(e.getProblemMark(), "not valid YAML: " + oneLine(e.getProblem()) + hint(text, e));
        } catch (YamlEngineException e) {
            reports.errorOfFile("not valid YAML: " + oneLine(e.getMessage()));
        }
        return Optional.empty();
    }

    private static String hint(String text, MarkedYamlEngineException e) {
        boolean tab = e.getProblemMark()
                .map(mark -> text.lines().skip(mark.getLine()).findFirst().orElse(""))
                .filter(line -> line.contains("\t"))
                .isPresent();
        return tab ? " (indent with spaces, never with tabs)" : "";
    }

    private static String oneLine(String message) {
        return String.valueOf(message).replaceAll("\\s+", " ").strip();
    }

    /** Shared by the checks across sections. */
    static boolean isNamed(List<? extends Input> inputs, String name) {
        return inputs.stream().anyMatch(input -> input.name().equals(name));
    }
}
