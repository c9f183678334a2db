package org.relaysupervisor.store;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.store.StoreException.Reason;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** A bucket of R2, MinIO, AWS and others that speak S3. */
final class S3ObjectStore implements ObjectStore {
    private final S3Bucket bucket;
    private final S3Multipart multipart;
    private final S3Comparison comparison;
    private final long multipartAbove;
    private final Clock clock;

    private S3ObjectStore(S3Bucket bucket, RelayConfig.Upload upload, Clock clock) {
        this.bucket = bucket;
        this.multipart = new S3Multipart(bucket, upload.part());
        this.comparison = new S3Comparison(upload.part());
        this.multipartAbove = upload.multipartAbove();
        this.clock = clock;
    }

    /** Builds the client, which takes half a second; nothing is sent yet. */
    static S3ObjectStore connect(
            RelayConfig.S3Store place,
            RelayConfig.Upload upload,
            S3Timeouts timeouts,
            ObjectStores.Keys keys,
            Bandwidth bandwidth,
            Clock clock)
            throws StoreException {
        S3Client client = S3Connection.open(place, timeouts, keys, clock);
        S3Failures failures = new S3Failures(place, clock);
        S3Bucket bucket = new S3Bucket(client, place, failures, timeouts, bandwidth, upload.concurrency());
        return new S3ObjectStore(bucket, upload, clock);
    }

    @Override
    public String description() {
        return bucket.place().name();
    }

    @Override
    public void put(String key, Path file, Content content) throws StoreException, InterruptedException {
        Keys.checked(key);
        checkLength(file, content);
        if (content.length() <= multipartAbove) {
            putWhole(key, file, content);
            return;
        }
        // Not every store heeds the condition when parts are joined, and sending them all to be refused then would be a
        // waste.
        if (head(key).isPresent()) {
            throw bucket.failures()
                    .failure(Reason.CONFLICT, "PUT " + bucket.full(key), "there is an object of that key", null);
        }
        multipart.put(key, file, content);
    }

    private static void checkLength(Path file, Content content) throws StoreException, InterruptedException {
        try {
            long length = Files.size(file);
            if (length != content.length()) {
                throw new StoreException(
                        Reason.LOCAL_IO,
                        file + ": has " + length + " bytes, and had " + content.length()
                                + " when it was finished; look at its disk");
            }
        } catch (IOException e) {
            throw Failures.ofSpool(file, e);
        }
    }

    private void putWhole(String key, Path file, Content content) throws StoreException, InterruptedException {
        PutObjectRequest request = PutObjectRequest.builder()
                .bucket(bucket.name())
                .key(bucket.full(key))
                .ifNoneMatch("*")
                .contentLength(content.length())
                .contentMD5(Base64.getEncoder().encodeToString(Digests.bytes(content.md5())))
                .metadata(Map.of("sha256", content.sha256()))
                .overrideConfiguration(bucket.transfer(content.sha256(), content.length()))
                .build();
        bucket.send(
                "PUT " + bucket.full(key),
                file,
                0,
                content.length(),
                body -> bucket.client().putObject(request, body));
    }

    @Override
    public Presence compare(String key, Path file, Content content) throws StoreException, InterruptedException {
        Optional<HeadObjectResponse> object = head(Keys.checked(key));
        if (object.isEmpty()) {
            return Presence.ABSENT;
        }
        try {
            return switch (comparison.judge(object.get(), file, content)) {
                case SAME -> Presence.SAME;
                case DIFFERENT -> Presence.DIFFERENT;
                case UNKNOWN -> compareBytes(key, content);
            };
        } catch (IOException e) {
            throw Failures.ofSpool(file, e);
        }
    }

    private Presence compareBytes(String key, Content content) throws StoreException, InterruptedException {
        try (InputStream object = read(key)) {
            return Digests.isOf(object, content) ? Presence.SAME : Presence.DIFFERENT;
        } catch (IOException e) {
            throw bucket.failures().ofReading(e, "GET " + bucket.full(key));
        }
    }

    private Optional<HeadObjectResponse> head(String key) throws StoreException, InterruptedException {
        HeadObjectRequest request = HeadObjectRequest.builder()
                .bucket(bucket.name())
                .key(bucket.full(key))
                .checksumMode(ChecksumMode.ENABLED)
                .build();
        return bucket.call("HEAD " + bucket.full(key), () -> {
            try {
                return Optional.of(bucket.client().headObject(request));
            } catch (NoSuchKeyException e) {
                return Optional.empty();
            }
        });
    }

    @Override
    public InputStream read(String key) throws StoreException, InterruptedException {
        GetObjectRequest request = GetObjectRequest.builder()
                .bucket(bucket.name())
                .key(bucket.full(Keys.checked(key)))
                .build();
        String subject = "GET " + bucket.full(key);
        return new Reading(bucket.call(subject, () -> bucket.client().getObject(request)));
    }

    @Override
    public List<String> list(String prefix) throws StoreException, InterruptedException {
        ListObjectsV2Request request = ListObjectsV2Request.builder()
                .bucket(bucket.name())
                .prefix(bucket.full(Keys.checkedBeginning(prefix)))
                .build();
        List<String> keys = new ArrayList<>();
        while (true) {
            ListObjectsV2Request next = request;
            String subject = "listing " + bucket.full(prefix);
            ListObjectsV2Response page =
                    bucket.call(subject, () -> bucket.client().listObjectsV2(next));
            page.contents().forEach(object -> keys.add(withoutPrefix(object.key())));
            if (keys.size() > Keys.MOST_LISTED) {
                throw bucket.failures()
                        .failure(
                                Reason.SERVER,
                                subject,
                                "more than " + Keys.MOST_LISTED + " objects; ask for fewer",
                                null);
            }
            if (!Boolean.TRUE.equals(page.isTruncated())) {
                return keys;
            }
            request = request.toBuilder()
                    .continuationToken(page.nextContinuationToken())
                    .build();
        }
    }

    private String withoutPrefix(String key) {
        return key.substring(bucket.place().prefix().length());
    }

    @Override
    public String publish(String key, byte[] bytes, WebHeaders headers, Optional<String> replaced)
            throws StoreException, InterruptedException {
        Content content = ContentDigest.of(bytes);
        PutObjectRequest.Builder request = PutObjectRequest.builder()
                .bucket(bucket.name())
                .key(bucket.full(Keys.checked(key)))
                .contentType(headers.contentType())
                .cacheControl(headers.cacheControl())
                .contentMD5(Base64.getEncoder().encodeToString(Digests.bytes(content.md5())))
                .overrideConfiguration(bucket.transfer(content.sha256(), content.length()));
        replaced.ifPresentOrElse(request::ifMatch, () -> request.ifNoneMatch("*"));
        String subject = "PUT " + bucket.full(key);
        return bucket.call(subject, () -> {
                    try {
                        RequestBody body = RequestBody.fromBytes(bytes);
                        return Optional.of(
                                bucket.client().putObject(request.build(), body).eTag());
                    } catch (NoSuchKeyException e) {
                        return Optional.<String>empty();
                    }
                })
                .orElseThrow(
                        () -> bucket.failures().failure(Reason.CONFLICT, subject, "there is none to replace", null));
    }

    @Override
    public Optional<PublishedText> published(String key) throws StoreException, InterruptedException {
        GetObjectRequest request = GetObjectRequest.builder()
                .bucket(bucket.name())
                .key(bucket.full(Keys.checked(key)))
                .build();
        String subject = "GET " + bucket.full(key);
        Optional<ResponseInputStream<GetObjectResponse>> object = bucket.call(subject, () -> {
            try {
                return Optional.of(bucket.client().getObject(request));
            } catch (NoSuchKeyException e) {
                return Optional.empty();
            }
        });
        if (object.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = new Reading(object.get())) {
            return Optional.of(new PublishedText(
                    PublishedText.read(in), object.get().response().eTag()));
        } catch (IOException e) {
            throw bucket.failures().ofReading(e, subject);
        }
    }

    @Override
    public void delete(String key) throws StoreException, InterruptedException {
        DeleteObjectRequest request = DeleteObjectRequest.builder()
                .bucket(bucket.name())
                .key(bucket.full(Keys.checked(key)))
                .build();
        bucket.call("DELETE " + bucket.full(key), () -> bucket.client().deleteObject(request));
    }

    @Override
    public void abortAbandoned(Duration age) throws StoreException, InterruptedException {
        multipart.abort(clock.now().minus(age));
    }

    @Override
    public void close() {
        bucket.client().close();
    }

    /** Closed before its end, gives its connection up instead of reading on to the end. */
    private static final class Reading extends FilterInputStream {
        private final ResponseInputStream<GetObjectResponse> object;
        private boolean ended;

        Reading(ResponseInputStream<GetObjectResponse> object) {
            super(object);
            this.object = object;
        }

        @Override
        public int read() throws IOException {
            return noteEnd(super.read());
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            try {
                return noteEnd(super.read(into, offset, length));
            } catch (SdkException e) {
                throw new IOException(e);
            }
        }

        private int noteEnd(int result) {
            ended |= result < 0;
            return result;
        }

        @Override
        public void close() throws IOException {
            if (!ended) {
                object.abort();
            }
            object.close();
        }
    }
}
