package org.relaysupervisor.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.relaysupervisor.status.Finding;
import org.relaysupervisor.store.ObjectStore;
import org.relaysupervisor.store.PublishedText;
import org.relaysupervisor.store.StoreException;
import org.relaysupervisor.store.StoreException.Reason;
import org.relaysupervisor.store.WebHeaders;

/**
 * Does with a small text of its own what is done with the playlist of HLS. The key need not be allowed to delete, so the text stays, and is
 * replaced the next time.
 */
final class HlsProbe {
    static final String KEY = "relay-doctor.txt";

    private static final String CHECK = "hls: store";
    private static final WebHeaders HEADERS = new WebHeaders("text/plain", "no-store");

    private static final StoreAdvice ADVICE = new StoreAdvice(
            "hls",
            "read and write objects there",
            "players of HLS wait",
            "try again: another machine's doctor was there at the same moment");

    private final ObjectStore store;
    private final SecureRandom random = new SecureRandom();

    HlsProbe(ObjectStore store) {
        this.store = store;
    }

    List<Finding> findings() throws InterruptedException {
        try {
            return List.of(finding());
        } catch (StoreException e) {
            return List.of(Finding.failed(CHECK, e.getMessage(), ADVICE.of(e.reason())));
        }
    }

    private Finding finding() throws StoreException, InterruptedException {
        Optional<String> before = store.published(KEY).map(PublishedText::version);
        String text = text();
        String version = store.publish(KEY, text.getBytes(UTF_8), HEADERS, before);
        if (!store.published(KEY).map(PublishedText::text).equals(Optional.of(text))) {
            return Finding.failed(CHECK, "read again, it is something else than what was sent", "don't use this store");
        }
        store.publish(KEY, text().getBytes(UTF_8), HEADERS, Optional.of(version));
        return isReplacedByWhoKnowsAnOlderVersion(version)
                ? Finding.warning(
                        CHECK,
                        "the store replaces an object whatever was there (it ignores If-Match)",
                        "let one machine only publish HLS there")
                : Finding.ok(CHECK, "taken, read again and replaced by " + store.description());
    }

    private boolean isReplacedByWhoKnowsAnOlderVersion(String version) throws StoreException, InterruptedException {
        try {
            store.publish(KEY, text().getBytes(UTF_8), HEADERS, Optional.of(version));
            return true;
        } catch (StoreException e) {
            if (e.reason() == Reason.CONFLICT) {
                return false;
            }
            throw e;
        }
    }

    /** Never the same, so that no two versions are. */
    private String text() {
        return "relayctl doctor was here: " + HexFormat.of().toHexDigits(random.nextLong()) + "\n";
    }
}
