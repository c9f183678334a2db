package org.relaysupervisor.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TitlesTest {
    private static final int LARGEST = 255 * 16;
    private final Titles titles = new Titles();

    @Test
    void theTitleIsTheOneThatWasNewestAtThePosition() {
        assertThat(titles.at(5).text()).isEmpty();
        titles.add(100, "one", "");
        titles.add(200, "two", "");

        assertThat(titles.at(99).text()).as("the first that is known").isEqualTo("one");
        assertThat(titles.at(199).text()).isEqualTo("one");
        assertThat(titles.at(200).text()).isEqualTo("two");
        assertThat(titles.newest()).contains("two");
    }

    @Test
    void keepsTheTitleThatIsInEffectAtTheTail() {
        titles.add(100, "one", "");
        titles.add(200, "two", "");
        titles.add(300, "three", "");
        titles.dropBefore(250);
        assertThat(titles.at(0).text()).isEqualTo("two");
        titles.dropBefore(10_000);
        assertThat(titles.at(10_000).text()).isEqualTo("three");

        titles.clear();
        assertThat(titles.newest()).isEmpty();
        assertThat(titles.at(10_000).text()).isEmpty();
    }

    @Test
    void keepsABoundedNumber() {
        for (int i = 0; i < 1000; i++) {
            titles.add(i, "t" + i, "");
        }

        assertThat(titles.at(0).text()).isEqualTo("t968");
        assertThat(titles.at(999).text()).isEqualTo("t999");
    }

    @Test
    void aBlockIsItsLengthAndTextFilledUpToSixteen() {
        titles.add(0, "ab", "");
        assertBlock("StreamTitle='ab';", 32);
        titles.add(0, "a", "http://u/");
        assertBlock("StreamTitle='a';StreamUrl='http://u/';", 48);
        titles.add(0, "", "");
        assertBlock("StreamTitle='';", 16);
        titles.add(0, "x", "");
        assertBlock("StreamTitle='x';", 16);
    }

    @Test
    void aTitleCannotEndItself() {
        titles.add(0, "it's';StreamUrl='http://evil/", "a';b");

        assertBlock("StreamTitle='it's' ;StreamUrl='http://evil/';StreamUrl='a' ;b';", 64);
    }

    @Test
    void aTitleThatIsTooLongIsCutBetweenTwoCharacters() {
        int room = LARGEST - "StreamTitle='';".length();
        titles.add(0, "x".repeat(room), "");
        assertBlock("StreamTitle='" + "x".repeat(room) + "';", LARGEST);
        titles.add(0, "x".repeat(5000), "");
        assertBlock("StreamTitle='" + "x".repeat(room) + "';", LARGEST);
        titles.add(0, "x" + "\u4e16".repeat(3000), "");
        assertBlock("StreamTitle='x" + "\u4e16".repeat((room - 1) / 3) + "';", LARGEST);
        titles.add(0, "\ud83d\ude00".repeat(3000), "");
        assertBlock("StreamTitle='" + "\ud83d\ude00".repeat(room / 4) + "';", LARGEST);
    }

    @Test
    void anAddressThatDoesNotFitIsLeftOut() {
        titles.add(0, "short", "http://" + "u".repeat(7000));
        assertBlock("StreamTitle='short';", 32);
        titles.add(0, "t".repeat(3000), "u".repeat(2000));
        assertBlock("StreamTitle='" + "t".repeat(3000) + "';", 3024);
        titles.add(0, "t", "u".repeat(4050));
        assertBlock("StreamTitle='t';StreamUrl='" + "u".repeat(4050) + "';", LARGEST);
    }

    private void assertBlock(String text, int length) {
        byte[] block = titles.at(Long.MAX_VALUE).block();
        assertThat((block[0] & 0xff) * 16).isEqualTo(length);
        assertThat(block).hasSize(1 + length);
        assertThat(new String(block, 1, length, UTF_8))
                .isEqualTo(text + "\0".repeat(length - text.getBytes(UTF_8).length));
    }
}
