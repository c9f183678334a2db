package org.relaysupervisor.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.process.DescriptorStore;

/** A proxy on real sockets, with an Icecast that takes everything and a source that has sent its first ten frames, numbered from 0. */
final class PlayedProxy implements AutoCloseable {
    private static final InetAddress LOCAL = InetAddress.getLoopbackAddress();

    private final FakeIcecast icecast = new FakeIcecast();
    private final Proxy proxy;
    private final Socket source;
    private int next;

    PlayedProxy(Transport transport) throws IOException {
        Settings settings = new Settings();
        settings.icecastPort = icecast.port();
        proxy = Proxy.open(
                settings.build(),
                transport,
                new ManualLoop(),
                new SilentAccessLog(),
                Runnable::run,
                DescriptorStore.none());
        proxy.icecastAvailable(true);
        icecast.acceptSource();
        source = new Socket(LOCAL, proxy.sourcePort());
        source.getOutputStream().write(FeedScene.HEAD.getBytes(ISO_8859_1));
        FakeIcecast.head(source.getInputStream());
        send(10);
        await().until(() -> mount().feed().orElseThrow().held().toMillis() > 100);
    }

    /** The number of the frame that the source sends next. */
    int next() {
        return next;
    }

    void send(int frames) throws IOException {
        source.getOutputStream().write(Mp3.frames(next, next + frames));
        next += frames;
    }

    /** Of somebody who has asked, up to the first byte of audio. */
    Socket reader(String request, int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(receiveBuffer);
        socket.connect(new InetSocketAddress(LOCAL, proxy.listenerPort()));
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        FakeIcecast.head(socket.getInputStream());
        return socket;
    }

    ProxySnapshot.MountTraffic mount() {
        return proxy.snapshot().mounts().get("/live");
    }

    @Override
    public void close() throws IOException {
        source.close();
        proxy.close();
        icecast.close();
    }
}
