package org.relaysupervisor.store;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The checksums that stores know. */
final class Digests {
    private Digests() {}

    static MessageDigest md5() {
        return digest("MD5");
    }

    static MessageDigest sha256() {
        return digest("SHA-256");
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    /** Reads a stream to its end into the digests, and returns its length in bytes. */
    static long read(InputStream in, MessageDigest... digests) throws IOException {
        byte[] block = new byte[Bandwidth.LARGEST_BLOCK];
        long length = 0;
        for (int count = in.read(block); count >= 0; count = in.read(block)) {
            for (MessageDigest digest : digests) {
                digest.update(block, 0, count);
            }
            length += count;
        }
        return length;
    }

    /** Whether all that a stream has is that content. */
    static boolean isOf(InputStream in, Content content) throws IOException {
        MessageDigest sha256 = sha256();
        return read(in, sha256) == content.length() && hex(sha256.digest()).equals(content.sha256());
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }
}
