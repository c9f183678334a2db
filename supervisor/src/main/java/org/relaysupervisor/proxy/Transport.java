package org.relaysupervisor.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.UnixChannel;
import java.time.Duration;
import java.util.OptionalInt;

/** Which of Netty's two ways to the kernel is used, and what the kernel is told about our sockets. */
record Transport(
        boolean epoll,
        IoHandlerFactory events,
        Class<? extends ServerSocketChannel> serverType,
        Class<? extends SocketChannel> clientType) {

    private static final int BACKLOG = 1024;
    private static final int LARGEST_READ = 16 * 1024;
    /** Above {@link ProxyLimits#listenerStall}, so that we, who count, notice first. */
    private static final Duration UNACKNOWLEDGED = Duration.ofSeconds(45);

    /** One arena of chunks of 512 KiB: there is one thread, and the standard sizes are made for servers with many. */
    private static final ByteBufAllocator ALLOCATOR = new PooledByteBufAllocator(true, 0, 1, 8192, 6, 64, 32, false);

    static Transport best() {
        return Epoll.isAvailable()
                ? new Transport(
                        true, EpollIoHandler.newFactory(), EpollServerSocketChannel.class, EpollSocketChannel.class)
                : nio();
    }

    static Transport nio() {
        return new Transport(false, NioIoHandler.newFactory(), NioServerSocketChannel.class, NioSocketChannel.class);
    }

    /**
     * For a port of ours; the caller adds what handles the connections.
     *
     * @param listening a socket that listens already, of an epoll transport; then it is to be registered instead of bound
     */
    ServerBootstrap server(EventLoopGroup group, ProxyLimits limits, OptionalInt listening) {
        ServerBootstrap server = new ServerBootstrap();
        if (listening.isPresent()) {
            server.channelFactory(() -> new EpollServerSocketChannel(listening.getAsInt()));
        } else {
            server.channel(serverType);
        }
        server.group(group)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, ALLOCATOR)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, reads())
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark(limits))
                .childOption(ChannelOption.SO_SNDBUF, limits.kernelBufferBytes())
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.TCP_NODELAY, true);
        if (epoll) {
            // A peer whose machine vanished would otherwise be held for a quarter of an hour.
            server.childOption(EpollChannelOption.TCP_USER_TIMEOUT, (int) UNACKNOWLEDGED.toMillis())
                    .childOption(EpollChannelOption.TCP_KEEPIDLE, 60)
                    .childOption(EpollChannelOption.TCP_KEEPINTVL, 15)
                    .childOption(EpollChannelOption.TCP_KEEPCNT, 4);
        }
        return server;
    }

    /** A connection that was accepted, and given its options, by an earlier daemon; not registered yet, and not read. */
    Channel adopt(int descriptor, ProxyLimits limits) {
        Channel channel = new EpollSocketChannel(descriptor);
        channel.config()
                .setAutoRead(false)
                .setAllocator(ALLOCATOR)
                .setRecvByteBufAllocator(reads())
                .setWriteBufferWaterMark(waterMark(limits));
        return channel;
    }

    /** For connections to Icecast, which are not read until someone says so. */
    Bootstrap client(EventLoopGroup group, ProxyLimits limits) {
        return new Bootstrap()
                .group(group)
                .channel(clientType)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        limits.upstreamConnect().toMillis())
                .option(ChannelOption.ALLOCATOR, ALLOCATOR)
                .option(ChannelOption.RECVBUF_ALLOCATOR, reads())
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark(limits))
                .option(ChannelOption.SO_SNDBUF, limits.kernelBufferBytes())
                .option(ChannelOption.SO_RCVBUF, limits.kernelBufferBytes())
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRegistered(ChannelHandlerContext ctx) {
                        // The bootstrap wants a handler; the tunnel adds the one that matters.
                        ctx.pipeline().remove(this);
                    }

                    @Override
                    public boolean isSharable() {
                        return true;
                    }
                });
    }

    /**
     * For a child of ours, which is given as much as it takes, slice by slice. It is writable when it has taken all, and the kernel
     * waits for it as long as it stays: it is on this machine, and can't vanish.
     */
    static void giveSlices(Channel channel) {
        ChannelConfig config = channel.config();
        config.setWriteBufferWaterMark(new WriteBufferWaterMark(1, 1));
        config.setOption(EpollChannelOption.TCP_USER_TIMEOUT, 0);
    }

    /** The same for one that is to have the newest and nothing else. */
    static void keepLittle(Channel channel, int kernelBytes) {
        giveSlices(channel);
        channel.config().setOption(ChannelOption.SO_SNDBUF, kernelBytes);
    }

    /** Of a channel of an epoll transport; empty of any other. */
    static OptionalInt descriptor(Channel channel) {
        return channel instanceof UnixChannel unix ? OptionalInt.of(unix.fd().intValue()) : OptionalInt.empty();
    }

    private static AdaptiveRecvByteBufAllocator reads() {
        return new AdaptiveRecvByteBufAllocator(512, 2048, LARGEST_READ);
    }

    private static WriteBufferWaterMark waterMark(ProxyLimits limits) {
        return new WriteBufferWaterMark(limits.writeBufferBytes() / 2, limits.writeBufferBytes());
    }
}
