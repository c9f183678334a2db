package org.relaysupervisor.config;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Fetches secrets from where they are kept, and makes those that are generated. Not thread-safe. */
public final class Secrets {
    private static final Logger log = System.getLogger(Secrets.class.getName());
    /** Letters and digits that can't be mistaken for each other when read out to a DJ. */
    private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private static final int GENERATED_LENGTH = 24;
    private static final int MAXIMUM_LENGTH = 200;

    private final Optional<Path> directory;
    private final Map<String, String> environment;
    /** One that is generated without a directory is made once, so that all who ask get the same. */
    private final Map<String, Secret> unkept = new HashMap<>();

    /**
     * @param directory for generated secrets, mode 0700; empty to make them up without keeping them, as a mere check does
     * @param environment the daemon's own
     */
    public Secrets(Optional<Path> directory, Map<String, String> environment) {
        this.directory = directory;
        this.environment = Map.copyOf(environment);
    }

    public Secret resolve(SecretSource source) throws SecretUnavailableException {
        if (source instanceof SecretSource.InFile inFile) {
            return read(inFile.path(), "the password file ");
        }
        if (source instanceof SecretSource.Credential credential) {
            String credentials = environment.get("CREDENTIALS_DIRECTORY");
            if (credentials == null) {
                throw new SecretUnavailableException("there is no systemd credential " + credential.name()
                        + ": the daemon's unit needs LoadCredential=" + credential.name() + ":/path/to/file");
            }
            return read(Path.of(credentials, credential.name()), "the systemd credential ");
        }
        if (source instanceof SecretSource.Environment variable) {
            String value = environment.get(variable.variable());
            if (value == null) {
                throw new SecretUnavailableException(
                        "the environment variable " + variable.variable() + " is not set for the daemon");
            }
            return checked(value, "the environment variable " + variable.variable());
        }
        return generated(((SecretSource.Generated) source).name());
    }

    private Secret generated(String name) throws SecretUnavailableException {
        if (directory.isEmpty()) {
            return unkept.computeIfAbsent(name, any -> new Secret(random()));
        }
        Path file = directory.get().resolve(name);
        if (!Files.exists(file)) {
            make(file);
        }
        return read(file, "the generated password ");
    }

    /** Written beside and linked into place, so that a crash or a full disk never leaves half a password. */
    private static void make(Path file) throws SecretUnavailableException {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.deleteIfExists(draft);
            Files.createFile(draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(draft, random() + "\n");
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException e) {
            throw new SecretUnavailableException(draft + " is in the way of a new password: remove it");
        } catch (IOException e) {
            throw new SecretUnavailableException("a new password can't be written to " + file + ": " + e.getMessage());
        }
    }

    private static String random() {
        SecureRandom random = new SecureRandom();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < GENERATED_LENGTH; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }

    private static Secret read(Path file, String what) throws SecretUnavailableException {
        try {
            if (Files.size(file) > 4096) {
                throw new SecretUnavailableException(what + file + " is too large to hold one password");
            }
            warnWhenReadableByOthers(file);
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            return checked(text.replaceFirst("\\R\\z", ""), what + file);
        } catch (NoSuchFileException e) {
            throw new SecretUnavailableException(what + file + " does not exist");
        } catch (IOException e) {
            throw new SecretUnavailableException(what + file + " can't be read by " + System.getProperty("user.name")
                    + ": check its owner and mode");
        }
    }

    private static void warnWhenReadableByOthers(Path file) throws IOException {
        if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
            log.log(Level.WARNING, "every user of this machine can read {0}: chmod 600 {0}", file);
        }
    }

    private static Secret checked(String value, String where) throws SecretUnavailableException {
        if (value.isEmpty()) {
            throw new SecretUnavailableException(where + " is empty");
        }
        if (value.length() > MAXIMUM_LENGTH || value.codePoints().anyMatch(Character::isISOControl)) {
            throw new SecretUnavailableException(where + " must be one line of at most " + MAXIMUM_LENGTH
                    + " characters without control characters");
        }
        return new Secret(value);
    }
}
