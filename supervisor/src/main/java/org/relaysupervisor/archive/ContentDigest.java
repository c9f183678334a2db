package org.relaysupervisor.archive;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.relaysupervisor.store.Content;

/** What bytes are, while they go by. */
final class ContentDigest {
    private final MessageDigest sha256 = digest("SHA-256");
    private final MessageDigest md5 = digest("MD5");
    private long length;

    void accept(byte[] bytes, int offset, int count) {
        sha256.update(bytes, offset, count);
        md5.update(bytes, offset, count);
        length += count;
    }

    /** Of all so far; once. */
    Content content() {
        HexFormat hex = HexFormat.of();
        return new Content(length, hex.formatHex(sha256.digest()), hex.formatHex(md5.digest()));
    }

    static Content of(byte[] bytes) {
        ContentDigest digest = new ContentDigest();
        digest.accept(bytes, 0, bytes.length);
        return digest.content();
    }

    static String sha256(String text) {
        return HexFormat.of().formatHex(digest("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }
}
