package org.relaysupervisor.config;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Set;

/**
 * Fetches secrets from where the configuration says they are. Each call looks again, so that a changed file counts after a
 * reload. Reads and writes small files; any thread.
 */
public final class Secrets {
    private static final Logger LOG = System.getLogger(Secrets.class.getName());

    /** Without what looks alike on a phone call or a scribbled note: 0 o, 1 l i. */
    private static final String ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz";

    /** 128 bits. */
    private static final int GENERATED_LENGTH = 26;

    private static final int LONGEST = 512;
    private static final String CREDENTIALS_DIRECTORY = "CREDENTIALS_DIRECTORY";
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path directory;
    private final Map<String, String> environment;
    private final SecureRandom random = new SecureRandom();

    /**
     * @param directory where generated secrets are kept; made with mode 0700 when the first one is
     * @param environment the daemon's own
     */
    public Secrets(Path directory, Map<String, String> environment) {
        this.directory = directory;
        this.environment = Map.copyOf(environment);
    }

    /**
     * @throws SecretUnavailableException when there is no secret at that place, or one that cannot be used: empty, of several
     *     lines, with control characters, or longer than 512 characters
     */
    public Secret resolve(SecretSource source) throws SecretUnavailableException {
        if (source instanceof SecretSource.InFile file) {
            return inFile(file.path(), "write the secret into it, on one line");
        }
        if (source instanceof SecretSource.Credential credential) {
            return credential(credential.name());
        }
        if (source instanceof SecretSource.Environment variable) {
            return fromEnvironment(variable.variable());
        }
        return generated(((SecretSource.Generated) source).name());
    }

    /** Where a generated secret is kept, so that an operator can be told. */
    public Path generatedFile(SecretSource.Generated source) {
        return directory.resolve(source.name());
    }

    private Secret credential(String name) throws SecretUnavailableException {
        String remedy = "give the unit LoadCredential=" + name + ":/path/of/the/file";
        String credentials = environment.get(CREDENTIALS_DIRECTORY);
        if (credentials == null || credentials.isEmpty()) {
            throw new SecretUnavailableException(
                    "credential " + name + ": systemd has passed no credentials to this process; " + remedy);
        }
        return inFile(Path.of(credentials).resolve(name), remedy);
    }

    private Secret fromEnvironment(String variable) throws SecretUnavailableException {
        String value = environment.get(variable);
        if (value == null) {
            throw new SecretUnavailableException(
                    "environment variable " + variable + ": not set; set it for the daemon, or name another place");
        }
        return usable(value, "environment variable " + variable);
    }

    private Secret generated(String name) throws SecretUnavailableException {
        Path file = directory.resolve(name);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            try {
                generate(file);
            } catch (IOException e) {
                throw new SecretUnavailableException(file + ": cannot be made: " + reason(e), e);
            }
        }
        return inFile(file, "remove it to have a new one made");
    }

    /**
     * Complete or not there at all: written and synced under another name, then linked. A link, unlike a rename, never replaces
     * what another process made in the meantime.
     */
    private void generate(Path file) throws IOException {
        Files.createDirectories(directory, OWNER_ONLY_DIRECTORY);
        Path unfinished = Files.createTempFile(directory, ".new-", "", OWNER_ONLY_FILE);
        try {
            try (FileChannel out = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
                ByteBuffer line = StandardCharsets.US_ASCII.encode(randomText() + "\n");
                while (line.hasRemaining()) {
                    out.write(line);
                }
                out.force(true);
            }
            Files.createLink(file, unfinished);
        } catch (FileAlreadyExistsException e) {
            LOG.log(Level.DEBUG, "{0} was made by another process at the same moment; using that one", file);
        } finally {
            Files.delete(unfinished);
        }
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    private String randomText() {
        StringBuilder text = new StringBuilder(GENERATED_LENGTH);
        for (int i = 0; i < GENERATED_LENGTH; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }

    private static Secret inFile(Path file, String remedy) throws SecretUnavailableException {
        String place = file.toString();
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new SecretUnavailableException(place + ": not a file; " + remedy);
            }
            warnIfOthersCanRead(file);
            return usable(withoutFinalLineBreak(text(file)), place);
        } catch (NoSuchFileException e) {
            throw new SecretUnavailableException(place + ": no such file; " + remedy, e);
        } catch (CharacterCodingException e) {
            throw new SecretUnavailableException(place + ": not text in UTF-8; " + remedy);
        } catch (SecretUnavailableException e) {
            throw e;
        } catch (IOException e) {
            throw new SecretUnavailableException(place + ": cannot be read: " + reason(e), e);
        }
    }

    /** A little more than the longest allowed, in the widest encoding, is enough to see that it is too long. */
    private static String text(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(4 * LONGEST + 4);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        }
    }

    private static void warnIfOthersCanRead(Path file) throws IOException {
        if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
            LOG.log(Level.WARNING, "{0}: every user of this machine can read this secret; chmod o-r it", file);
        }
    }

    private static String withoutFinalLineBreak(String text) {
        String trimmed = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        return trimmed.endsWith("\r") ? trimmed.substring(0, trimmed.length() - 1) : trimmed;
    }

    private static Secret usable(String value, String place) throws SecretUnavailableException {
        if (value.isEmpty()) {
            throw new SecretUnavailableException(place + ": empty; a secret must have at least one character");
        }
        if (value.codePoints().anyMatch(Readings::isUnspeakable)) {
            throw new SecretUnavailableException(
                    place + ": more than one line, or control characters; a secret must be one line of text");
        }
        if (value.length() > LONGEST) {
            throw new SecretUnavailableException(place + ": longer than " + LONGEST + " characters");
        }
        return new Secret(value);
    }

    private static String reason(IOException e) {
        return e instanceof AccessDeniedException
                ? "permission denied for the user " + System.getProperty("user.name")
                : e.getClass().getSimpleName() + ": " + e.getMessage();
    }
}
