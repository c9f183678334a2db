package org.relaysupervisor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.store.StoreException.Reason;

class LazyObjectStoreTest {
    private final List<Refusing> made = new ArrayList<>();
    private Reason reason = Reason.AUTH;

    /** Refuses to list while there is a reason. */
    private final class Refusing extends MemoryObjectStore {
        private boolean closed;

        @Override
        public List<String> list(String prefix) throws StoreException {
            if (reason != null) {
                throw new StoreException(reason, "refused");
            }
            return super.list(prefix);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private final LazyObjectStore store = new LazyObjectStore("somewhere", () -> {
        made.add(new Refusing());
        return made.get(made.size() - 1);
    });

    @Test
    void isMadeAnewAfterItsKeysWereRefused() throws Exception {
        assertThatThrownBy(() -> store.list("")).hasMessage("refused");
        assertThat(made).singleElement().matches(refusing -> refusing.closed);
        reason = null;
        assertThat(store.list("")).isEmpty();
        assertThat(store.list("")).isEmpty();
        assertThat(made).hasSize(2);
    }

    @Test
    void staysAsItIsAfterAnyOtherFailure() {
        assertThat(made).isEmpty();
        reason = Reason.NETWORK;
        assertThatThrownBy(() -> store.list("")).hasMessage("refused");
        assertThatThrownBy(() -> store.list("")).hasMessage("refused");
        assertThat(made).singleElement().matches(refusing -> !refusing.closed);
        store.close();
        assertThat(made).singleElement().matches(refusing -> refusing.closed);
    }
}
