package org.relaysupervisor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {
    private static final Path DIRECTORY = Path.of("/etc/radio");

    @TempDir
    Path directory;

    @Test
    void theShippedFileHoldsTheDefaults() throws Exception {
        RelayConfig shipped = read(shipped()).config();
        assertThat(shipped).isEqualTo(read("station:\n").config());
        assertThat(read(shipped()).warnings()).isEmpty();
    }

    @Test
    void theDefaultsAreThoseOfTheStation() throws Exception {
        RelayConfig config = read("{}").config();
        assertThat(config.mounts())
                .containsExactly(new RelayConfig.Mount("/live", RelayConfig.Format.MP3, 128, 44_100, 2, true));
        assertThat(config.icecast().clients()).isEqualTo(350);
        assertThat(config.icecast().burst()).isEqualTo(64 * 1024);
        assertThat(config.listeners().bind()).isEqualTo(InetAddress.getByName("127.0.0.1"));
        assertThat(config.harbor().bind()).isEqualTo(InetAddress.getByName("127.0.0.1"));
    }

    @Test
    void everyKindOfInputIsRead() throws Exception {
        RelayConfig config = read("""
                        inputs:
                          - type: harbor
                            name: live
                            mount: /dj
                            djs:
                              - user: anna
                                password: {file: anna.txt}
                              - user: ben
                                password: {environment: BEN}
                              - user: cleo
                                password: {credential: cleo}
                          - type: url
                            name: studio
                            url: rtmp://studio.example.org/live
                          - type: playlist
                            name: jukebox
                            directory: music
                            shuffle: false
                        """).config();
        assertThat(config.inputs())
                .containsExactly(
                        new RelayConfig.HarborInput(
                                "live",
                                "/dj",
                                List.of(
                                        new RelayConfig.Dj(
                                                "anna", new SecretSource.InFile(DIRECTORY.resolve("anna.txt"))),
                                        new RelayConfig.Dj("ben", new SecretSource.Environment("BEN")),
                                        new RelayConfig.Dj("cleo", new SecretSource.Credential("cleo")))),
                        new RelayConfig.UrlInput("studio", URI.create("rtmp://studio.example.org/live")),
                        new RelayConfig.PlaylistInput("jukebox", DIRECTORY.resolve("music"), false));
    }

    @Test
    void anyStationNameIsTaken() throws Exception {
        String name = "\"><&'#{x} \u00fc \u2603";
        RelayConfig config =
                read("station:\n  name: '" + name.replace("'", "''") + "'\n").config();
        assertThat(config.station().name()).isEqualTo(name);
    }

    @Test
    void everyProblemIsReportedAtOnceInTheOrderOfTheLines() {
        assertThat(problems("""
                        station:
                          nmae: x
                        mounts:
                          - path: live
                            bitrate: 129
                        listeners:
                          bind: localhost
                          limit: many
                        """))
                .satisfiesExactly(
                        problem -> assertThat(problem)
                                .startsWith("relay.yaml:2:3: ")
                                .contains("station has no key \"nmae\"")
                                .contains("did you mean \"name\"?"),
                        problem -> assertThat(problem)
                                .startsWith("relay.yaml:4:11: ")
                                .contains("like /live"),
                        problem -> assertThat(problem)
                                .startsWith("relay.yaml:5:14: ")
                                .contains("128"),
                        problem -> assertThat(problem)
                                .startsWith("relay.yaml:7:9: ")
                                .contains("for localhost write 127.0.0.1"),
                        problem -> assertThat(problem)
                                .startsWith("relay.yaml:8:10: ")
                                .contains("a whole number from 1 to 10000"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "statoin: {}|did you mean \"station\"?",
                "listeners: {port: 70000}|from 1 to 65535",
                "listeners: {port: 8010}|each needs one of its own",
                "listeners: {limit: 340}|listeners.limit can be 330 at most",
                "silence: {after: 5}|written like 500ms, 5s, 10m, 1h",
                "memory: {liquidsoap: 400MB}|written like 64KiB, 400MiB",
                "memory: {liquidsoap: 1MiB}|from 128MiB to 64GiB",
                "recording: {mount: /other}|must be one of the mounts: /live",
                "recording: {enabled: yes}|must be true or false",
                "mounts: []|at least one mount",
                "mounts: /live|must be a list",
                "mounts: [{path: /live}, {path: /live}]|there twice",
                "mounts: [{path: /admin}]|Icecast's own",
                "mounts: [{path: /a, format: ogg}]|one of mp3, aac, opus",
                "mounts: [{path: /a}, {path: /b, format: opus, sample_rate: 44100}]|must be 48000 for opus",
                "mounts: [{path: /a, main: true}, {path: /b, main: true}]|only one mount",
                "inputs: [{type: harbor, name: a, mount: /x}, {type: harbor, name: a, mount: /y}]|is taken",
                "inputs: [{type: harbor, name: a, mount: /x}, {type: harbor, name: b, mount: /x}]|the same mount",
                "inputs: [{type: harbor, name: standby, mount: /x}]|is taken",
                "inputs: [{type: url, name: a}]|needs a url",
                "inputs: [{type: url, name: a, url: 'file:///etc/passwd'}]|begins with one of",
                "inputs: [{type: playlist, name: a}]|needs a directory",
                "inputs: [{type: harbor, name: a}]|mount is missing",
                "station: {name: \"a\\nb\"}|without control characters",
                "station: [1]|must be a list of \"key: value\" lines",
                "passwords: {source: {}}|exactly one of file, credential, environment",
                "passwords: {source: {file: a, credential: b}}|exactly one of file, credential, environment",
                "listeners: {port: 1, port: 2}|is set twice",
                "'listeners:\n\tport: 1'|tabs",
                "'a: 1\n---\nb: 2'|not valid YAML",
                "'a: &x [1]\nb: *x'|not valid YAML",
                "just text|list of \"key: value\" lines",
            })
    void aProblemSaysWhatIsAllowed(String text, String expected) {
        String unescaped = text.replace("\\n", "\\n");
        assertThat(problems(unescaped))
                .anySatisfy(problem -> assertThat(problem).contains(expected));
    }

    @Test
    void aPasswordInPlainTextIsRefusedAndNeverRepeated() {
        assertThat(problems("passwords:\n  source: hunter2\n"))
                .singleElement()
                .satisfies(problem -> assertThat(problem)
                        .startsWith("relay.yaml:2:11: ")
                        .contains("write generated")
                        .doesNotContain("hunter2"));
    }

    @Test
    void aMainMountThatIphonesCannotPlayIsWarnedAbout() throws Exception {
        assertThat(read("mounts: [{path: /live, format: opus}]").warnings())
                .singleElement()
                .satisfies(warning -> assertThat(warning.toString()).contains("iPhones"));
        assertThat(read("mounts: [{path: /live}, {path: /extra, format: opus}]").warnings())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "'::1'", "'::'"})
    void addressesOfBothFamiliesCanBeBound(String address) throws Exception {
        assertThat(read("listeners: {bind: " + address + "}")
                        .config()
                        .listeners()
                        .bind())
                .isEqualTo(InetAddress.getByName(address.replace("'", "")));
    }

    @Test
    void timesAndSizesHaveUnits() throws Exception {
        RelayConfig config = read("silence: {after: 90s}\nicecast: {queue: 1MiB, source_timeout: 2m}")
                .config();
        assertThat(config.silence().after()).isEqualTo(Duration.ofSeconds(90));
        assertThat(config.icecast().queue()).isEqualTo(1 << 20);
        assertThat(config.icecast().sourceTimeout()).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void aFileThatIsNoneIsSaidSo() throws IOException {
        assertThat(problems(directory.resolve("none.yaml")))
                .singleElement()
                .asString()
                .contains("there is no file");
        assertThat(problems(directory)).singleElement().asString().contains("is a directory");
        Path binary = Files.write(directory.resolve("binary.yaml"), new byte[] {(byte) 0xff, 0});
        assertThat(problems(binary)).singleElement().asString().contains("not UTF-8");
        Path huge = Files.write(directory.resolve("huge.yaml"), new byte[(1 << 20) + 1]);
        assertThat(problems(huge)).singleElement().asString().contains("larger than 1 MiB");
    }

    @Test
    void anEmptyFileAndAByteOrderMarkAreFine() throws Exception {
        assertThat(read("").config()).isEqualTo(read("\uFEFFstation:\n").config());
    }

    /** Whatever is done to the file, it is read or refused with places inside it; nothing else ever happens. */
    @Test
    void mutationsAreReadOrRefused() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        String shipped = shipped();
        int lines = (int) shipped.lines().count();
        for (int i = 0; i < 3_000; i++) {
            String mutated = mutate(shipped, random);
            try {
                read(mutated);
            } catch (InvalidConfigException e) {
                assertThat(e.problems())
                        .isNotEmpty()
                        .allSatisfy(problem -> assertThat(problem.line()).isBetween(0, lines + 5));
            } catch (RuntimeException e) {
                fail("seed " + seed + ", mutation " + i + ":\n" + mutated, e);
            }
        }
    }

    private static String mutate(String text, Random random) {
        StringBuilder mutated = new StringBuilder(text);
        String noise = ":-[]{}#&*!|>'\"%@`,? \n\t0a\u0000\u00fc";
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(mutated.length());
            switch (random.nextInt(3)) {
                case 0 -> mutated.setCharAt(at, noise.charAt(random.nextInt(noise.length())));
                case 1 -> mutated.insert(at, noise.charAt(random.nextInt(noise.length())));
                default -> mutated.delete(at, Math.min(mutated.length(), at + random.nextInt(12)));
            }
        }
        return mutated.toString();
    }

    private static ConfigReader.Loaded read(String text) throws InvalidConfigException {
        return ConfigReader.read(text, "relay.yaml", DIRECTORY);
    }

    private static List<String> problems(String text) {
        return messages(catchThrowableOfType(InvalidConfigException.class, () -> read(text)), text);
    }

    private static List<String> problems(Path file) {
        return messages(catchThrowableOfType(InvalidConfigException.class, () -> ConfigReader.read(file)), file);
    }

    private static List<String> messages(InvalidConfigException exception, Object read) {
        assertThat(exception).as("refusal of %s", read).isNotNull();
        return exception.problems().stream().map(Problem::toString).toList();
    }

    private static String shipped() throws IOException {
        try (var in = ConfigReaderTest.class.getResourceAsStream("/relay-config/relay.yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void generatedSecretsAreKeptAndPrivate() throws Exception {
        Secrets secrets = new Secrets(Optional.of(directory), java.util.Map.of());
        Secret first = secrets.resolve(new SecretSource.Generated("x"));
        assertThat(first.reveal()).hasSizeGreaterThanOrEqualTo(24);
        assertThat(first.toString()).doesNotContain(first.reveal());
        assertThat(new Secrets(Optional.of(directory), java.util.Map.of()).resolve(new SecretSource.Generated("x")))
                .isEqualTo(first);
        assertThat(Files.getPosixFilePermissions(directory.resolve("x"))).hasSize(2);
    }

    @Test
    void anUnavailableSecretNamesThePlace() throws Exception {
        Secrets secrets = new Secrets(Optional.empty(), java.util.Map.of("EMPTY", "", "LINES", "a\nb"));
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> secrets.resolve(new SecretSource.InFile(missing)))
                .hasMessageContaining(missing.toString());
        assertThatThrownBy(() -> secrets.resolve(new SecretSource.Environment("NONE")))
                .hasMessageContaining("NONE");
        assertThatThrownBy(() -> secrets.resolve(new SecretSource.Environment("EMPTY")))
                .hasMessageContaining("is empty");
        assertThatThrownBy(() -> secrets.resolve(new SecretSource.Environment("LINES")))
                .hasMessageContaining("control characters")
                .hasMessageNotContaining("a\nb");
        assertThatThrownBy(() -> secrets.resolve(new SecretSource.Credential("dj")))
                .hasMessageContaining("LoadCredential=dj");
        Path file = Files.writeString(directory.resolve("password"), "s e c r e t\n");
        assertThat(secrets.resolve(new SecretSource.InFile(file)).reveal()).isEqualTo("s e c r e t");
    }
}
