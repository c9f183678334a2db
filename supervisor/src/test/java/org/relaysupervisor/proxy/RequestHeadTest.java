package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeadTest {
    @Test
    void readsWhatLiquidsoapSends() throws MalformedHeadException {
        RequestHead head = RequestHead.parse(Exchanges.LIQUIDSOAP_HEAD);

        assertThat(head.requestLine()).isEqualTo("SOURCE /live HTTP/1.0");
        assertThat(head.path()).isEqualTo("/live");
        assertThat(head.header("ICE-NAME")).contains("Tap");
        assertThat(head.headers()).hasSize(6);
    }

    @Test
    void acceptsBareLineFeedsWhichProbesSend() throws MalformedHeadException {
        RequestHead head = RequestHead.parse("GET /live?x=/admin HTTP/1.0\nUser-Agent: Blackbox\n\n");

        assertThat(head.path()).isEqualTo("/live");
        assertThat(head.header("user-agent")).contains("Blackbox");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n",
                "\n",
                "GET /live\r\n\r\n",
                "GET  /live HTTP/1.0\r\n\r\n",
                "GET /live HTTP/1.0 \r\n\r\n",
                "GET /live HTTP/2.0\r\n\r\n",
                "GET /live ICY/1.0\r\n\r\n",
                "get /live HTTP/1.0\r\n\r\n",
                "GET\t/live HTTP/1.0\r\n\r\n",
                "GET /l\u0000ive HTTP/1.0\r\n\r\n",
                "GET /l\u00efve HTTP/1.0\r\n\r\n",
                "GET /live HTTP/1.0\r\nA: b\n\r\n",
                "GET /live HTTP/1.0\nA: b\r\n\n",
                "GET /live HTTP/1.0\r\nA: b\rGET /admin HTTP/1.0\r\n\r\n",
                "GET /live HTTP/1.0\r\nA: b\u0000c\r\n\r\n",
                "GET /live HTTP/1.0\r\nA : b\r\n\r\n",
                "GET /live HTTP/1.0\r\nA: b\r\n folded\r\n\r\n",
                "GET /live HTTP/1.0\r\n: b\r\n\r\n",
                "GET /live HTTP/1.0\r\nno colon\r\n\r\n",
            })
    void refusesWhatIcecastMightReadInAnotherWay(String text) {
        assertThatThrownBy(() -> RequestHead.parse(text)).isInstanceOf(MalformedHeadException.class);
    }

    @Test
    void seesEveryAnnouncementOfABody() throws MalformedHeadException {
        assertThat(RequestHead.parse("GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
                        .announcesBody())
                .isFalse();
        assertThat(RequestHead.parse("GET / HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n")
                        .announcesBody())
                .isTrue();
        assertThat(RequestHead.parse("GET / HTTP/1.1\r\ntransfer-encoding: x\r\n\r\n")
                        .announcesBody())
                .isTrue();
    }
}
