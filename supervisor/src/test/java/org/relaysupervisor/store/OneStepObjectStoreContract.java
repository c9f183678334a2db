package org.relaysupervisor.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.store.StoreException.Reason;

/**
 * The contract of a store that looks and writes in one step. Stores for production do; S3Proxy 4.1.0, the tests' server, compares the ETag
 * and then writes.
 */
abstract class OneStepObjectStoreContract extends ObjectStoreContract {
    @Test
    void ofTwoThatReplaceAtOnceOneWins() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (ObjectStore store = store()) {
            Optional<String> version = Optional.empty();
            for (int round = 0; round < 10; round++) {
                Optional<String> replaced = version;
                List<Callable<Optional<String>>> both = new ArrayList<>();
                for (String who : List.of("a", "b")) {
                    byte[] text = utf8(who + round);
                    both.add(() -> publishing(store, text, replaced));
                }
                List<Optional<String>> versions = new ArrayList<>();
                for (Future<Optional<String>> result : threads.invokeAll(both)) {
                    versions.add(result.get());
                }
                assertThat(versions.stream().filter(Optional::isPresent))
                        .as("round " + round)
                        .hasSize(1);
                version = versions.get(0).or(() -> versions.get(1));
                assertThat(store.published("race").orElseThrow().version()).isEqualTo(version.get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static Optional<String> publishing(ObjectStore store, byte[] text, Optional<String> replaced)
            throws Exception {
        try {
            return Optional.of(store.publish("race", text, HEADERS, replaced));
        } catch (StoreException e) {
            assertThat(e.reason()).as(e.getMessage()).isEqualTo(Reason.CONFLICT);
            return Optional.empty();
        }
    }
}
