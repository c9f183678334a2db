package org.relaysupervisor.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Makes the connections to a primary. Its name is looked up each time, since it may have moved, and not on the event loop: a name
 * server may take half a minute not to answer.
 */
@SuppressWarnings("FutureReturnValueIgnored") // whoever dials looks at the promise
final class PrimaryDialler implements PrimaryLink.Dialler {
    private final Bootstrap connector;
    private final Executor lookUps;
    private final EventExecutor loop;

    /** @param connector makes channels that don't read by themselves */
    PrimaryDialler(Bootstrap connector, Executor lookUps, EventExecutor loop) {
        this.connector = connector;
        this.lookUps = lookUps;
        this.loop = loop;
    }

    @Override
    public Future<Channel> dial(Primary primary) {
        Promise<Channel> promise = loop.newPromise();
        try {
            CompletableFuture.supplyAsync(() -> address(primary.host()), lookUps)
                    .whenCompleteAsync((address, failure) -> found(address, primary.port(), promise), loop);
        } catch (RejectedExecutionException e) {
            promise.setFailure(
                    new UnknownHostException("an earlier question to the name server has not been answered"));
        }
        return promise;
    }

    private static InetAddress address(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param address null when nobody knows it */
    private void found(InetAddress address, int port, Promise<Channel> promise) {
        if (address == null) {
            promise.tryFailure(new UnknownHostException("nobody knows its address"));
            return;
        }
        ChannelFuture connecting = connector.connect(new InetSocketAddress(address, port));
        connecting.addListener(unused -> {
            if (!connecting.isSuccess()) {
                promise.tryFailure(connecting.cause());
            } else if (!promise.trySuccess(connecting.channel())) {
                connecting.channel().close();
            }
        });
    }
}
