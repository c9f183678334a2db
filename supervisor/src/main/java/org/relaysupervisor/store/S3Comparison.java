package org.relaysupervisor.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** Whether an object is a copy of a file, by the checksums that its store tells. */
final class S3Comparison {
    private static final Pattern MD5 = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern MD5_OF_PARTS = Pattern.compile("[0-9a-f]{32}-[1-9][0-9]{0,4}");

    private final long partLength;

    S3Comparison(long partLength) {
        this.partLength = partLength;
    }

    /** What a checksum says. */
    enum Verdict {
        SAME,
        DIFFERENT,
        /** The store tells none that we can work out. */
        UNKNOWN
    }

    Verdict judge(HeadObjectResponse object, Path file, Content content) throws IOException {
        if (object.contentLength() != content.length()) {
            return Verdict.DIFFERENT;
        }
        String eTag = object.eTag() == null ? "" : plain(object.eTag());
        if (MD5.matcher(eTag).matches() && isOfContent(object)) {
            return verdict(eTag.equals(content.md5()));
        }
        if (MD5_OF_PARTS.matcher(eTag).matches() && isJoinOf(file, content, eTag)) {
            return Verdict.SAME;
        }
        String sha256 = object.checksumSHA256();
        return sha256 == null || sha256.contains("-")
                ? Verdict.UNKNOWN
                : verdict(sha256.equals(Base64.getEncoder().encodeToString(Digests.bytes(content.sha256()))));
    }

    static String plain(String eTag) {
        return eTag.replace("\"", "");
    }

    /** With keys of AWS KMS, or of the customer's, the ETag looks like an MD5 and is none. */
    private static boolean isOfContent(HeadObjectResponse object) {
        return (object.serverSideEncryption() == null || object.serverSideEncryption() == ServerSideEncryption.AES256)
                && object.sseCustomerAlgorithm() == null;
    }

    private boolean isJoinOf(Path file, Content content, String eTag) throws IOException {
        int count = Integer.parseInt(eTag.substring(eTag.indexOf('-') + 1));
        for (Parts parts : Parts.guesses(content.length(), partLength, count)) {
            if (parts.eTag(file).equals(eTag)) {
                return true;
            }
        }
        return false;
    }

    private static Verdict verdict(boolean same) {
        return same ? Verdict.SAME : Verdict.DIFFERENT;
    }
}
