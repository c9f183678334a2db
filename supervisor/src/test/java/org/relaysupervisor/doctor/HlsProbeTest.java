package org.relaysupervisor.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.relaysupervisor.status.Finding;
import org.relaysupervisor.status.Finding.Level;
import org.relaysupervisor.store.MemoryObjectStore;
import org.relaysupervisor.store.PublishedText;
import org.relaysupervisor.store.StoreException;
import org.relaysupervisor.store.StoreException.Reason;
import org.relaysupervisor.store.WebHeaders;

class HlsProbeTest {
    @Test
    void findsNothingWrongWithAGoodStoreEachTimeAndLeavesOneText() throws Exception {
        MemoryObjectStore store = new MemoryObjectStore();
        for (int time = 0; time < 2; time++) {
            assertThat(new HlsProbe(store).findings())
                    .singleElement()
                    .extracting(Finding::level)
                    .isEqualTo(Level.OK);
        }
        assertThat(store.objects()).containsOnlyKeys(HlsProbe.KEY);
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void saysForEachReasonWhatToDo(Reason reason) throws Exception {
        List<Finding> findings = new HlsProbe(new MemoryObjectStore() {
                    @Override
                    public String publish(String key, byte[] bytes, WebHeaders headers, Optional<String> replaced)
                            throws StoreException {
                        throw new StoreException(reason, "it said no");
                    }
                })
                .findings();

        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.FAILED);
            assertThat(finding.found()).isEqualTo("it said no");
            assertThat(finding.advice()).isNotEmpty();
        });
    }

    @Test
    void warnsOfAStoreInWhichTwoMachinesWouldOverwriteEachOther() throws Exception {
        assertThat(new HlsProbe(new MemoryObjectStore() {
                            @Override
                            public String publish(
                                    String key, byte[] bytes, WebHeaders headers, Optional<String> replaced)
                                    throws StoreException, InterruptedException {
                                return super.publish(
                                        key, bytes, headers, published(key).map(PublishedText::version));
                            }
                        })
                        .findings())
                .singleElement()
                .extracting(Finding::level)
                .isEqualTo(Level.WARNING);
    }

    @Test
    void noticesAStoreThatKeepsSomethingElse() throws Exception {
        assertThat(new HlsProbe(new MemoryObjectStore() {
                            @Override
                            public Optional<PublishedText> published(String key) {
                                return Optional.empty();
                            }
                        })
                        .findings())
                .singleElement()
                .extracting(Finding::level)
                .isEqualTo(Level.FAILED);
    }
}
