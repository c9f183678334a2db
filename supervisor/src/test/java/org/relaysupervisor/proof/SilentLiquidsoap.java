package org.relaysupervisor.proof;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URISyntaxException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.relaysupervisor.station.Station;

/**
 * In place of Liquidsoap, a child of the daemon that answers on its socket and never connects, so that the source route is free for
 * another source. A program of its own, out of nothing but the JDK.
 */
final class SilentLiquidsoap {
    private static final byte[] ANSWER = "\r\nEND\r\n".getBytes(StandardCharsets.US_ASCII);

    private SilentLiquidsoap() {}

    /** Has a station that isn't started yet run it. */
    static void install(Station station, Path directory) throws IOException {
        String start = """
                exec '%s' -Xmx16m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -cp '%s' %s "${1%%.liq}.sock"
                """.formatted(java(), classes(), SilentLiquidsoap.class.getName());
        LiquidsoapWrapper.install(station, directory.resolve("silent-liquidsoap"), start);
    }

    private static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    private static Path classes() {
        try {
            return Path.of(SilentLiquidsoap.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public static void main(String[] arguments) throws IOException {
        Path path = Path.of(arguments[0]);
        Files.deleteIfExists(path);
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            while (true) {
                SocketChannel client = server.accept();
                Thread thread = new Thread(() -> converse(client), "client");
                thread.setDaemon(true);
                thread.start();
            }
        }
    }

    private static void converse(SocketChannel client) {
        ByteBuffer command = ByteBuffer.allocate(1_000);
        try (client) {
            while (client.read(command.clear()) > 0) {
                client.write(ByteBuffer.wrap(ANSWER));
            }
        } catch (IOException e) {
            // It is gone.
        }
    }
}
