package org.relaysupervisor.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.relaysupervisor.status.Finding;
import org.relaysupervisor.store.Content;
import org.relaysupervisor.store.ContentDigest;
import org.relaysupervisor.store.ObjectStore;
import org.relaysupervisor.store.Presence;
import org.relaysupervisor.store.StoreException;
import org.relaysupervisor.store.StoreException.Reason;

/** Does with a small object of its own what an upload will do, and takes it away again. */
final class StoreProbe {
    /** In no directory, so that a directory store is left as it was. */
    private static final String PREFIX = "relay-doctor-";

    private static final int LENGTH = 4_096;

    private static final StoreAdvice ADVICE = new StoreAdvice(
            "store",
            "list, read, write and delete",
            "recordings wait in the spool",
            "something else uses names that begin with " + PREFIX);

    private final ObjectStore store;
    private final SecureRandom random = new SecureRandom();

    StoreProbe(ObjectStore store) {
        this.store = store;
    }

    List<Finding> findings() throws IOException, InterruptedException {
        try {
            store.list(PREFIX);
        } catch (StoreException e) {
            return List.of(failed("store: credentials", e));
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok("store: credentials", "accepted by " + store.description()));
        byte[] bytes = new byte[LENGTH];
        random.nextBytes(bytes);
        Path file = Files.createTempFile("relay-doctor", ".probe");
        try {
            Files.write(file, bytes);
            findings.addAll(roundTrip(file, bytes));
        } finally {
            Files.deleteIfExists(file);
        }
        return findings;
    }

    private List<Finding> roundTrip(Path file, byte[] bytes) throws IOException, InterruptedException {
        List<Finding> findings = new ArrayList<>();
        Content content = ContentDigest.of(bytes);
        String key = PREFIX + HexFormat.of().toHexDigits(random.nextLong());
        boolean there = false;
        try {
            store.put(key, file, content);
            there = true;
            findings.add(reading(key, file, bytes, content));
            findings.add(noticing(key, file, content));
            findings.add(overwriting(key, file, content));
            store.delete(key);
            there = false;
            findings.add(
                    store.compare(key, file, content) == Presence.ABSENT
                            ? Finding.ok("store: delete", "the probe object is gone")
                            : Finding.warning(
                                    "store: delete",
                                    "the probe object is there after it was deleted",
                                    "delete " + key + " by hand"));
        } catch (StoreException e) {
            findings.add(failed("store: probe object", e));
        } finally {
            if (there) {
                findings.addAll(removed(key));
            }
        }
        return findings;
    }

    private Finding reading(String key, Path file, byte[] bytes, Content content)
            throws StoreException, IOException, InterruptedException {
        String name = "store: probe object";
        if (store.compare(key, file, content) != Presence.SAME) {
            return Finding.failed(name, "the store has something else than what was sent", "don't use this store");
        }
        try (InputStream read = store.read(key)) {
            return Arrays.equals(read.readNBytes(LENGTH + 1), bytes)
                    ? Finding.ok(name, "sent, verified and read again")
                    : Finding.failed(
                            name, "read again, it is something else than what was sent", "don't use this store");
        }
    }

    /**
     * Whether a bad copy would be noticed, and what by: a store that tells no MD5, which S3 calls the ETag, does not see that one is wrong.
     */
    private Finding noticing(String key, Path file, Content content) throws StoreException, InterruptedException {
        String name = "store: checksums";
        String wrong = "0".repeat(64);
        Presence changed = store.compare(key, file, new Content(LENGTH, wrong, wrong.substring(0, 32)));
        if (changed != Presence.DIFFERENT) {
            return Finding.failed(name, "a copy that differs is not noticed", "don't use this store");
        }
        Presence byMd5 = store.compare(key, file, new Content(LENGTH, content.sha256(), wrong.substring(0, 32)));
        return byMd5 == Presence.DIFFERENT
                ? Finding.ok(name, "copies are proven by their MD5")
                : Finding.ok(name, "copies are proven by SHA-256, and read again where the store tells none");
    }

    private Finding overwriting(String key, Path file, Content content) throws StoreException, InterruptedException {
        String name = "store: no overwriting";
        try {
            store.put(key, file, content);
        } catch (StoreException e) {
            if (e.reason() == Reason.CONFLICT) {
                return Finding.ok(name, "an object that is there is left as it is");
            }
            throw e;
        }
        return Finding.warning(
                name,
                "the store takes an object twice (it ignores If-None-Match)",
                "give each machine a store.s3.prefix of its own");
    }

    private List<Finding> removed(String key) throws InterruptedException {
        try {
            store.delete(key);
            return List.of();
        } catch (StoreException e) {
            return List.of(Finding.warning(
                    "store: delete", "the probe object " + key + " is left: " + e.getMessage(), "delete it by hand"));
        }
    }

    private static Finding failed(String check, StoreException failure) {
        return Finding.failed(check, failure.getMessage(), ADVICE.of(failure.reason()));
    }
}
