package org.relaysupervisor.store;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Properties;
import org.awaitility.Awaitility;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.config.SecretSource;
import org.relaysupervisor.loop.Clock;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** A real S3 server on the loopback: S3Proxy, which checks signatures, checksums, conditions and parts. */
public final class S3Server implements AutoCloseable {
    public static final String ACCESS_KEY = "relay-access-key";
    public static final String SECRET_KEY = "relay-secret-key";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final int port;
    private final Path objects;

    private S3Server(Process process, int port, Path objects) {
        this.process = process;
        this.port = port;
        this.objects = objects;
    }

    /** Slow: a second or two. Logs into the directory too. */
    public static S3Server start(Path directory) throws IOException {
        int port = freePort();
        Path objects = Files.createDirectories(directory.resolve("buckets"));
        Properties settings = new Properties();
        settings.put("s3proxy.endpoint", "http://127.0.0.1:" + port);
        settings.put("s3proxy.authorization", "aws-v4");
        settings.put("s3proxy.identity", ACCESS_KEY);
        settings.put("s3proxy.credential", SECRET_KEY);
        settings.put("jclouds.provider", "filesystem-nio2");
        settings.put("jclouds.identity", "x");
        settings.put("jclouds.credential", "x");
        settings.put("jclouds.filesystem.basedir", objects.toString());
        Path file = directory.resolve("s3proxy.properties");
        try (var out = Files.newOutputStream(file)) {
            settings.store(out, null);
        }
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        System.getProperty("relay.s3-server"),
                        "--properties",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("s3proxy.log").toFile())
                .start();
        S3Server server = new S3Server(process, port, objects);
        server.awaitListening();
        return server;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void awaitListening() {
        Awaitility.await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            new Socket("127.0.0.1", port).close();
            return true;
        });
    }

    int port() {
        return port;
    }

    /** Makes a bucket, by making its directory. */
    public String bucket(String name) throws IOException {
        Files.createDirectories(objects.resolve(name));
        return name;
    }

    /** Where a bucket's objects are, each a file. */
    public Path objects(String bucket) {
        return objects.resolve(bucket);
    }

    /** With what an object is answered, as whoever hands it out passes it on. */
    public WebHeaders headers(String bucket, String key) throws StoreException {
        try (S3Client client =
                S3Connection.open(place(endpoint(), bucket, ""), S3Timeouts.USUAL, S3Server::key, SystemClock.RIGHT)) {
            HeadObjectResponse answer =
                    client.headObject(request -> request.bucket(bucket).key(key));
            return new WebHeaders(answer.contentType(), answer.cacheControl());
        }
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    static RelayConfig.S3Store place(URI endpoint, String bucket, String prefix) {
        return new RelayConfig.S3Store(
                endpoint,
                bucket,
                "auto",
                prefix,
                true,
                new SecretSource.Environment("A"),
                new SecretSource.Environment("S"));
    }

    /** Small parts, so that little is much. */
    static RelayConfig.Upload upload(long multipartAbove) {
        return new RelayConfig.Upload(
                OptionalLong.empty(), 2, multipartAbove, 5 << 20, Duration.ofDays(1), Duration.ofMinutes(15));
    }

    /** The right keys. */
    static Secret key(SecretSource source) {
        boolean access = source.equals(new SecretSource.Environment("A"));
        return new Secret(access ? ACCESS_KEY : SECRET_KEY);
    }

    static ObjectStore open(RelayConfig.S3Store place, long multipartAbove, Clock clock) {
        return ObjectStores.open(
                place,
                upload(multipartAbove),
                Path.of("unused"),
                S3Server::key,
                new Bandwidth(OptionalLong.empty(), clock, length -> {}),
                clock);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
