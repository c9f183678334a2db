package org.relaysupervisor.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.util.Random;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class LiteralsTest {
    private static final String TROUBLE = "\"'<>&#{}\\%$|;:=,[]()!?`~^-_./ \t\n\r\u0001\u007fé☃\u2028]]>";

    /** Text of up to that many characters, half of them ones with a meaning in some language; no lone surrogates. */
    static String anyText(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(length + 1); i > 0; i--) {
            if (random.nextBoolean()) {
                text.append(TROUBLE.charAt(random.nextInt(TROUBLE.length())));
            } else {
                int c = random.nextInt(random.nextBoolean() ? 0x80 : 0x1FFFF);
                text.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? 'x' : c);
            }
        }
        return text.toString();
    }

    @Test
    void anyTextOnOneLineComesBackFromARealXmlParser() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            String text = Literals.oneLine(anyText(random, 30));
            String literal = Literals.xml(text);
            String document = "<a b=\"" + literal + "\" c='" + literal + "'>" + literal + "</a>";
            Element element = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(document)))
                    .getDocumentElement();
            assertThat(element.getTextContent()).describedAs("seed " + seed).isEqualTo(text);
            assertThat(element.getAttribute("b")).describedAs("seed " + seed).isEqualTo(text);
            assertThat(element.getAttribute("c")).describedAs("seed " + seed).isEqualTo(text);
        }
    }

    @Test
    void aCharacterThatXmlCannotHoldIsRefusedWithoutShowingTheText() {
        assertThatThrownBy(() -> Literals.xml("secret\u0001"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("XML cannot hold the character U+0001");
    }

    @Test
    void interpolationIsCutApart() {
        assertThat(Literals.liquidsoap(Configs.NASTY_NAME)).isEqualTo("(\"\\\"><&'#\" ^ \"{x}\")");
        assertThat(Literals.liquidsoap("a\\b\n")).isEqualTo("\"a\\\\b\\x0a\"");
    }

    @Test
    void aHeaderValueStaysOnItsLine() {
        assertThat(Literals.oneLine("a\r\nX-Evil: b\u0000\ud800")).isEqualTo("a  X-Evil: b \ufffd");
    }
}
