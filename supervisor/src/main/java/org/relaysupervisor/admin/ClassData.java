package org.relaysupervisor.admin;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * Runs the daily verbs once against a stand-in for the daemon, so that {@code bin/make-class-data} can keep the classes that they
 * load.
 */
final class ClassData {
    private static final String ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\nX-Sequence: 1\r\n\r\nok\n";

    private ClassData() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createTempDirectory("relayctl");
        Path socket = directory.resolve("s");
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            String path = socket.toString();
            for (String[] daily : new String[][] {
                {"--socket", path, "status"},
                {"--socket", path, "status", "--json"},
                {"--socket", path, "restart", "icecast"},
                {"--socket", path, "logs", "icecast", "-n", "5"},
                {"--socket", path, "version"},
                {"--socket", path + "-absent", "status"},
                {"--help"},
                {"status", "--wrong"},
                {"completion", "bash"},
            }) {
                CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> answer(server));
                int code = Relayctl.run(daily, nowhere, nowhere, new Relayctl.InstalledCheck());
                if (code == Relayctl.DONE && daily[0].equals("--socket")) {
                    answered.join();
                }
            }
        } finally {
            Files.deleteIfExists(socket);
            Files.deleteIfExists(directory);
        }
    }

    private static void answer(ServerSocketChannel server) {
        try (SocketChannel client = server.accept()) {
            ByteBuffer request = ByteBuffer.allocate(4096);
            client.read(request);
            client.write(ByteBuffer.wrap(ANSWER.getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            // The last ones, which nobody asks, end with the server.
        }
    }
}
