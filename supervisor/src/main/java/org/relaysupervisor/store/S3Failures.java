package org.relaysupervisor.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.store.StoreException.Reason;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/** What the S3 client throws, as one of our reasons and a message that says where, what, and what to do. Any thread. */
final class S3Failures {
    /** S3 refuses what was signed longer ago than this, or as far ahead. */
    private static final Duration TOLERATED_SKEW = Duration.ofMinutes(15);

    private static final Set<String> DAMAGED = Set.of(
            "BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "InvalidPart");
    private static final Set<String> BUSY =
            Set.of("SlowDown", "TooManyRequests", "Throttling", "ThrottlingException", "RequestLimitExceeded");
    private static final Set<String> WRONG_REGION =
            Set.of("AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraintException");
    private static final int LONGEST_TEXT = 300;

    private final RelayConfig.S3Store place;
    private final Clock clock;

    S3Failures(RelayConfig.S3Store place, Clock clock) {
        this.place = place;
        this.clock = clock;
    }

    /**
     * @param cause an {@link SdkException}, or the {@link UncheckedIOException} that the client lets through when an
     *     answer breaks off while it is read
     * @param subject the request and its key, such as {@code PUT a/b.mp3}
     * @throws InterruptedException when that is what happened
     */
    StoreException of(RuntimeException cause, String subject) throws InterruptedException {
        passOnInterrupt(cause);
        if (cause instanceof AwsServiceException answer) {
            return ofAnswer(answer, subject);
        }
        if (cause instanceof ApiCallAttemptTimeoutException || cause instanceof ApiCallTimeoutException) {
            return failure(
                    Reason.NETWORK,
                    subject,
                    "took too long; look at this machine's line, or raise upload.bandwidth",
                    cause);
        }
        return ioCause(cause)
                .map(io -> failure(
                        Reason.NETWORK, subject, text(io) + "; look at the address and at this machine's line", cause))
                .orElseGet(
                        () -> failure(Reason.SERVER, subject, "an answer that makes no sense: " + text(cause), cause));
    }

    /** A broken transfer while an answer is read. */
    StoreException ofReading(IOException cause, String subject) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException(subject);
        }
        return failure(Reason.NETWORK, subject, text(cause) + "; it will be asked again", cause);
    }

    StoreException failure(Reason reason, String subject, String what, Throwable cause) {
        return new StoreException(reason, place.name() + ": " + subject + ": " + what, cause);
    }

    /** The client's own timeouts interrupt the thread too, and take that back; what is left comes from outside. */
    private static void passOnInterrupt(RuntimeException cause) throws InterruptedException {
        boolean timeout = cause instanceof ApiCallAttemptTimeoutException || cause instanceof ApiCallTimeoutException;
        if (Thread.interrupted() || (cause instanceof AbortedException && !timeout)) {
            throw new InterruptedException("interrupted during a transfer");
        }
    }

    private StoreException ofAnswer(AwsServiceException answer, String subject) {
        String code = code(answer);
        int status = answer.statusCode();
        String said = status + (code.isEmpty() ? "" : " " + code);
        if (code.equals("RequestTimeTooSkewed") || (status == 403 && isFarOff(skew(answer)))) {
            return failure(Reason.CLOCK_SKEW, subject, said + ": " + describeSkew(skew(answer)), answer);
        }
        if (DAMAGED.contains(code)) {
            return failure(
                    Reason.CHECKSUM,
                    subject,
                    said + ": what arrived is not what was sent; it will be sent again",
                    answer);
        }
        if (code.equals("NoSuchBucket") || code.equals("InvalidBucketName")) {
            return failure(Reason.NO_BUCKET, subject, said + ": make the bucket, or mend store.s3.bucket", answer);
        }
        if (WRONG_REGION.contains(code) || status / 100 == 3) {
            return failure(Reason.AUTH, subject, said + ": mend store.s3.region or store.s3.endpoint", answer);
        }
        if (status == 412 || status == 409) {
            return failure(
                    Reason.CONFLICT,
                    subject,
                    said + ": there is an object of that key, or one is just being sent",
                    answer);
        }
        if (status == 401 || status == 403) {
            String advice = ": look at store.s3.access_key and secret_key, and at what they may do with this bucket";
            return failure(Reason.AUTH, subject, said + advice, answer);
        }
        if (status == 429 || BUSY.contains(code)) {
            return failure(Reason.THROTTLED, subject, said + ": the store asks for fewer requests", answer);
        }
        if (code.equals("RequestTimeout") || code.equals("IncompleteBody")) {
            return failure(Reason.NETWORK, subject, said + ": the body did not arrive whole", answer);
        }
        return failure(Reason.SERVER, subject, said + ": " + shortened(message(answer)), answer);
    }

    /** An answer to HEAD has no body, and so its code at most as the text of its status: {@code 503 Slow Down}. */
    private static String code(AwsServiceException answer) {
        AwsErrorDetails details = answer.awsErrorDetails();
        if (details == null) {
            return "";
        }
        String status = details.sdkHttpResponse() == null
                ? ""
                : details.sdkHttpResponse().statusText().orElse("").replace(" ", "");
        boolean codeless = details.errorCode() == null || details.errorCode().isEmpty();
        return codeless || BUSY.contains(status) ? status : details.errorCode();
    }

    private static String message(AwsServiceException answer) {
        if (answer.awsErrorDetails() == null || answer.awsErrorDetails().errorMessage() == null) {
            return "no reason given";
        }
        return answer.awsErrorDetails().errorMessage();
    }

    /** How far this machine's clock is ahead of the store's; empty when the store doesn't tell its time. */
    private Optional<Duration> skew(AwsServiceException answer) {
        if (answer.awsErrorDetails() == null || answer.awsErrorDetails().sdkHttpResponse() == null) {
            return Optional.empty();
        }
        return answer.awsErrorDetails()
                .sdkHttpResponse()
                .firstMatchingHeader("Date")
                .flatMap(this::aheadOf);
    }

    private Optional<Duration> aheadOf(String date) {
        try {
            Instant theirs = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date));
            return Optional.of(Duration.between(theirs, clock.now()));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static boolean isFarOff(Optional<Duration> skew) {
        return skew.map(by -> by.abs().compareTo(TOLERATED_SKEW) > 0).orElse(false);
    }

    private static String describeSkew(Optional<Duration> skew) {
        String by = skew.map(ahead -> "this machine's clock is " + ahead.abs().toSeconds() + " s "
                        + (ahead.isNegative() ? "behind" : "ahead of") + " the store's")
                .orElse("this machine's clock differs from the store's");
        return by + "; set it right, as by NTP (timedatectl)";
    }

    private static Optional<IOException> ioCause(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException io) {
                return Optional.of(io);
            }
        }
        return Optional.empty();
    }

    private static String text(Throwable cause) {
        String message = cause.getMessage();
        String name = cause.getClass().getSimpleName();
        return shortened(message == null ? name : name + ": " + message);
    }

    /** On one line: this comes from a server. */
    private static String shortened(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() <= LONGEST_TEXT ? line : String.format(Locale.ROOT, "%." + LONGEST_TEXT + "s...", line);
    }
}
