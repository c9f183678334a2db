package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TitleUpdateTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "song=Sweet+Thing | Sweet Thing",
                "song=Sweet%20Thing | Sweet Thing",
                "song=a%26b%3Dc | a&b=c",
                "artist=A&title=T | A - T",
                "artist=A | A",
                "title=T | T",
                "song=S&artist=A&title=T | S",
                "song=&artist=A&title=T | A - T",
                "song=one&song=two | one",
                "song=a=b | a=b",
                "song=100%&x=1 | 100%",
                "song=%zz%4 | %zz%4",
                "song=%E4%B8%96 | \u4e16",
                "song=%C3%A9 | \u00e9",
                "song=%E9t%E9 | \u00e9t\u00e9",
                "charset=ISO-8859-1&song=%C3%A9 | \u00c3\u00a9",
                "song=%A4&charset=ISO-8859-15 | \u20ac",
                "charset=no+such&song=%C3%A9 | \u00e9",
                "charset=&song=%C3%A9 | \u00e9",
                "charset=%00%ff&song=x | x",
                "song=a%0D%0Ab%00c | a b c",
                "song=++x++ | x",
            })
    void readsTheTitle(String query, String text) {
        assertThat(update(query).map(TitleUpdate::text)).contains(text);
    }

    @Test
    void readsMountAndAddress() throws MalformedHeadException {
        assertThat(update("song=x&url=http%3A%2F%2Fu%2F")).contains(new TitleUpdate("/live", "x", "http://u/"));
        assertThat(TitleUpdate.of(get("/admin/metadata?mount=%2Fa&mode=updinfo&song=x"))
                        .map(TitleUpdate::mount))
                .contains("/a");
        assertThat(update("song=").map(TitleUpdate::text))
                .as("a title may be taken away")
                .contains("");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/admin/metadata",
                "/admin/metadata?",
                "/admin/metadata?&&&=&==",
                "/admin/metadata?mode=updinfo&song=x",
                "/admin/metadata?mode=updinfo&mount=/live",
                "/admin/metadata?mount=/live&song=x",
                "/admin/metadata?mode=other&mount=/live&song=x",
                "/admin/metadata/?mode=updinfo&mount=/live&song=x",
                "/admin/killsource?mode=updinfo&mount=/live&song=x",
            })
    void isNothingElse(String target) throws MalformedHeadException {
        assertThat(TitleUpdate.of(get(target))).isEmpty();
    }

    @Test
    void neverThrowsWhateverTheCharset() throws MalformedHeadException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (String charset : Charset.availableCharsets().keySet()) {
            for (int round = 0; round < 20; round++) {
                Optional<TitleUpdate> update = update("charset=" + charset + "&song=" + hostile(random));
                assertThat(update).as("%s, seed %d", charset, seed).isPresent();
                assertThat(update.orElseThrow().text()).doesNotContain("\r", "\n", "\0");
            }
        }
    }

    private static String hostile(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(40); i >= 0; i--) {
            text.append(
                    random.nextBoolean()
                            ? "%%%02x".formatted(random.nextInt(256))
                            : String.valueOf("%&=+'a;/".charAt(random.nextInt(8))));
        }
        return text.toString();
    }

    private static Optional<TitleUpdate> update(String query) {
        try {
            return TitleUpdate.of(get("/admin/metadata?mode=updinfo&mount=/live&" + query));
        } catch (MalformedHeadException e) {
            throw new AssertionError(e);
        }
    }

    private static RequestHead get(String target) throws MalformedHeadException {
        byte[] head = ("GET " + target + " HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
        return RequestHead.parse(new String(head, StandardCharsets.ISO_8859_1));
    }
}
