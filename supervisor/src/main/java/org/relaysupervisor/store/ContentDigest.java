package org.relaysupervisor.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** What bytes are, while they go by. For one thread at a time. */
public final class ContentDigest {
    private final MessageDigest sha256 = Digests.sha256();
    private final MessageDigest md5 = Digests.md5();
    private long length;

    public void accept(byte[] bytes, int offset, int count) {
        sha256.update(bytes, offset, count);
        md5.update(bytes, offset, count);
        length += count;
    }

    /** Of all so far, in bytes. */
    public long length() {
        return length;
    }

    /** Of all so far; once. */
    public Content content() {
        return new Content(length, Digests.hex(sha256.digest()), Digests.hex(md5.digest()));
    }

    public static Content of(byte[] bytes) {
        ContentDigest digest = new ContentDigest();
        digest.accept(bytes, 0, bytes.length);
        return digest.content();
    }

    /** @param text ASCII */
    public static String sha256(String text) {
        return Digests.hex(Digests.sha256().digest(text.getBytes(StandardCharsets.US_ASCII)));
    }
}
