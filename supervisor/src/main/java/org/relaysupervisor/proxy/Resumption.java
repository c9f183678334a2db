package org.relaysupervisor.proxy;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.relaysupervisor.frames.FrameParser;
import org.relaysupervisor.process.TcpSocket;
import org.relaysupervisor.proxy.Ledger.Kind;
import org.relaysupervisor.proxy.Ledger.Line;
import org.relaysupervisor.proxy.Ledger.Mark;
import org.relaysupervisor.proxy.ProxySnapshot.Loss;

/**
 * Goes on with the connections of an earlier daemon: each feed's to Icecast and each listener's at the very byte where it stands, sources
 * and DJs with what they send next. One that can't go on is closed, and a listener counted. Runs once, on the event loop, before anybody new
 * is let in.
 */
@SuppressWarnings("FutureReturnValueIgnored") // on the loop itself a channel is registered at once
final class Resumption {
    private static final Logger log = System.getLogger(Proxy.class.getName());

    /**
     * Where connections go on.
     *
     * @param sources empty on an edge, which has none
     * @param sourceEntrance of those
     */
    record Places(
            Mounts mounts,
            Entrance listenerEntrance,
            ListenerRoute listeners,
            Optional<SourceRoute> sources,
            Entrance sourceEntrance,
            HarborRoute harbor) {}

    private final Keeping keeping;
    private final Places places;
    private final Transport transport;
    private final ProxyLimits limits;
    private final Meters meters;
    private final EventLoop loop;
    private final Set<Feed> feeds = new HashSet<>();
    private Map<String, Integer> far = Map.of();

    Resumption(Keeping keeping, Places places, Transport transport, ProxyLimits limits, Meters meters, EventLoop loop) {
        this.keeping = keeping;
        this.places = places;
        this.transport = transport;
        this.limits = limits;
        this.meters = meters;
        this.loop = loop;
    }

    void run() {
        places.mounts().forEachFed(feed -> {
            if (feed.ring().resume(feed.contentType(), feed.now())) {
                feed.resume();
                feeds.add(feed);
            }
        });
        Kept neighbours = new Kept(keeping.neighbours());
        neighbours.resume(Kind.ICECAST, this::icecast);
        neighbours.resume(Kind.SOURCE, this::source);
        far = keeping.inheritedFar();
        neighbours.resume(Kind.DJ, this::dj);
        neighbours.resume(Kind.PASSED, this::passed);
        far.forEach((name, descriptor) -> close(name, new TcpSocket(descriptor)));
        neighbours.end("sources, DJs and connections to Icecast");
        Kept listeners = new Kept(keeping.listeners());
        listeners.resume(Kind.LISTENER, this::listener);
        listeners.end("listeners");
        for (int i = 0; i < listeners.lost; i++) {
            meters.lost(Loss.NOT_RESUMED);
        }
        feeds.forEach(Feed::resumed);
    }

    private void close(String name, TcpSocket socket) {
        socket.close();
        keeping.forget(name);
    }

    /** Goes on with one connection, or says why it can't. */
    private interface Step {
        void resume(Line line, TcpSocket socket, long taken) throws IOException, MalformedHeadException;
    }

    /** Those of one ledger. */
    private final class Kept {
        private final Optional<Ledger> ledger;
        private final Set<Line> goingOn = new HashSet<>();
        private int left;
        private int lost;
        private String fault = "";

        Kept(Optional<Ledger> ledger) {
            this.ledger = ledger;
        }

        void resume(Kind kind, Step step) {
            keeping.inherited(kind).forEach((name, descriptor) -> resume(name, new TcpSocket(descriptor), step));
        }

        private void resume(String name, TcpSocket socket, Step step) {
            OptionalLong taken = socket.bytesTaken();
            if (taken.isEmpty()) {
                left++;
                close(name, socket);
                return;
            }
            try {
                Line line = ledger.flatMap(book -> book.find(name))
                        .orElseThrow(() -> new IOException("nothing was written down of it"));
                step.resume(line, socket, taken.getAsLong());
                goingOn.add(line);
            } catch (IOException | MalformedHeadException e) {
                fault = e.getMessage();
                lost++;
                close(name, socket);
            }
        }

        void end(String what) {
            ledger.ifPresent(book -> book.freeAllBut(goingOn));
            if (goingOn.size() + left + lost > 0) {
                log.log(
                        lost == 0 ? Level.INFO : Level.WARNING,
                        "of an earlier daemon's " + what + " " + goingOn.size() + " go on, " + left + " had left, and "
                                + lost + " had to be disconnected" + (lost == 0 ? "" : ": " + fault));
            }
        }
    }

    private void icecast(Line line, TcpSocket socket, long taken) throws IOException, MalformedHeadException {
        RequestHead request = line.request();
        Feed feed = mount(request).feed();
        Mark from = from(feed, line, taken - TcpSocket.SYN);
        if (feed.icecast().isOpen()) {
            throw new IOException("Icecast has another connection for its mount");
        }
        feed.icecast().resume(adopted(socket), line, from);
        feed.ownedBy(request.header("Authorization"));
    }

    private void source(Line line, TcpSocket socket, long taken) throws IOException, MalformedHeadException {
        RequestHead request = line.request();
        Mount mount = mount(request);
        SourceRoute route = sources();
        FrameParser parser = mount.parserFor(request.header("Content-Type"))
                .filter(known -> mount.feed().carries(request))
                .orElseThrow(() -> new IOException("its mount has another format now"));
        if (mount.feed().hasSource()) {
            throw new IOException("its mount has another source");
        }
        route.resume(sourceClient(socket, line, request, taken), mount, parser, line);
    }

    /** One whose bytes go to Icecast as they are. */
    private void passed(Line line, TcpSocket socket, long taken) throws IOException, MalformedHeadException {
        RequestHead request = line.request();
        SourceRoute route = sources();
        Mount mount = places.mounts().find(request.path());
        if (mount == null || mount.parserFor(request.header("Content-Type")).isPresent()) {
            throw new IOException("its mount is gone, or is fed from memory now");
        }
        TcpSocket icecast = far(line);
        route.resume(sourceClient(socket, line, request, taken), mount, line, adopted(icecast));
    }

    private SourceRoute sources() throws IOException {
        return places.sources().orElseThrow(() -> new IOException("sources are not let in here any more"));
    }

    private Client sourceClient(TcpSocket socket, Line line, RequestHead request, long taken) {
        Client client = places.sourceEntrance().resume(adopted(socket), line.acceptedAt());
        client.resumed(request, client.peer(), taken);
        return client;
    }

    private void dj(Line line, TcpSocket socket, long taken) throws IOException {
        TcpSocket liquidsoap = far(line);
        places.harbor().resume(adopted(socket), line, adopted(liquidsoap));
    }

    private TcpSocket far(Line line) throws IOException {
        Integer descriptor = far.remove(Keeping.far(line.name()));
        if (descriptor == null) {
            throw new IOException("where it leads was not kept");
        }
        return new TcpSocket(descriptor);
    }

    private void listener(Line line, TcpSocket socket, long taken) throws IOException, MalformedHeadException {
        RequestHead request = line.request();
        Mount mount = mount(request);
        Mark from = from(mount.feed(), line, taken);
        Role role = line.kind() == Kind.EDGE ? Role.EDGE : Role.LISTENER;
        InetAddress address = line.address();
        Client client = places.listenerEntrance().resume(adopted(socket), line.acceptedAt());
        client.resumed(request, address, taken);
        places.listeners().count(client, role, mount);
        mount.feed().readers().resume(client, role, line, from);
        meters.resumed.increment();
    }

    private Mount mount(RequestHead request) throws IOException {
        Mount mount = places.mounts().find(request.path());
        if (mount == null || !feeds.contains(mount.feed())) {
            throw new IOException("its mount is gone, was off the air or has another format now");
        }
        return mount;
    }

    /** Where a connection goes on that has been given the feed's audio. */
    private static Mark from(Feed feed, Line line, long taken) throws IOException {
        Mark from = line.after(taken).orElseThrow(() -> new IOException("where its stream was cut is not known"));
        if (from.position() < feed.ring().tail()
                || from.position() > feed.ring().head()) {
            throw new IOException("it is further behind than what is kept of the audio");
        }
        return from;
    }

    private Channel adopted(TcpSocket socket) {
        Channel channel = transport.adopt(socket.descriptor(), limits);
        loop.register(channel);
        keeping.goesOn(channel);
        return channel;
    }
}
