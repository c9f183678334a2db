package org.relaysupervisor.hls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriterTest {
    @TempDir
    Path directory;

    private final Random random = new Random(8);

    private Writer life() {
        return Writer.of(directory.resolve("hls-writer"), random);
    }

    @Test
    void aMachineKeepsItsNameAndEachLifeHasItsOwn() {
        Writer first = life();
        Writer second = life();
        assertThat(second.machine()).isEqualTo(first.machine()).matches("[0-9a-f]{8}");
        assertThat(second.life()).isNotEqualTo(first.life());
        assertThat(second.wrote(first.name(), false)).isTrue();
        assertThat(second.wrote(first.name(), true)).isFalse();
        assertThat(second.wrote(second.name(), true)).isTrue();
        assertThat(second.wrote("", false)).isFalse();
    }

    @Test
    void aDamagedNameIsMadeAgainAndOneThatCannotBeKeptLastsALife() throws Exception {
        Files.writeString(directory.resolve("hls-writer"), "rubbish");
        assertThat(life().machine()).isEqualTo(life().machine());
        Writer homeless = Writer.of(directory.resolve("none/hls-writer"), random);
        assertThat(homeless.machine()).matches("[0-9a-f]{8}");
    }
}
