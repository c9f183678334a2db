package org.relaysupervisor.proxy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.OptionalInt;
import java.util.function.Function;
import org.relaysupervisor.process.DescriptorStore;

/**
 * A port that may be closed and opened again, and that the service manager keeps open over the daemon's end: who connects while there is no
 * daemon waits for the next one. One thread at a time, and not the network's.
 */
final class Port {
    private final Function<OptionalInt, ServerBootstrap> server;
    private final String section;
    private final DescriptorStore store;
    private InetSocketAddress address;
    private volatile Channel channel;

    /**
     * @param server what accepts, on a socket that listens already or else on a new one
     * @param section of the configuration, for messages; the name that it is kept by as well
     */
    Port(
            Function<OptionalInt, ServerBootstrap> server,
            String section,
            InetSocketAddress address,
            DescriptorStore store) {
        this.server = server;
        this.section = section;
        this.address = address;
        this.store = store;
    }

    /** Has no effect when it is open. */
    void open() throws IOException {
        if (channel != null && channel.isOpen()) {
            return;
        }
        OptionalInt inherited = store.takeListening(section, address);
        channel = inherited.isPresent()
                ? opened(server.apply(inherited).register(), section, address)
                : bind(server.apply(OptionalInt.empty()), section, address);
        address = (InetSocketAddress) channel.localAddress();
        if (inherited.isEmpty()) {
            Transport.descriptor(channel).ifPresent(descriptor -> store.keep(section, descriptor));
        }
    }

    /** Who connects is refused from now on, once the service manager has closed it as well. */
    void close() throws IOException {
        channel.close().awaitUninterruptibly();
        if (store.isOffered() && !store.forget(section)) {
            throw new IOException("the service manager does not listen, and keeps " + section + ".port "
                    + address.getPort() + " open; try again");
        }
    }

    /** Any thread. */
    int number() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** A port that nobody keeps. */
    static Channel bind(ServerBootstrap server, String section, InetSocketAddress at) throws IOException {
        return opened(server.bind(at), section, at);
    }

    private static Channel opened(ChannelFuture opening, String section, InetSocketAddress at) throws IOException {
        if (opening.awaitUninterruptibly().isSuccess()) {
            return opening.channel();
        }
        String host = at.getAddress().getHostAddress();
        String reason = String.valueOf(opening.cause().getMessage());
        if (reason.contains("Address already in use")) {
            throw new IOException(
                    "%s.port %d on %s is taken by another program".formatted(section, at.getPort(), host),
                    opening.cause());
        }
        if (reason.contains("Cannot assign requested address")) {
            throw new IOException(
                    "%s.bind %s is not an address of this machine".formatted(section, host), opening.cause());
        }
        if (reason.contains("Permission denied")) {
            throw new IOException(
                    "%s.port %d needs a privilege that the daemon doesn't have; take one above 1023"
                            .formatted(section, at.getPort()),
                    opening.cause());
        }
        throw new IOException(
                "%s.port %d on %s cannot be opened: %s".formatted(section, at.getPort(), host, reason),
                opening.cause());
    }
}
