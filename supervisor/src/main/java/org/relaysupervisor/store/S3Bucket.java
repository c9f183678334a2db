package org.relaysupervisor.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.Supplier;
import org.relaysupervisor.config.RelayConfig;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * One bucket, and how a request to it is made: with a timeout, and with failures told as ours. Any thread.
 *
 * @param concurrency how many transfers share the bandwidth
 */
record S3Bucket(
        S3Client client,
        RelayConfig.S3Store place,
        S3Failures failures,
        S3Timeouts timeouts,
        Bandwidth bandwidth,
        int concurrency) {
    static final String OCTETS = "application/octet-stream";

    String name() {
        return place.bucket();
    }

    /** The key in the bucket. */
    String full(String key) {
        return place.prefix() + key;
    }

    /** Makes a request without a body to speak of. */
    <T> T call(String subject, Supplier<T> request) throws StoreException, InterruptedException {
        passOnInterrupt(subject);
        try {
            return request.get();
        } catch (SdkException | UncheckedIOException e) {
            throw failures.of(e, subject);
        }
    }

    /** Sends part of a file. */
    <T> T send(String subject, Path file, long begin, long length, Function<RequestBody, T> request)
            throws StoreException, InterruptedException {
        passOnInterrupt(subject);
        try (FileSection section = FileSection.toSend(file, begin, length, bandwidth)) {
            return send(subject, file, section, length, request);
        } catch (IOException e) {
            throw Failures.ofSpool(file, e);
        }
    }

    private <T> T send(String subject, Path file, FileSection section, long length, Function<RequestBody, T> request)
            throws StoreException, InterruptedException {
        try {
            return request.apply(
                    RequestBody.fromContentProvider(() -> section.rewound().lent(), length, OCTETS));
        } catch (SdkException | UncheckedIOException e) {
            if (section.failure() != null) {
                throw Failures.ofSpool(file, section.failure());
            }
            throw failures.of(e, subject);
        }
    }

    /** For a request with a body: what it is signed with, and how long it may take at the bandwidth it gets. */
    AwsRequestOverrideConfiguration transfer(String sha256, long length) {
        long share = bandwidth.limit().orElse(Long.MAX_VALUE) / concurrency;
        return AwsRequestOverrideConfiguration.builder()
                .putHeader(S3Signer.BODY_SHA256, sha256)
                .apiCallAttemptTimeout(timeouts.transfer(length, share))
                .build();
    }

    private static void passOnInterrupt(String subject) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before " + subject);
        }
    }
}
