package org.relaysupervisor.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.process.DescriptorStore;
import org.relaysupervisor.proxy.ProxySettings.MountSettings;

/** The proxy with one mount, {@code /live}, before the real Icecast, and the ffmpegs that send to it or listen. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends are the point
final class IcecastScene implements AutoCloseable {
    /** Of listeners. */
    static final int LIMIT = 50;
    /** The status line of an answer, as Icecast 2.4 says it, and 2.5. */
    static final String OK = "HTTP/1\\.[01] 200 OK";

    static final InetAddress LOCAL = InetAddress.getLoopbackAddress();

    private final Path directory;
    private final List<Process> started = new ArrayList<>();
    private RealIcecast icecast;
    final Proxy proxy;

    /** @param fed whether the mount comes to its listeners from memory */
    IcecastScene(Path directory, String contentType, boolean fed) throws IOException {
        this.directory = directory;
        icecast = new RealIcecast(directory);
        Settings settings = new Settings();
        settings.icecastPort = icecast.port();
        settings.listenerLimit = LIMIT;
        settings.mounts = Map.of("/live", new MountSettings(contentType, fed));
        proxy = Proxy.open(
                settings.build(), new ManualLoop(), new SilentAccessLog(), Runnable::run, DescriptorStore.none());
        proxy.icecastAvailable(true);
    }

    @Override
    public void close() {
        started.forEach(Process::destroyForcibly);
        proxy.close();
        icecast.close();
    }

    ProxySnapshot.MountTraffic mount() {
        return proxy.snapshot().mounts().get("/live");
    }

    int icecastPort() {
        return icecast.port();
    }

    /** The proxy isn't told. */
    void killIcecast() {
        icecast.kill();
    }

    /** Another Icecast takes the place of the one that was killed, and the proxy is told. */
    void newIcecast() throws IOException {
        icecast.close();
        icecast = new RealIcecast(directory, icecast.port());
        proxy.icecastAvailable(true);
    }

    /** Ends with the scene. What it says on either output can be read from its standard output. */
    Process ffmpeg(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-nostdin", "-v", "error"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        started.add(process);
        return process;
    }

    /** Where ffmpeg is to send. */
    String target(String password) {
        return "icecast://source:%s@127.0.0.1:%d/live".formatted(password, proxy.sourcePort());
    }

    /** A listener who has asked, and not yet read. */
    Socket listen(String headers) throws IOException {
        return listen(proxy.listenerPort(), headers);
    }

    /** The same, of Icecast itself. */
    Socket listenToIcecast(String headers) throws IOException {
        return listen(icecast.port(), headers);
    }

    private static Socket listen(int port, String headers) throws IOException {
        Socket socket = new Socket(LOCAL, port);
        socket.getOutputStream().write(("GET /live HTTP/1.0\r\n" + headers + "\r\n").getBytes(ISO_8859_1));
        return socket;
    }

    /** Asks, and reads until the other end closes. */
    static String converse(int port, String request) throws IOException {
        try (Socket socket = new Socket(LOCAL, port)) {
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    /** Tells a new title to the source route, as the source's account; {@code song} as in a URL. */
    String tellTitle(String song) throws IOException {
        return converse(
                proxy.sourcePort(),
                "GET /admin/metadata?mode=updinfo&mount=/live&song=" + song + " HTTP/1.0\r\n"
                        + "Authorization: Basic c291cmNlOmhhY2ttZQ==\r\n\r\n");
    }
}
