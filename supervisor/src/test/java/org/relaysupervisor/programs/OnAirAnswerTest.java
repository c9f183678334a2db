package org.relaysupervisor.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.programs.OnAir.InputState;

class OnAirAnswerTest {
    @Test
    void theSourceAndEachInputAreRead() throws Exception {
        assertThat(OnAirAnswer.parse("studio-2 live=silent studio-2=ready Night_1=away"))
                .isEqualTo(new OnAirAnswer(
                        "studio-2",
                        Map.of(
                                "live", InputState.SILENT,
                                "studio-2", InputState.READY,
                                "Night_1", InputState.AWAY)));
    }

    @Test
    void inputsKeepTheirOrder() throws Exception {
        assertThat(OnAirAnswer.parse("standby z=away a=away m=away").inputs().keySet())
                .containsExactly("z", "a", "m");
    }

    @Test
    void aStationWithoutInputsHasASource() throws Exception {
        assertThat(OnAirAnswer.parse("standby")).isEqualTo(new OnAirAnswer("standby", Map.of()));
    }

    @ParameterizedTest
    @CsvSource({
        // What plays now, what the other plays: worse or not.
        "live, live, false",
        "night, live, true",
        "standby, live, true",
        "nothing, night, true",
        "live, night, false",
        "standby, standby, false",
        "nothing, standby, false",
        "night, standby, false",
        // An input that is no longer configured can't be asked for.
        "night, studio, false",
        "standby, studio, true"
    })
    void anInputThatIsLessPreferredOrNoneIsWorse(String now, String other, boolean worse) throws Exception {
        OnAirAnswer answer = OnAirAnswer.parse(now + " live=ready night=ready");
        OnAir heard = new OnAir(other, Instant.EPOCH, Map.of());
        assertThat(answer.worseThan(heard).isPresent()).isEqualTo(worse);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "live ",
                "live live",
                "live live=",
                "live live=on",
                "live live=ready=ready",
                "live  live=ready",
                "live\nlive=ready",
                "ERROR: unknown command, type \"help\" to get a list of commands."
            })
    void whatIsNoAnswerIsRefused(String text) {
        assertThatThrownBy(() -> OnAirAnswer.parse(text))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("not an answer to relay.on_air");
    }
}
