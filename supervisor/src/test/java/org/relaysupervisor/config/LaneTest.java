package org.relaysupervisor.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaneTest {
    @ParameterizedTest
    @ValueSource(strings = {"liquidsoap", "liquidsoap-b"})
    void liquidsoapIsKnownByTheNameOfItsProcessInEitherLane(String process) {
        assertThat(Lane.child(process)).isEqualTo("liquidsoap");
    }

    @ParameterizedTest
    @ValueSource(strings = {"icecast", "recorder", "decoder-b", "liquidsoap-bb", "liquidsoap-b.old", "-b", ""})
    void anyOtherProcessIsCalledLikeItsChild(String process) {
        assertThat(Lane.child(process)).isEqualTo(process);
    }
}
