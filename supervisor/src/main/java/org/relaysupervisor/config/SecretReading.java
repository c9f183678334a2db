package org.relaysupervisor.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads where a secret is kept. No message repeats anything that was written there: it may be the secret itself. */
final class SecretReading {
    private static final Reading<String> CREDENTIAL_NAME = Readings.matching(
            Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,200}"),
            "must be the name of a systemd credential: letters, digits, \"-\", \"_\" or \".\"");
    private static final Reading<String> VARIABLE_NAME = Readings.matching(
            Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,200}"),
            "must be the name of an environment variable, such as RELAY_DJ_PASSWORD");
    private static final String PLACES = "{file: PATH}, {credential: NAME}, {environment: VARIABLE}";
    private static final String FORMS = PLACES + ", or the word generated";
    private static final Set<String> KINDS = Set.of("file", "credential", "environment");

    private final Path directory;

    /** @param directory that relative paths of secret files start from */
    SecretReading(Path directory) {
        this.directory = directory;
    }

    /** @param generatedName the file in the secrets directory if the secret is to be generated, as is the default */
    SecretSource read(Section parent, String key, String generatedName) {
        SecretSource generated = new SecretSource.Generated(generatedName);
        if (!parent.has(key) || parent.text(key).isPresent()) {
            return parent.value(key, generated, text -> onlyGenerated(text, generated));
        }
        Section section = parent.section(key);
        if (section.keys().size() != 1 || !KINDS.containsAll(section.keys())) {
            if (parent.isSound(key)) {
                parent.error(key, "must be exactly one of " + FORMS);
            }
            section.acceptAnyKeys();
            return generated;
        }
        return read(section, section.keys().iterator().next(), generated);
    }

    /** Of a secret that nobody can make up. Without a key, or when it is wrong, none. */
    Optional<SecretSource> place(Section parent, String key) {
        Section section = parent.section(key);
        if (section.keys().size() == 1 && KINDS.containsAll(section.keys())) {
            SecretSource none = new SecretSource.Generated(key);
            return Optional.of(read(section, section.keys().iterator().next(), none));
        }
        if (parent.has(key) && parent.isSound(key)) {
            parent.error(key, "must be exactly one of " + PLACES + " when it is a secret");
        }
        section.acceptAnyKeys();
        return Optional.empty();
    }

    /** Of a secret that somebody else gave out, so that nobody can make it up and it has no default. */
    SecretSource required(Section parent, String key) {
        SecretSource none = new SecretSource.Generated(key);
        if (!parent.has(key)) {
            return parent.required(key, none, text -> none);
        }
        if (parent.text(key).isPresent()) {
            return parent.value(key, none, SecretReading::neverAText);
        }
        return place(parent, key).orElse(none);
    }

    private static SecretSource neverAText(String text) throws Refused {
        throw new Refused((text.equals("generated")
                        ? "can't be generated, since it comes with what it opens"
                        : "must not be written here in plain text")
                + "; put it into a file that only the daemon may read, and write {file: PATH}. Allowed are "
                + PLACES);
    }

    private SecretSource read(Section section, String kind, SecretSource fallback) {
        return switch (kind) {
            case "file" ->
                section.value(
                        kind,
                        fallback,
                        text -> new SecretSource.InFile(Readings.path(directory).read(text)));
            case "credential" ->
                section.value(kind, fallback, text -> new SecretSource.Credential(CREDENTIAL_NAME.read(text)));
            default -> section.value(kind, fallback, text -> new SecretSource.Environment(VARIABLE_NAME.read(text)));
        };
    }

    private static SecretSource onlyGenerated(String text, SecretSource generated) throws Refused {
        if (!text.equals("generated")) {
            throw new Refused(
                    "must not be written here in plain text; put it into a file that only the daemon may read,"
                            + " and write {file: PATH}. Allowed are " + FORMS);
        }
        return generated;
    }
}
