package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecorderRequestTest {
    private static RecorderRequest of(String headers) throws MalformedHeadException {
        RequestHead head = RequestHead.parse("GET /live HTTP/1.1\r\n" + headers + "\r\n");
        return RecorderRequest.of(head, "f0", 1000);
    }

    @Test
    void takesBothHeadersInAnyCase() throws MalformedHeadException {
        RecorderRequest request = of("x-relay-session: 20261123T100000Z\r\nX-RELAY-AFTER: f0 999\r\n");

        assertThat(request.session()).isEqualTo("20261123T100000Z");
        assertThat(request.after()).contains(999L);
        assertThat(request.fault()).isEmpty();
        assertThat(of("X-Relay-After: f0 1000\r\n").after()).as("the next").contains(1000L);
        assertThat(of("X-Relay-After: f0 0\r\n").after()).contains(0L);
    }

    @Test
    void nothingSaidIsNoFault() throws MalformedHeadException {
        RecorderRequest request = of("");

        assertThat(request.session()).isEmpty();
        assertThat(request.after()).isEmpty();
        assertThat(request.fault()).isEmpty();
    }

    @Test
    void anotherFeedsFramesAreNoFaultAndMeanNothing() throws MalformedHeadException {
        RecorderRequest request = of("X-Relay-After: 0123456789abcdef 77\r\n");

        assertThat(request.after()).isEmpty();
        assertThat(request.fault()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "X-Relay-Session: a/b, not a name",
        "X-Relay-Session: \u00e9, not a name",
        "X-Relay-After: f0 1001, not been played yet",
        "X-Relay-After: f0 1e3, not a feed's name",
        "X-Relay-After: f-0 3, not a feed's name",
        "X-Relay-After: f0 9999999999999999999, not a feed's name",
    })
    void whatIsNotUnderstoodCountsAsNotSaidAndIsAFault(String header, String fault) throws MalformedHeadException {
        RecorderRequest request = of(header + "\r\n");

        assertThat(request.session()).isEmpty();
        assertThat(request.after()).isEmpty();
        assertThat(request.fault().orElseThrow()).contains(fault).doesNotContain("1e3", "a/b");
    }
}
