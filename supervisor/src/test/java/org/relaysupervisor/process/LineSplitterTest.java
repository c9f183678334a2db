package org.relaysupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineSplitterTest {
    private final List<String> lines = new ArrayList<>();
    private final LineSplitter splitter = new LineSplitter(lines::add);

    private void feed(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        splitter.feed(bytes, bytes.length);
    }

    @Test
    void linesEndWithLineFeedOrCarriageReturnAndEmptyOnesAreLeftOut() {
        feed("one\ntwo\r\n\n\rthree\rfour");
        assertThat(lines).containsExactly("one", "two", "three");
        feed("\n");
        assertThat(lines).endsWith("four");
    }

    @Test
    void aLineOfExactlyTheLimitIsWhole() {
        feed("x".repeat(LineSplitter.LONGEST) + "\n");
        assertThat(lines).containsExactly("x".repeat(LineSplitter.LONGEST));
        assertThat(splitter.cut()).isZero();
    }

    @Test
    void aLongerLineIsCutMarkedAndCountedAndTheNextIsWhole() {
        feed("x".repeat(LineSplitter.LONGEST + 1) + "\nnext\n");
        assertThat(lines).containsExactly("x".repeat(LineSplitter.LONGEST) + " [cut]", "next");
        assertThat(splitter.cut()).isEqualTo(1);
    }

    @Test
    void bytesThatAreNotUtf8AreReplaced() {
        splitter.feed(new byte[] {'a', (byte) 0xff, 'b', '\n'}, 4);
        assertThat(lines).containsExactly("a\ufffdb");
    }

    @Test
    void whatCouldPlayTricksOnATerminalIsEscaped() {
        feed("\u001b[2Jred\u0007\tä\u202efdp.exe\u0000\u2028\n");
        assertThat(lines).containsExactly("\\u001b[2Jred\\u0007\tä\\u202efdp.exe\\u0000\\u2028");
    }

    @Test
    void itDoesNotMatterHowTheBytesAreCutUp() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 2000; i++) {
            int kind = random.nextInt(12);
            text.append(kind == 0 ? "\n" : kind == 1 ? "\r" : kind == 2 ? "ä€😀" : "x".repeat(random.nextInt(600)));
        }
        text.append('\n');
        feed(text.toString());
        List<String> whole = List.copyOf(lines);
        lines.clear();
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        for (int from = 0; from < bytes.length; ) {
            int to = Math.min(bytes.length, from + 1 + random.nextInt(700));
            splitter.feed(java.util.Arrays.copyOfRange(bytes, from, to), to - from);
            from = to;
        }

        assertThat(lines).as("seed %d", seed).isEqualTo(whole);
    }
}
