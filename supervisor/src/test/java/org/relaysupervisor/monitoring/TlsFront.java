package org.relaysupervisor.monitoring;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** A web server with a certificate of its own making for {@code localhost}, which gives every request the same answer. */
final class TlsFront implements AutoCloseable {
    private static final char[] PASSWORD = "only-a-test".toCharArray();

    /** The certificate, as PEM. */
    final Path certificate;

    private final SSLServerSocket server;
    private final Answer answer;
    private final List<String> requests = new ArrayList<>();

    /** Writes an answer, head and all; what it writes last is followed by the connection's end. */
    @FunctionalInterface
    interface Answer {
        void to(OutputStream out) throws IOException;
    }

    /** @param directory of its key; may have one of an earlier front, which is used again */
    TlsFront(Path directory, Answer answer) throws Exception {
        this.answer = answer;
        KeyStore keys = keys(directory.resolve("front.p12"));
        certificate = directory.resolve("front.pem");
        Files.writeString(
                certificate,
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(keys.getCertificate("front").getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        server = (SSLServerSocket)
                context(keys).getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::serve, "tls-front");
        thread.setDaemon(true);
        thread.start();
    }

    private static KeyStore keys(Path file) throws Exception {
        if (!Files.exists(file)) {
            Process keytool = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-keystore",
                            file.toString(),
                            "-storepass",
                            new String(PASSWORD),
                            "-alias",
                            "front",
                            "-keyalg",
                            "EC",
                            "-dname",
                            "CN=a front",
                            "-ext",
                            "san=dns:localhost")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
                throw new IOException("keytool made no certificate");
            }
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream input = Files.newInputStream(file)) {
            keys.load(input, PASSWORD);
        }
        return keys;
    }

    private static SSLContext context(KeyStore keys) throws GeneralSecurityException {
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private void serve() {
        while (!server.isClosed()) {
            try (SSLSocket client = (SSLSocket) server.accept()) {
                client.setSoTimeout(5_000);
                readHead(client);
                answer.to(client.getOutputStream());
            } catch (IOException e) {
                // Who asked has heard enough, does not trust us, or this front is closed.
            }
        }
    }

    private void readHead(SSLSocket client) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(client.getInputStream(), ISO_8859_1));
        StringBuilder head = new StringBuilder();
        for (String line = reader.readLine(); line != null && !line.isEmpty(); line = reader.readLine()) {
            head.append(line).append('\n');
        }
        synchronized (requests) {
            requests.add(head.toString());
        }
    }

    int port() {
        return server.getLocalPort();
    }

    /** The heads of all requests, with line feeds alone and without their last, empty line. */
    List<String> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
