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

    @Test
    void findsTheBitrateWhereLiquidsoapSaysItAndTellsItOnce() throws MalformedHeadException {
        String head = "SOURCE /live HTTP/1.0\r\nIce-Audio-Info: channels=2;samplerate=44100;bitrate=128\r\n";

        assertThat(StreamHeaders.of(RequestHead.parse(head + "\r\n")).forListeners())
                .containsExactly("icy-br:128", "ice-audio-info: channels=2;samplerate=44100;bitrate=128");
        assertThat(StreamHeaders.of(RequestHead.parse(head + "ice-bitrate: 128\r\n\r\n"))
                        .forListeners())
                .containsOnlyOnce("icy-br:128");
    }
}
