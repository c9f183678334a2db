package org.relaysupervisor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever happens to the file, the reader answers with a configuration or with problems at places that exist. */
@Timeout(120)
class MutatedFileTest {
    private static final int ROUNDS = 1500;
    private static final List<String> SPLINTERS = List.of(
            "\t",
            "\n",
            "\r",
            "\r\n",
            ":",
            ": ",
            "- ",
            "[",
            "]",
            "{",
            "}",
            "'",
            "\"",
            "\\",
            "#",
            "&a ",
            "*a",
            "!t ",
            "|",
            ">",
            "---\n",
            "...\n",
            "? ",
            "<<: ",
            "%",
            "@",
            "`",
            "~",
            ",",
            "\u0000",
            "\u0085",
            "\u2028",
            "\uFEFF",
            "\uD83D\uDCFB",
            "é",
            "99999999999",
            "-1",
            "0x10",
            "1e400",
            "NaN",
            "null",
            "true",
            "::1",
            "/",
            " ",
            "          ",
            "\"\\uD800\"");

    @Test
    void neverThrowsAnythingButProblemsWithinTheFile() throws Exception {
        String shipped = ShippedFile.text().replaceAll("(?m)^ *#.*\n", "");
        long firstSeed = Long.getLong("seed", 20261122L);
        for (long seed = firstSeed; seed < firstSeed + ROUNDS; seed++) {
            check(mutate(seed % 2 == 0 ? shipped : ShippedFile.text(), new Random(seed)), seed);
        }
    }

    private static void check(String text, long seed) {
        try {
            ConfigReader.parse(text, "relay.yaml", Path.of("/etc/relay"))
                    .warnings()
                    .forEach(warning -> assertWithin(text, warning, seed));
        } catch (InvalidConfigException e) {
            assertThat(e.problems()).as("seed %d", seed).isNotEmpty();
            e.problems().forEach(problem -> assertWithin(text, problem, seed));
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError("seed " + seed + " of:\n" + text, e);
        }
    }

    private static void assertWithin(String text, Problem problem, long seed) {
        String[] lines = text.split("\r\n|\r|\n", -1);
        assertThat(problem.line()).as("line of %s, seed %d", problem, seed).isBetween(1, lines.length);
        String line = lines[problem.line() - 1];
        assertThat(problem.column())
                .as("column of %s, seed %d", problem, seed)
                .isBetween(1, line.codePointCount(0, line.length()) + 1);
        assertThat(problem.message().codePoints())
                .as("message of seed %d", seed)
                .noneMatch(Readings::isUnspeakable);
    }

    private static String mutate(String text, Random random) {
        StringBuilder mutated = new StringBuilder(text);
        int changes = 1 + random.nextInt(8);
        for (int i = 0; i < changes && !mutated.isEmpty(); i++) {
            int at = random.nextInt(mutated.length());
            int to = Math.min(mutated.length(), at + random.nextInt(30));
            switch (random.nextInt(6)) {
                case 0 -> mutated.delete(at, to);
                case 1 -> mutated.insert(at, SPLINTERS.get(random.nextInt(SPLINTERS.size())));
                case 2 -> mutated.replace(at, to, SPLINTERS.get(random.nextInt(SPLINTERS.size())));
                case 3 -> mutated.insert(random.nextInt(mutated.length()), mutated.substring(at, to));
                case 4 -> mutated.setCharAt(at, (char) (32 + random.nextInt(95)));
                default -> mutated.setLength(Math.max(1, random.nextInt(4) == 0 ? at : mutated.length()));
            }
        }
        return mutated.toString();
    }
}
