package org.relaysupervisor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    @TempDir
    Path directory;

    private final List<LogRecord> logged = new ArrayList<>();
    private final Logger logger = Logger.getLogger(Secrets.class.getName());
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            logged.add(line);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        logger.addHandler(handler);
    }

    @AfterEach
    void stopListening() {
        logger.removeHandler(handler);
    }

    @Test
    void aGeneratedSecretIsMadeOnceAndKept() throws Exception {
        Path kept = directory.resolve("state/secrets");
        SecretSource.Generated source = new SecretSource.Generated("icecast.admin");

        Secret first = new Secrets(kept, Map.of()).resolve(source);
        Secret again = new Secrets(kept, Map.of()).resolve(source);

        assertThat(again).isEqualTo(first);
        assertThat(first.reveal()).matches("[2-9a-hjkmnp-z]{24,}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept.resolve("icecast.admin"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
                .isEqualTo("rwx------");
        assertThat(kept).isDirectoryContaining(file -> file.endsWith("icecast.admin"));
        try (var files = Files.list(kept)) {
            assertThat(files).as("nothing half written is left").hasSize(1);
        }
        assertThat(logged).isEmpty();
    }

    @Test
    void generatedSecretsDiffer() throws Exception {
        Secrets secrets = new Secrets(directory, Map.of());
        Set<String> values = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            values.add(secrets.resolve(new SecretSource.Generated("n" + i)).reveal());
        }
        assertThat(values).hasSize(20);
    }

    @Test
    void aSecretsDirectoryThatCannotBeMadeIsNamed() throws Exception {
        Path blocked = Files.writeString(directory.resolve("blocked"), "a file");
        assertUnavailable(new SecretSource.Generated("x"), new Secrets(blocked.resolve("secrets"), Map.of()))
                .hasMessageContaining(blocked.resolve("secrets/x") + ": cannot be made");
    }

    @ParameterizedTest
    @ValueSource(strings = {"swordfish", "swordfish\n", "swordfish\r\n"})
    void aFileIsReadWithoutItsFinalLineBreak(String content) throws Exception {
        assertThat(resolve(secretFile(content)).reveal()).isEqualTo("swordfish");
    }

    @Test
    void otherSpacesAndSignsBelongToTheSecret() throws Exception {
        assertThat(resolve(secretFile(" a:b #{x}\"'ü \n")).reveal()).isEqualTo(" a:b #{x}\"'ü ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "\r\n",
                "swordfish\n\n",
                "sword\nfish",
                "sword\u0000fish",
                "sword\tfish",
                "sword\u2028fish"
            })
    void aFileWithoutOneUsableLineIsRefusedByItsName(String content) throws Exception {
        SecretSource source = secretFile(content);
        assertUnavailable(source, new Secrets(directory, Map.of()))
                .hasMessageStartingWith(directory.resolve("secret") + ": ")
                .hasMessageNotContaining("fish");
    }

    @Test
    void anEndlessOrTooLongOrBinaryFileIsRefused() throws Exception {
        Secrets secrets = new Secrets(directory, Map.of());
        assertUnavailable(new SecretSource.InFile(Path.of("/dev/zero")), secrets)
                .hasMessageContaining("not a file");
        assertUnavailable(new SecretSource.InFile(directory), secrets).hasMessageContaining("not a file");
        assertUnavailable(secretFile("x".repeat(100_000)), secrets).hasMessageContaining("longer than 512");
        Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xC3, 0x28});
        assertUnavailable(new SecretSource.InFile(binary), secrets).hasMessageContaining("not text in UTF-8");
    }

    @Test
    void aMissingFileIsNamedWithWhatToDo() {
        Path missing = directory.resolve("missing");
        assertUnavailable(new SecretSource.InFile(missing), new Secrets(directory, Map.of()))
                .hasMessage(missing + ": no such file; write the secret into it, on one line");
    }

    @Test
    void aFileThatEverybodyCanReadIsUsedWithAWarning() throws Exception {
        SecretSource source = secretFile("swordfish");
        Files.setPosixFilePermissions(directory.resolve("secret"), PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(resolve(source).reveal()).isEqualTo("swordfish");
        assertThat(logged).singleElement().satisfies(line -> {
            assertThat(line.getParameters()).contains(directory.resolve("secret"));
            assertThat(line.getMessage()).contains("chmod").doesNotContain("swordfish");
        });
    }

    @Test
    void aCredentialIsAFileInSystemdsDirectory() throws Exception {
        secretFile("swordfish");
        Secrets secrets = new Secrets(directory, Map.of("CREDENTIALS_DIRECTORY", directory.toString()));

        assertThat(secrets.resolve(new SecretSource.Credential("secret")).reveal())
                .isEqualTo("swordfish");
        assertUnavailable(new SecretSource.Credential("other"), secrets)
                .hasMessageContaining(directory.resolve("other").toString())
                .hasMessageContaining("LoadCredential=other:");
        assertUnavailable(new SecretSource.Credential("secret"), new Secrets(directory, Map.of()))
                .hasMessageContaining("LoadCredential=secret:");
    }

    @Test
    void anEnvironmentVariableIsTakenAsItIs() throws Exception {
        Secrets secrets = new Secrets(directory, Map.of("DJ", "swordfish", "EMPTY", "", "LINES", "sword\nfish"));

        assertThat(secrets.resolve(new SecretSource.Environment("DJ")).reveal()).isEqualTo("swordfish");
        assertUnavailable(new SecretSource.Environment("NONE"), secrets).hasMessageContaining("NONE: not set");
        assertUnavailable(new SecretSource.Environment("EMPTY"), secrets).hasMessageContaining("EMPTY: empty");
        assertUnavailable(new SecretSource.Environment("LINES"), secrets)
                .hasMessageContaining("LINES: more than one line")
                .hasMessageNotContaining("fish");
    }

    @Test
    void aSecretPrintsAsStars() {
        assertThat(new Secret("swordfish")).hasToString("***");
    }

    private SecretSource secretFile(String content) throws Exception {
        Path file = directory.resolve("secret");
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return new SecretSource.InFile(file);
    }

    private Secret resolve(SecretSource source) throws Exception {
        return new Secrets(directory, Map.of()).resolve(source);
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertUnavailable(
            SecretSource source, Secrets secrets) {
        return assertThatThrownBy(() -> secrets.resolve(source)).isInstanceOf(SecretUnavailableException.class);
    }
}
