package org.relaysupervisor.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.EventExecutor;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.relaysupervisor.process.DescriptorStore;
import org.relaysupervisor.process.TcpSocket;

/**
 * Has the service manager keep what listeners need to go on under the next daemon: their connections, what is known of each, and the audio
 * that they have not had. A manager that does not listen is told later. Lives on the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class Keeping {
    /** Of the connections' names. */
    static final String PREFIX = "listener-";

    private static final long AGAIN_MILLIS = 100;

    /** In place of a descriptor: it is to be forgotten. */
    private static final int FORGET = -1;

    private final DescriptorStore store;
    private final EventExecutor loop;
    private final Meters meters;
    private final Optional<Ledger> ledger;
    /** What the manager has not been told yet. One that is forgotten was kept before, so there are no more than there are lines. */
    private final Map<String, Integer> due = new LinkedHashMap<>();

    private final Set<Channel> connections = new HashSet<>();
    private boolean waiting;
    private boolean handedOver;

    Keeping(DescriptorStore store, EventExecutor loop, Meters meters) {
        this.store = store;
        this.loop = loop;
        this.meters = meters;
        ledger = store.memory("ledger-1", Ledger.BYTES).map(Ledger::new);
    }

    /** Where nothing is kept. */
    static Keeping none(EventExecutor loop, Meters meters) {
        return new Keeping(DescriptorStore.none(), loop, meters);
    }

    Optional<Ledger> ledger() {
        return ledger;
    }

    /** The audio of the mount at a path. */
    Optional<RingCopy> audio(String path) {
        return RingCopy.of(store, path);
    }

    /** The connections that an earlier daemon had kept, by their names. */
    Map<String, Integer> inherited() {
        return store.takeAll(PREFIX);
    }

    /** Keeps a listener's connection; empty where it isn't kept. */
    Optional<Ledger.Line> keep(Client client, Role role) {
        boolean worthIt = role == Role.LISTENER || role == Role.EDGE;
        if (ledger.isEmpty()
                || !worthIt
                || Transport.descriptor(client.channel()).isEmpty()) {
            return Optional.empty();
        }
        Optional<Ledger.Line> line = ledger.get().begin(client, role);
        if (line.isEmpty()) {
            meters.unkept.increment();
            return line;
        }
        goesOn(client.channel());
        tell(line.get().name(), Transport.descriptor(client.channel()).getAsInt());
        return line;
    }

    /** A connection is kept, from now on or already. */
    void goesOn(Channel channel) {
        connections.add(channel);
        channel.pipeline().addFirst(new CloseForAll());
    }

    /** Whether the connection has not ended although ours is closed. */
    boolean isHandedOver(Channel channel) {
        return handedOver && connections.contains(channel);
    }

    /** The connection is closed; unless it was handed over. */
    void end(Ledger.Line line, Channel channel) {
        if (!handedOver) {
            connections.remove(channel);
            forget(line.name());
            line.end();
        }
    }

    void forget(String name) {
        Integer kept = due.remove(name);
        if (kept == null) {
            tell(name, FORGET);
        }
    }

    /** What is kept from now on stays as it is, for the next daemon. */
    void handOver() {
        handedOver = true;
    }

    private void tell(String name, int descriptor) {
        due.put(name, descriptor);
        if (!waiting) {
            tellAll();
        }
    }

    private void tellAll() {
        waiting = false;
        Iterator<Map.Entry<String, Integer>> each = due.entrySet().iterator();
        while (each.hasNext() && !waiting) {
            Map.Entry<String, Integer> next = each.next();
            int descriptor = next.getValue();
            if (descriptor == FORGET ? store.forget(next.getKey()) : store.keep(next.getKey(), descriptor)) {
                each.remove();
            } else {
                waiting = true;
                loop.schedule(this::tellAll, AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    /** The manager has the socket open as well: to close ours would tell the other end nothing until the manager closes its own. */
    private static final class CloseForAll extends ChannelOutboundHandlerAdapter {
        @Override
        public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
            Channel channel = ctx.channel();
            if (channel.isActive()) {
                boolean reset = Integer.valueOf(0).equals(channel.config().getOption(ChannelOption.SO_LINGER));
                if (reset) {
                    Transport.descriptor(channel).ifPresent(descriptor -> new TcpSocket(descriptor).reset());
                } else {
                    ((DuplexChannel) channel).shutdownOutput();
                }
            }
            ctx.close(promise);
        }
    }
}
