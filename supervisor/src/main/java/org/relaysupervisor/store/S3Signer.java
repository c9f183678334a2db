package org.relaysupervisor.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.relaysupervisor.loop.Clock;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignRequest;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignedRequest;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * Signs requests as Signature Version 4 has it, with the SHA-256 of the body. Who knows that beforehand puts it into the header
 * {@link #BODY_SHA256}; otherwise the body is read for it. Any thread.
 */
final class S3Signer implements HttpSigner<AwsCredentialsIdentity> {
    static final String BODY_SHA256 = "x-amz-content-sha256";

    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyyMMdd", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** What a proxy on the way may change. */
    private static final Set<String> UNSIGNED =
            Set.of("authorization", "connection", "user-agent", "expect", "transfer-encoding", "x-amzn-trace-id");

    private final String region;
    private final Clock clock;

    S3Signer(String region, Clock clock) {
        this.region = region;
        this.clock = clock;
    }

    @Override
    public SignedRequest sign(SignRequest<? extends AwsCredentialsIdentity> unsigned) {
        ContentStreamProvider body = unsigned.payload().orElse(null);
        SdkHttpRequest request = unsigned.request();
        Instant now = clock.now();
        String bodySha256 = request.firstMatchingHeader(BODY_SHA256).orElseGet(() -> sha256(body));
        SdkHttpRequest.Builder signed = request.toBuilder()
                .putHeader("host", host(request))
                .putHeader("x-amz-date", TIME.format(now))
                .putHeader(BODY_SHA256, bodySha256);
        SortedMap<String, String> headers = headers(signed.headers());
        String names = String.join(";", headers.keySet());
        String canonical = canonical(request, headers, names, bodySha256);
        String scope = DAY.format(now) + "/" + region + "/s3/aws4_request";
        String toSign = String.join(
                "\n",
                ALGORITHM,
                TIME.format(now),
                scope,
                Digests.hex(hash(canonical.getBytes(StandardCharsets.UTF_8))));
        byte[] key = key(unsigned.identity().secretAccessKey(), DAY.format(now));
        signed.putHeader(
                "Authorization",
                ALGORITHM + " Credential=" + unsigned.identity().accessKeyId() + "/" + scope + ", SignedHeaders="
                        + names + ", Signature=" + Digests.hex(hmac(key, toSign)));
        return SignedRequest.builder().request(signed.build()).payload(body).build();
    }

    /** The client here is a blocking one. */
    @Override
    public CompletableFuture<AsyncSignedRequest> signAsync(AsyncSignRequest<? extends AwsCredentialsIdentity> request) {
        throw new UnsupportedOperationException("only blocking requests are signed");
    }

    private static String canonical(
            SdkHttpRequest request, SortedMap<String, String> headers, String names, String bodySha256) {
        StringBuilder text = new StringBuilder(512);
        String path = request.encodedPath();
        text.append(request.method()).append('\n');
        text.append(path.isEmpty() ? "/" : path).append('\n');
        text.append(query(request.rawQueryParameters())).append('\n');
        headers.forEach(
                (name, value) -> text.append(name).append(':').append(value).append('\n'));
        return text.append('\n').append(names).append('\n').append(bodySha256).toString();
    }

    private static String query(Map<String, List<String>> parameters) {
        List<String> pairs = new ArrayList<>();
        parameters.forEach((name, values) -> {
            for (String value : values.isEmpty() ? List.of("") : values) {
                pairs.add(SdkHttpUtils.urlEncode(name) + "=" + (value == null ? "" : SdkHttpUtils.urlEncode(value)));
            }
        });
        pairs.sort(null);
        return String.join("&", pairs);
    }

    private static SortedMap<String, String> headers(Map<String, List<String>> all) {
        SortedMap<String, String> signed = new TreeMap<>();
        all.forEach((name, values) -> {
            String lowerCase = name.toLowerCase(Locale.ROOT);
            if (!UNSIGNED.contains(lowerCase)) {
                signed.put(lowerCase, String.join(",", values).strip().replaceAll(" +", " "));
            }
        });
        return signed;
    }

    private static String host(SdkHttpRequest request) {
        boolean usual = request.port() == SdkHttpUtils.standardPort(request.protocol());
        return usual ? request.host() : request.host() + ":" + request.port();
    }

    private byte[] key(String secret, String day) {
        byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
        for (String part : List.of(day, region, "s3", "aws4_request")) {
            key = hmac(key, part);
        }
        return key;
    }

    private static String sha256(ContentStreamProvider body) {
        MessageDigest digest = Digests.sha256();
        if (body != null) {
            try (InputStream in = body.newStream()) {
                Digests.read(in, digest);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return Digests.hex(digest.digest());
    }

    private static byte[] hash(byte[] text) {
        return Digests.sha256().digest(text);
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
