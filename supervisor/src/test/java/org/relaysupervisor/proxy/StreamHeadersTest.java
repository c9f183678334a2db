package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock") // the line ends are the point
class StreamHeadersTest {
    @Test
    void tellsListenersWhatTheSourceSaysOfItsStream() throws MalformedHeadException {
        StreamHeaders headers = StreamHeaders.of(RequestHead.parse(Exchanges.LIQUIDSOAP_HEAD));

        assertThat(headers.contentType()).contains("audio/mpeg");
        assertThat(headers.forListeners())
                .contains("icy-name:Tap", "icy-pub:1")
                .noneMatch(line -> line.contains("Basic") || line.contains("User-Agent"));
    }

    @Test
    void knowsAllNamesInAnyCaseAndLeavesOutTheEmptyOnes() throws MalformedHeadException {
        StreamHeaders headers = StreamHeaders.of(RequestHead.parse("PUT /live HTTP/1.1\r\nIce-Name: N\r\n"
                + "ICE-DESCRIPTION: D\r\nice-genre:G\r\nicy-url: http://u/\r\nice-bitrate: 96\r\nice-public: 0\r\n"
                + "ice-name:\r\nHost: h\r\nX-Ice: x\r\n\r\n"));

        assertThat(headers.contentType()).isEmpty();
        assertThat(headers.forListeners())
                .contains(
                        "icy-name:N", "icy-description:D", "icy-genre:G", "icy-url:http://u/", "icy-br:96", "icy-pub:0")
                .hasSize(6);
    }
}
