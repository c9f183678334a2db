package org.relaysupervisor.store;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** Transfers in parts, which go on where an earlier one of the same key and file has ended, also of an earlier life of the daemon. */
final class S3Multipart {
    private static final Logger log = System.getLogger(S3Multipart.class.getName());

    /** Pages of a thousand entries each; there is no good reason for more. */
    private static final int MOST_PAGES = 20;

    private final S3Bucket bucket;
    private final long partLength;

    S3Multipart(S3Bucket bucket, long partLength) {
        this.bucket = bucket;
        this.partLength = partLength;
    }

    /** Sends what the store doesn't have yet, and joins the parts; what it does have is proven by its checksum. */
    void put(String key, Path file, Content content) throws StoreException, InterruptedException {
        Parts parts = Parts.of(content.length(), partLength);
        Optional<MultipartUpload> begun = newest(key);
        String upload = begun.isPresent() ? begun.get().uploadId() : begin(key, content);
        Map<Integer, Part> there = begun.isPresent() ? partsOf(key, upload) : Map.of();
        List<CompletedPart> sent = new ArrayList<>();
        for (int number = 1; number <= parts.count(); number++) {
            sent.add(part(key, upload, file, parts, number, there.get(number)));
        }
        join(key, upload, sent);
    }

    /** Ends all that began before a moment, by the store's clock. */
    void abort(Instant before) throws StoreException, InterruptedException {
        for (MultipartUpload upload : unfinished("", found -> found.initiated().isBefore(before))) {
            AbortMultipartUploadRequest request = AbortMultipartUploadRequest.builder()
                    .bucket(bucket.name())
                    .key(upload.key())
                    .uploadId(upload.uploadId())
                    .build();
            bucket.call("aborting the transfer of " + upload.key(), () -> {
                try {
                    return bucket.client().abortMultipartUpload(request);
                } catch (NoSuchUploadException e) {
                    log.log(Level.DEBUG, "{0} was ended by somebody else", upload.key());
                    return null;
                }
            });
        }
    }

    private CompletedPart part(String key, String upload, Path file, Parts parts, int number, Part there)
            throws StoreException, InterruptedException {
        long begin = parts.begin(number);
        long length = parts.lengthOf(number);
        MessageDigest md5 = Digests.md5();
        MessageDigest sha256 = Digests.sha256();
        try (FileSection section = FileSection.toRead(file, begin, length)) {
            Digests.read(section, md5, sha256);
        } catch (IOException e) {
            throw Failures.ofSpool(file, e);
        }
        byte[] sum = md5.digest();
        String eTag = there != null
                        && there.size() == length
                        && S3Comparison.plain(there.eTag()).equals(Digests.hex(sum))
                ? there.eTag()
                : send(key, upload, file, begin, length, number, sum, Digests.hex(sha256.digest()));
        return CompletedPart.builder().partNumber(number).eTag(eTag).build();
    }

    private String send(
            String key, String upload, Path file, long begin, long length, int number, byte[] md5, String sha256)
            throws StoreException, InterruptedException {
        UploadPartRequest request = UploadPartRequest.builder()
                .bucket(bucket.name())
                .key(bucket.full(key))
                .uploadId(upload)
                .partNumber(number)
                .contentLength(length)
                .contentMD5(Base64.getEncoder().encodeToString(md5))
                .overrideConfiguration(bucket.transfer(sha256, length))
                .build();
        String subject = "PUT " + bucket.full(key) + ", part " + number;
        return bucket.send(subject, file, begin, length, body -> bucket.client().uploadPart(request, body))
                .eTag();
    }

    private String begin(String key, Content content) throws StoreException, InterruptedException {
        CreateMultipartUploadRequest request = CreateMultipartUploadRequest.builder()
                .bucket(bucket.name())
                .key(bucket.full(key))
                .contentType(S3Bucket.OCTETS)
                .metadata(Map.of("sha256", content.sha256()))
                .build();
        return bucket.call(
                        "beginning " + bucket.full(key), () -> bucket.client().createMultipartUpload(request))
                .uploadId();
    }

    private void join(String key, String upload, List<CompletedPart> parts)
            throws StoreException, InterruptedException {
        CompleteMultipartUploadRequest request = CompleteMultipartUploadRequest.builder()
                .bucket(bucket.name())
                .key(bucket.full(key))
                .uploadId(upload)
                .ifNoneMatch("*")
                .multipartUpload(all -> all.parts(parts))
                .build();
        bucket.call(
                "joining the parts of " + bucket.full(key),
                () -> bucket.client().completeMultipartUpload(request));
    }

    /** The unfinished transfer of exactly that key that was begun last. */
    private Optional<MultipartUpload> newest(String key) throws StoreException, InterruptedException {
        String full = bucket.full(key);
        return unfinished(key, upload -> upload.key().equals(full)).stream()
                .max(Comparator.comparing(MultipartUpload::initiated).thenComparing(MultipartUpload::uploadId));
    }

    private List<MultipartUpload> unfinished(String beginning, Predicate<MultipartUpload> wanted)
            throws StoreException, InterruptedException {
        List<MultipartUpload> found = new ArrayList<>();
        ListMultipartUploadsRequest request = ListMultipartUploadsRequest.builder()
                .bucket(bucket.name())
                .prefix(bucket.full(beginning))
                .build();
        for (int page = 0; page < MOST_PAGES; page++) {
            ListMultipartUploadsRequest next = request;
            ListMultipartUploadsResponse answer = bucket.call(
                    "listing unfinished transfers of " + bucket.full(beginning),
                    () -> bucket.client().listMultipartUploads(next));
            answer.uploads().stream().filter(wanted).forEach(found::add);
            if (!Boolean.TRUE.equals(answer.isTruncated())) {
                break;
            }
            request = request.toBuilder()
                    .keyMarker(answer.nextKeyMarker())
                    .uploadIdMarker(answer.nextUploadIdMarker())
                    .build();
        }
        return found;
    }

    private Map<Integer, Part> partsOf(String key, String upload) throws StoreException, InterruptedException {
        Map<Integer, Part> found = new HashMap<>();
        ListPartsRequest request = ListPartsRequest.builder()
                .bucket(bucket.name())
                .key(bucket.full(key))
                .uploadId(upload)
                .build();
        for (int page = 0; page < MOST_PAGES; page++) {
            ListPartsRequest next = request;
            ListPartsResponse answer = bucket.call(
                    "listing parts of " + bucket.full(key),
                    () -> bucket.client().listParts(next));
            answer.parts().forEach(part -> found.put(part.partNumber(), part));
            if (!Boolean.TRUE.equals(answer.isTruncated())) {
                break;
            }
            request = request.toBuilder()
                    .partNumberMarker(answer.nextPartNumberMarker())
                    .build();
        }
        return found;
    }
}
