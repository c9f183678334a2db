package org.relaysupervisor.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.relaysupervisor.status.Finding;
import org.relaysupervisor.status.Finding.Level;
import org.relaysupervisor.store.StoreException.Reason;

class StoreProbeTest {
    private final FakeStore store = new FakeStore();

    @Test
    void findsNothingWrongWithAGoodStoreAndLeavesItAsItWas() throws Exception {
        assertThat(findings()).extracting(Finding::level).containsOnly(Level.OK);
        assertThat(findings())
                .extracting(Finding::check)
                .containsExactly(
                        "store: credentials",
                        "store: probe object",
                        "store: checksums",
                        "store: no overwriting",
                        "store: delete");
        assertThat(store.list("")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void saysForEachReasonWhatToDo(Reason reason) throws Exception {
        store.refuses = Optional.of(reason);
        assertThat(findings()).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.FAILED);
            assertThat(finding.check()).isEqualTo("store: credentials");
            assertThat(finding.found()).isEqualTo("it said no");
            assertThat(finding.advice()).isNotEmpty();
        });
    }

    @Test
    void tellsKeysThatMayOnlyRead() throws Exception {
        store.refusesPut = Optional.of(Reason.AUTH);
        assertThat(findings().get(0).level()).isEqualTo(Level.OK);
        assertThat(level("store: probe object")).isEqualTo(Level.FAILED);
    }

    @Test
    void tellsKeysThatMayNotDeleteAndWhatIsLeft() throws Exception {
        store.refusesDelete = Optional.of(Reason.AUTH);
        assertThat(findings())
                .filteredOn(finding -> finding.check().equals("store: delete"))
                .singleElement()
                .satisfies(finding -> assertThat(finding.found()).contains("is left: it said no"));
    }

    @Test
    void warnsOfAStoreThatOverwrites() throws Exception {
        store.overwrites = true;
        assertThat(level("store: no overwriting")).isEqualTo(Level.WARNING);
        assertThat(store.list("")).isEmpty();
    }

    @Test
    void noticesAStoreThatKeepsSomethingElse() throws Exception {
        store.bends = true;
        assertThat(level("store: probe object")).isEqualTo(Level.FAILED);
    }

    @Test
    void noticesAStoreWhoseComparisonSeesNoDifference() throws Exception {
        store.believes = true;
        assertThat(level("store: checksums")).isEqualTo(Level.FAILED);
    }

    @Test
    void saysWhenCopiesAreReadAgain() throws Exception {
        store.knowsNoMd5 = true;
        assertThat(findings()).anySatisfy(finding -> assertThat(finding.found()).contains("read again where"));
    }

    private List<Finding> findings() throws Exception {
        return new StoreProbe(store).findings();
    }

    private Level level(String check) throws Exception {
        return findings().stream()
                .filter(finding -> finding.check().equals(check))
                .map(Finding::level)
                .findFirst()
                .orElseThrow();
    }
}
