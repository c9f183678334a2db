package org.relaysupervisor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class UnreadableFileTest {
    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("relay.yaml");
    }

    @Test
    void aMissingFile() {
        assertThat(onlyProblem()).isEqualTo(file + ": no such file, or no permission to look into its directory");
    }

    @Test
    void aDirectory() throws Exception {
        Files.createDirectory(file);
        assertThat(onlyProblem()).isEqualTo(file + ": not a file but a directory");
    }

    @Test
    void aDeviceIsNotReadForEver() {
        file = Path.of("/dev/zero");
        assertThat(onlyProblem()).isEqualTo("/dev/zero: not a file");
    }

    @Test
    void anEmptyFile() throws Exception {
        assertThat(problemOf("")).isEqualTo(file + ":1:1: the file is empty; {} alone would mean all the defaults");
        assertThat(problemOf("# only comments\n")).contains("the file is empty");
    }

    @Test
    void aHugeFile() throws Exception {
        assertThat(problemOf("#" + "x".repeat(1 << 20)))
                .isEqualTo(file + ": larger than 1 MiB; this cannot be the relay's configuration");
    }

    @Test
    void aFileInAnotherEncoding() throws Exception {
        Files.write(file, "station:\n  name: Rádio\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(onlyProblem()).isEqualTo(file + ":2:10: not UTF-8; save the file with the encoding UTF-8");
        Files.write(file, "\uFEFFstation: {}\n".getBytes(StandardCharsets.UTF_16LE));
        assertThat(onlyProblem()).contains("not UTF-8 but UTF-16");
    }

    @Test
    void aByteOrderMarkIsIgnoredWithAWarning() throws Exception {
        Files.writeString(file, "\uFEFFstation: {}\n");
        assertThat(ConfigReader.read(file).warnings())
                .singleElement()
                .asString()
                .startsWith(file + ":1:1: warning: an invisible byte order mark");
    }

    @Test
    void tabs() throws Exception {
        assertThat(problemOf("station:\n\tname: a\n")).isEqualTo(file + ":2:1: a tab; indent with spaces");
        assertThat(problemOf("station:\n  name: a\n\tgenre: b\n")).endsWith(": a tab; indent with spaces");
    }

    @Test
    void aSecondDocument() throws Exception {
        assertThat(problemOf("station: {}\n---\nstation: {}\n")).startsWith(file + ":2:1: a second YAML document");
    }

    @Test
    void referencesThatWouldMultiply() throws Exception {
        String bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b]\n";
        assertThat(problemOf(bomb)).startsWith(file + ":1:4: anchors and references");
        assertThat(problemOf("station: {description: *best radio*}"))
                .startsWith(file + ":1:24: anchors and references");
    }

    @Test
    void depthWithoutEnd() throws Exception {
        assertThat(problemOf("[".repeat(500_000))).contains("more than 16 deep");
        assertThat(problemOf("- ".repeat(500_000))).contains("more than 16 deep");
    }

    @Test
    void tags() throws Exception {
        assertThat(problemOf("station: {name: !Radio x}")).contains("YAML tags (!) have no use here");
    }

    @Test
    void aControlCharacter() throws Exception {
        assertThat(problemOf("station:\n  name: a\u0007b\n")).startsWith(file + ":2:10: a control character");
    }

    @Test
    void brokenYamlIsExplainedInPlainWords() throws Exception {
        assertThat(problemOf("station:\n  name: 'Radio\n")).contains("a closing quote is missing");
        assertThat(problemOf("station:\n  name: Rock: all night\n")).startsWith(file + ":2:13: a colon where no key");
        assertThat(problemOf("station:\n  name: a\n  genre\nmounts: []\n")).contains("a key without its colon");
        assertThat(problemOf("station:\n  name: a\n genre: b\n")).contains("indentation does not fit");
        assertThat(problemOf("station: {name: a\nmounts: []\n")).contains("a comma or a closing bracket is missing");
        assertThat(problemOf("station: {name: \"C:\\media\"}")).contains("a backslash in double quotes");
        assertThat(problemOf("station: {name: @home}")).contains("cannot begin with this character");
        assertThat(problemOf("just some words")).contains("the file must consist of sections");
        assertThat(problemOf("- a\n- b\n")).contains("the file must consist of sections");
    }

    private String problemOf(String text) throws Exception {
        Files.writeString(file, text);
        return onlyProblem();
    }

    private String onlyProblem() {
        InvalidConfigException thrown =
                catchThrowableOfType(InvalidConfigException.class, () -> ConfigReader.read(file));
        assertThat(thrown).isNotNull();
        assertThat(thrown.problems()).hasSize(1);
        return thrown.problems().get(0).toString();
    }
}
