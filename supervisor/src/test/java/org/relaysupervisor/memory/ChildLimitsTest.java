package org.relaysupervisor.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.config.ConfigReader;
import org.relaysupervisor.config.InvalidConfigException;
import org.relaysupervisor.config.RelayConfig;

class ChildLimitsTest {
    private static final long MIB = 1L << 20;

    private static ChildLimits limits(String yaml) throws InvalidConfigException {
        return new ChildLimits(config(yaml));
    }

    static RelayConfig config(String yaml) throws InvalidConfigException {
        return ConfigReader.parse(yaml, "relay.yaml", Path.of("/etc/relay")).config();
    }

    @Test
    void audioComesBeforeTheRecorderAndThatBeforeTheRest() throws Exception {
        ChildLimits limits = limits("{}");

        assertThat(limits.of("icecast").cpuWeight())
                .isEqualTo(limits.of("liquidsoap").cpuWeight());
        assertThat(limits.of("icecast").cpuWeight())
                .isGreaterThan(limits.of("recorder").cpuWeight());
        assertThat(limits.of("recorder").cpuWeight())
                .isGreaterThan(limits.of("decoder-studio").cpuWeight());
        assertThat(limits.of("liquidsoap").memory()).isEqualTo(400 * MIB);
        assertThat(limits.of("liquidsoap").memoryHigh()).isEqualTo(380 * MIB);
        assertThat(limits.of("decoder-studio").memory()).isEqualTo(64 * MIB);
        assertThat(limits.of("standby-encoder").memory()).isEqualTo(96 * MIB);
    }

    @Test
    void theDefaultsFitAMachineOfTwoGigabytes() throws Exception {
        assertThat(limits("{}").problems(OptionalLong.of(1024 * MIB), OptionalLong.of(1900 * MIB)))
                .isEmpty();
        assertThat(limits("{}").problems(OptionalLong.empty(), OptionalLong.empty()))
                .isEmpty();
    }

    @Test
    void aSecondLiquidsoapNeedsRoomInTheUnitAndInTheMachine() throws Exception {
        ChildLimits limits = limits("{}");
        OptionalLong enough = OptionalLong.of(400 * MIB);
        OptionalLong little = OptionalLong.of(399 * MIB);

        assertThat(limits.noRoomForSecond("liquidsoap", enough, enough)).isEmpty();
        assertThat(limits.noRoomForSecond("liquidsoap", OptionalLong.empty(), OptionalLong.empty()))
                .isEmpty();
        assertThat(limits.noRoomForSecond("liquidsoap", little, enough))
                .contains("there are 399 MiB left of the memory limit of the unit or container, and a second liquidsoap"
                        + " may use 400 MiB");
        assertThat(limits.noRoomForSecond("liquidsoap", enough, little))
                .contains(
                        "there are 399 MiB left of the memory of this machine, and a second liquidsoap may use 400 MiB");
        assertThat(limits.of("liquidsoap-b")).isEqualTo(limits.of("liquidsoap"));
    }

    @Test
    void whatDoesNotFitIsSaidWithTheNumbers() throws Exception {
        ChildLimits limits = limits("{memory: {liquidsoap: 1GiB}}");

        assertThat(limits.problems(OptionalLong.of(800 * MIB), OptionalLong.of(1900 * MIB)))
                .singleElement()
                .asString()
                .contains("1440 MiB")
                .contains("liquidsoap 1024 MiB")
                .contains("1 x decoder 64 MiB")
                .contains("800 MiB")
                .contains("MemoryMax=");
        assertThat(limits.problems(OptionalLong.empty(), OptionalLong.of(1000 * MIB)))
                .singleElement()
                .asString()
                .contains("this machine, 1000 MiB");
    }

    @Test
    void whatIsSwitchedOffNeedsNoMemory() throws Exception {
        ChildLimits limits = limits("{recording: {enabled: false}, metering: {enabled: false}}");

        assertThat(limits.problems(OptionalLong.of((192 + 64 + 400) * MIB), OptionalLong.empty()))
                .isEmpty();
    }
}
