package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.relaysupervisor.process.TcpSocket;
import org.relaysupervisor.proxy.Ledger.Line;
import org.relaysupervisor.proxy.Ledger.Mark;
import org.relaysupervisor.proxy.ProxySnapshot.Loss;

/**
 * Goes on with the listeners of an earlier daemon, each at the very byte where its connection stands. One that can't go on is closed, and
 * counted. Runs once, on the event loop, before anybody new is let in.
 */
@SuppressWarnings("FutureReturnValueIgnored") // on the loop itself a channel is registered at once
final class Resumption {
    private static final Logger log = System.getLogger(Proxy.class.getName());

    private final Keeping keeping;
    private final Mounts mounts;
    private final Transport transport;
    private final Entrance entrance;
    private final ListenerRoute route;
    private final ProxyLimits limits;
    private final Meters meters;
    private final EventLoop loop;
    private final Map<Feed, ByteBuf> rests = new HashMap<>();
    private final Set<Line> goingOn = new HashSet<>();
    private int left;
    private int lost;
    private String fault = "";

    Resumption(
            Keeping keeping,
            Mounts mounts,
            Transport transport,
            Entrance entrance,
            ListenerRoute route,
            ProxyLimits limits,
            Meters meters,
            EventLoop loop) {
        this.keeping = keeping;
        this.mounts = mounts;
        this.transport = transport;
        this.entrance = entrance;
        this.route = route;
        this.limits = limits;
        this.meters = meters;
        this.loop = loop;
    }

    void run() {
        Map<String, Integer> connections = keeping.inherited();
        mounts.forEachFed(feed -> feed.ring().inherited(feed.contentType()).ifPresent(rest -> rests.put(feed, rest)));
        connections.forEach(this::resume);
        keeping.ledger().ifPresent(ledger -> ledger.freeAllBut(goingOn));
        rests.forEach((feed, rest) -> {
            rest.release();
            feed.resume();
        });
        if (!connections.isEmpty()) {
            log.log(
                    lost == 0 ? Level.INFO : Level.WARNING,
                    "of an earlier daemon's listeners " + goingOn.size() + " go on, " + left + " had left, and " + lost
                            + " had to be disconnected" + (lost == 0 ? "" : ": " + fault));
        }
    }

    private void resume(String name, int descriptor) {
        TcpSocket socket = new TcpSocket(descriptor);
        OptionalLong taken = socket.bytesTaken();
        if (taken.isEmpty()) {
            left++;
            close(name, socket);
            return;
        }
        try {
            Line line = keeping.ledger()
                    .flatMap(ledger -> ledger.find(name))
                    .orElseThrow(() -> new IOException("nothing was written down of it"));
            resume(line, socket, taken.getAsLong());
            goingOn.add(line);
        } catch (IOException | MalformedHeadException e) {
            fault = e.getMessage();
            lost++;
            meters.lost(Loss.NOT_RESUMED);
            close(name, socket);
        }
    }

    private void close(String name, TcpSocket socket) {
        socket.close();
        keeping.forget(name);
    }

    private void resume(Line line, TcpSocket socket, long taken) throws IOException, MalformedHeadException {
        Mark from = line.after(taken).orElseThrow(() -> new IOException("where its stream was cut is not known"));
        RequestHead request = line.request();
        Mount mount = mounts.find(request.path());
        if (mount == null || !rests.containsKey(mount.feed())) {
            throw new IOException("its mount is gone, was off the air or has another format now");
        }
        ByteBuf rest = rest(mount.feed(), from.position())
                .orElseThrow(() -> new IOException("it is further behind than what is kept of the audio"));
        Channel channel = transport.adopt(socket.descriptor(), limits);
        loop.register(channel);
        Client client = entrance.resume(channel, line.acceptedAt());
        client.resumed(request, line.address(), taken);
        route.count(client, line.role(), mount);
        keeping.goesOn(channel);
        mount.feed().readers().resume(client, line, from, rest);
        meters.resumed.increment();
    }

    /** The audio from a position on; the caller's to release. */
    private Optional<ByteBuf> rest(Feed feed, long position) {
        ByteBuf all = rests.get(feed);
        long behind = feed.ring().head() - position;
        return behind < 0 || behind > all.readableBytes()
                ? Optional.empty()
                : Optional.of(all.retainedSlice((int) (all.readableBytes() - behind), (int) behind));
    }
}
