package org.relaysupervisor.archive;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DiskThresholdsTest {
    private static final long MIB = 1L << 20;

    @ParameterizedTest
    @CsvSource({
        "AMPLE, 128, AMPLE",
        "AMPLE, 127, LOW",
        "AMPLE, 72, LOW",
        "AMPLE, 71, RESERVE",
        "AMPLE, 8, RESERVE",
        "AMPLE, 7, FULL",
        "AMPLE, 0, FULL",
        "LOW, 159, LOW",
        "LOW, 160, AMPLE",
        "RESERVE, 79, RESERVE",
        "RESERVE, 80, LOW",
        "RESERVE, 160, AMPLE",
        "FULL, 15, FULL",
        "FULL, 16, RESERVE",
        "FULL, 80, LOW",
        "FULL, 160, AMPLE",
    })
    void theWayBackBeginsHigherThanTheWayThere(DiskLevel now, long mebibytes, DiskLevel next) {
        assertThat(new DiskThresholds(64 * MIB).next(now, mebibytes * MIB, 0)).isEqualTo(next);
    }

    @ParameterizedTest
    @EnumSource
    void withoutAReserveNothingIsRecordedIntoOne(DiskLevel now) {
        for (long room = 0; room < 200; room++) {
            assertThat(new DiskThresholds(0).next(now, room * MIB, 0)).isNotEqualTo(DiskLevel.RESERVE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void enoughIsAmpleWhateverWas(DiskLevel now) {
        DiskThresholds thresholds = new DiskThresholds(64 * MIB);
        assertThat(thresholds.next(now, thresholds.enough(), 0)).isEqualTo(DiskLevel.AMPLE);
    }

    @Test
    void whatMayBeFreedKeepsOptionalOutputsOnButDoesNotStandForRoom() {
        DiskThresholds thresholds = new DiskThresholds(64 * MIB);
        assertThat(thresholds.next(DiskLevel.AMPLE, 72 * MIB, 56 * MIB)).isEqualTo(DiskLevel.AMPLE);
        assertThat(thresholds.next(DiskLevel.AMPLE, 72 * MIB, 55 * MIB)).isEqualTo(DiskLevel.LOW);
        assertThat(thresholds.next(DiskLevel.AMPLE, 71 * MIB, 900 * MIB)).isEqualTo(DiskLevel.RESERVE);
        assertThat(thresholds.next(DiskLevel.RESERVE, 7 * MIB, 900 * MIB)).isEqualTo(DiskLevel.FULL);
    }

    @Test
    void moreRoomIsNeverAWorseLevel() {
        DiskThresholds thresholds = new DiskThresholds(64 * MIB);
        for (DiskLevel now : DiskLevel.values()) {
            for (long room = 1; room < 300; room++) {
                assertThat(thresholds.next(now, room * MIB, 0))
                        .isLessThanOrEqualTo(thresholds.next(now, (room - 1) * MIB, 0));
            }
        }
    }
}
