package org.relaysupervisor.hls;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.relaysupervisor.store.MemoryObjectStore;
import org.relaysupervisor.store.PublishedText;
import org.relaysupervisor.store.StoreException;
import org.relaysupervisor.store.StoreException.Reason;
import org.relaysupervisor.store.WebHeaders;

/** A store in memory that can be away, or do what it is asked without an answer. */
final class UnsteadyStore extends MemoryObjectStore {
    /** Keys that were published, in order. */
    final List<String> puts = new ArrayList<>();

    boolean away;
    boolean loseAnswers;

    @Override
    public String publish(String key, byte[] bytes, WebHeaders headers, Optional<String> replaced)
            throws StoreException, InterruptedException {
        checkThere();
        String version = super.publish(key, bytes, headers, replaced);
        puts.add(key);
        if (loseAnswers && key.equals(PublicPlaylist.KEY)) {
            throw new StoreException(Reason.NETWORK, "memory: the answer is lost");
        }
        return version;
    }

    @Override
    public Optional<PublishedText> published(String key) throws StoreException, InterruptedException {
        checkThere();
        return super.published(key);
    }

    private void checkThere() throws StoreException {
        if (away) {
            throw new StoreException(Reason.NETWORK, "memory: away");
        }
    }
}
