package org.relaysupervisor.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.proxy.ProxySnapshot.Route;

/** What happens to each accepted connection of a route, before and after the route has it. */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class Entrance extends ChannelInitializer<Channel> {
    private final Route route;
    private final RequestHandler handler;
    private final PendingConnections pending;
    private final Meters meters;
    private final ProxyLimits limits;
    private final Clock clock;
    private final Consumer<Client> departed;

    /** @param departed is told of each client whose connection has closed */
    Entrance(
            Route route,
            RequestHandler handler,
            PendingConnections pending,
            Meters meters,
            ProxyLimits limits,
            Clock clock,
            Consumer<Client> departed) {
        this.route = route;
        this.handler = handler;
        this.pending = pending;
        this.meters = meters;
        this.limits = limits;
        this.clock = clock;
        this.departed = departed;
    }

    @Override
    protected void initChannel(Channel channel) {
        meters.accepted(route);
        InetAddress peer = channel.remoteAddress() instanceof InetSocketAddress address
                ? address.getAddress()
                : InetAddress.getLoopbackAddress();
        Client client = new Client(channel, peer, clock.now(), clock.nanoTime(), meters, limits);
        watch(client);
        channel.pipeline().addLast(new HeadReader(client, handler, limits)).addLast(new LastResort());
        pending.add(client);
    }

    /** One that an earlier daemon has accepted, and its route has answered. */
    Client resume(Channel channel, Instant acceptedAt) {
        InetAddress peer = ((InetSocketAddress) channel.remoteAddress()).getAddress();
        Duration ago = Duration.between(acceptedAt, clock.now());
        Client client = new Client(channel, peer, acceptedAt, clock.nanoTime() - ago.toNanos(), meters, limits);
        watch(client);
        channel.pipeline().addLast(new LastResort());
        return client;
    }

    private void watch(Client client) {
        meters.open.incrementAndGet();
        client.channel().closeFuture().addListener(closed -> {
            meters.open.decrementAndGet();
            pending.remove(client);
            departed.accept(client);
        });
    }

    /** Where an error ends that no other handler took: it costs its own connection only. */
    private final class LastResort extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            meters.failed("on the " + route.label() + " route", cause);
            ctx.close();
        }
    }
}
