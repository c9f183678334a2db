package org.relaysupervisor.store;

import java.io.ByteArrayInputStream;
import java.time.Duration;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.SecretUnavailableException;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.store.StoreException.Reason;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.auth.aws.scheme.AwsV4AuthScheme;
import software.amazon.awssdk.http.auth.spi.scheme.AuthScheme;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.IdentityProviders;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;

/** Builds the S3 client, set up as R2 and its like need it. */
final class S3Connection {
    /** Transfers, and a request or two beside them. */
    private static final int MOST_CONNECTIONS = 12;

    /** Shorter than servers keep a connection that rests, since a request on one that is gone would fail. */
    private static final Duration REST = Duration.ofSeconds(4);

    /** A smaller body is sent without asking first; with a larger one a refusal would otherwise be lost in a reset. */
    private static final long ASK_FIRST_ABOVE = 128 * 1024;

    private S3Connection() {}

    static S3Client open(RelayConfig.S3Store place, S3Timeouts timeouts, ObjectStores.Keys keys, Clock clock)
            throws StoreException {
        return S3Client.builder()
                .endpointOverride(place.endpoint())
                .region(Region.of(place.region()))
                .credentialsProvider(credentials(place, keys))
                .putAuthScheme(new Scheme(new S3Signer(place.region(), clock)))
                .forcePathStyle(place.pathStyle())
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(S3Configuration.builder()
                        .chunkedEncodingEnabled(false)
                        .expectContinueThresholdInBytes(ASK_FIRST_ABOVE)
                        .build())
                .overrideConfiguration(overrides(timeouts))
                .httpClientBuilder(Apache5HttpClient.builder()
                        .connectionTimeout(timeouts.connect())
                        .connectionAcquisitionTimeout(timeouts.connect())
                        .socketTimeout(timeouts.answer())
                        .connectionMaxIdleTime(REST)
                        .maxConnections(MOST_CONNECTIONS)
                        .tcpKeepAlive(true))
                .build();
    }

    /** No second attempts: who calls has a queue with a backoff. Nothing from the files that other tools of AWS are set up by. */
    private static ClientOverrideConfiguration overrides(S3Timeouts timeouts) {
        ProfileFile none = ProfileFile.builder()
                .type(ProfileFile.Type.CONFIGURATION)
                .content(new ByteArrayInputStream(new byte[0]))
                .build();
        return ClientOverrideConfiguration.builder()
                .retryStrategy(DefaultRetryStrategy.doNotRetry())
                .apiCallAttemptTimeout(timeouts.call())
                .defaultProfileFile(none)
                .build();
    }

    private static StaticCredentialsProvider credentials(RelayConfig.S3Store place, ObjectStores.Keys keys)
            throws StoreException {
        try {
            return StaticCredentialsProvider.create(AwsBasicCredentials.create(
                    keys.resolve(place.accessKey()).reveal(),
                    keys.resolve(place.secretKey()).reveal()));
        } catch (SecretUnavailableException e) {
            throw new StoreException(Reason.AUTH, "store.s3: a key is not to be had: " + e.getMessage(), e);
        }
    }

    /** Signature Version 4 with a signer of our own. */
    private record Scheme(HttpSigner<AwsCredentialsIdentity> signer) implements AuthScheme<AwsCredentialsIdentity> {
        @Override
        public String schemeId() {
            return AwsV4AuthScheme.SCHEME_ID;
        }

        @Override
        public IdentityProvider<AwsCredentialsIdentity> identityProvider(IdentityProviders providers) {
            return providers.identityProvider(AwsCredentialsIdentity.class);
        }
    }
}
