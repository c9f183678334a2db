package org.relaysupervisor.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A small HTTP/1.1 server for a few trusted but clumsy clients: the control socket and the metrics port. One request a connection;
 * everything about a client is bounded: its head, its body, its time, how many there are, and how many are being answered.
 *
 * <p>A {@linkplain HttpReply#stream streamed} answer comes in chunks and ends with a trailer {@value #OUTCOME}: {@value #DONE}, or {@value #FAILED} and
 * then {@value #ERROR} with a message, in which what isn't printable ASCII, {@code %} and {@code +} are percent-encoded UTF-8. One without this trailer was
 * cut off.
 */
public final class HttpServer implements AutoCloseable {
    /** In bytes: the request line, and all headers together. */
    static final int MAX_LINE = 4 * 1024;

    static final int MAX_HEAD = 8 * 1024;
    static final int MAX_BODY = 64 * 1024;
    static final int MAX_CONNECTIONS = 32;

    /** Requests answered at once. A command may block for a minute, and two of them must not keep a status waiting. */
    static final int HANDLER_THREADS = 4;

    static final int QUEUE = 16;

    /** Streamed answers at once; one too many is refused. They take minutes, and so have threads of their own. */
    static final int STREAMS = 2;

    public static final String OUTCOME = "X-Outcome";
    public static final String DONE = "done";
    public static final String FAILED = "failed";
    public static final String ERROR = "X-Error";

    /**
     * How long a client, a handler, and again the client, may take.
     *
     * @param reading of a streamed answer: how long it may take none of it
     * @param silence how long what streams an answer may write nothing of it
     */
    record Limits(Duration request, Duration handling, Duration reading, Duration silence) {
        static final Limits USUAL = new Limits(
                Duration.ofSeconds(15), Duration.ofSeconds(60), Duration.ofSeconds(15), Duration.ofMinutes(30));
    }

    private final MultiThreadIoEventLoopGroup group;
    private final ThreadPoolExecutor handlers;
    private final ThreadPoolExecutor streams;
    private final Channel channel;
    private final Optional<UnixSocket> unixSocket;

    private HttpServer(Builder builder, SocketAddress address, Optional<UnixSocket> unixSocket) throws IOException {
        group = builder.group();
        handlers = builder.handlers();
        streams = builder.streams();
        this.unixSocket = unixSocket;
        ServerBootstrap bootstrap = builder.bootstrap(group, handlers, streams);
        ChannelFuture bound = builder.listening().isPresent() ? bootstrap.register() : bootstrap.bind(address);
        bound.awaitUninterruptibly();
        if (!bound.isSuccess()) {
            stopThreads();
            throw bound.cause() instanceof IOException failure ? failure : new IOException(bound.cause());
        }
        channel = bound.channel();
    }

    /**
     * Serves on TCP. On a loopback address, a request whose Host is a name other than {@code localhost} is refused: a web page in
     * a browser on this machine could otherwise reach us under a name of its own that resolves to loopback.
     *
     * @param name begins the names of its threads
     * @param address port 0 takes a free one
     * @throws IOException when the port is taken or not permitted, with a message for the operator
     */
    public static HttpServer open(String name, InetSocketAddress address, HttpHandler handler) throws IOException {
        return open(name, address, OptionalInt.empty(), handler);
    }

    /**
     * The same on a socket that listens at the address already, if there is one.
     *
     * @param listening its descriptor, ours from now on; only where {@link #canTakeOver}
     */
    public static HttpServer open(String name, InetSocketAddress address, OptionalInt listening, HttpHandler handler)
            throws IOException {
        return open(name, address, listening, handler, Limits.USUAL);
    }

    static HttpServer open(
            String name, InetSocketAddress address, OptionalInt listening, HttpHandler handler, Limits limits)
            throws IOException {
        boolean checkHost = address.getAddress() != null && address.getAddress().isLoopbackAddress();
        try {
            return new HttpServer(
                    new Builder(name, false, listening, checkHost, handler, limits), address, Optional.empty());
        } catch (IOException e) {
            throw new IOException(explain(address, e), e);
        }
    }

    /**
     * Serves on a Unix socket that only its owner and group may use, from the first moment it exists. A socket that nobody answers
     * on any more is replaced. Removed when closed.
     *
     * @param group who may use it besides the owner; empty leaves the process's own group
     * @throws IOException when another program answers there, or it can't be made, with a message for the operator
     */
    public static HttpServer openUnix(String name, Path socket, Optional<String> group, HttpHandler handler)
            throws IOException {
        return openUnix(name, socket, group, handler, Limits.USUAL);
    }

    static HttpServer openUnix(String name, Path socket, Optional<String> group, HttpHandler handler, Limits limits)
            throws IOException {
        UnixSocket place = UnixSocket.prepare(socket, group);
        try {
            Path bindPath = place.bindPath();
            SocketAddress address = Epoll.isAvailable()
                    ? new DomainSocketAddress(bindPath.toFile())
                    : UnixDomainSocketAddress.of(bindPath);
            Builder builder = new Builder(name, true, OptionalInt.empty(), false, handler, limits);
            HttpServer server = new HttpServer(builder, address, Optional.of(place));
            try {
                place.publish();
            } catch (IOException e) {
                server.close();
                throw e;
            }
            return server;
        } finally {
            place.cleanUp();
        }
    }

    /** Whether a socket can be taken over, and the server's be passed on: not by every way to the kernel. */
    public static boolean canTakeOver() {
        return Epoll.isAvailable();
    }

    /** Of the socket that it listens on; empty unless {@link #canTakeOver}. */
    public OptionalInt descriptor() {
        return channel instanceof UnixChannel unix ? OptionalInt.of(unix.fd().intValue()) : OptionalInt.empty();
    }

    /** The port it listens on; of a Unix socket 0. */
    public int port() {
        return channel.localAddress() instanceof InetSocketAddress address ? address.getPort() : 0;
    }

    /** Stops listening, cuts what is open, and waits for its threads for at most two seconds. */
    @Override
    public void close() {
        unixSocket.ifPresent(UnixSocket::remove);
        channel.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
        stopThreads();
    }

    private void stopThreads() {
        handlers.shutdownNow();
        streams.shutdownNow();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
    }

    private static String explain(InetSocketAddress address, IOException failure) {
        String host = address.getHostString();
        String reason = String.valueOf(failure.getMessage());
        if (reason.contains("in use")) {
            return "port " + address.getPort() + " on " + host + " is taken by another program";
        }
        if (failure instanceof BindException || reason.contains("assign")) {
            return "cannot listen on port " + address.getPort() + " of " + host + ": " + reason;
        }
        return "cannot listen on " + host + ":" + address.getPort() + ": " + reason;
    }

    /** Netty's own leaves a client of a too large body connected. */
    private static final class BoundedBody extends HttpObjectAggregator {
        BoundedBody() {
            super(MAX_BODY, true);
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // whether it arrives or not, the connection closes
        protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
            DefaultFullHttpResponse refusal = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, Unpooled.EMPTY_BUFFER);
            refusal.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0).set(HttpHeaderNames.CONNECTION, "close");
            context.writeAndFlush(refusal).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private record Builder(
            String name, boolean unix, OptionalInt listening, boolean checkHost, HttpHandler handler, Limits limits) {
        MultiThreadIoEventLoopGroup group() {
            IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
            return new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name + "-io", true), io);
        }

        ThreadPoolExecutor handlers() {
            ThreadPoolExecutor pool = new ThreadPoolExecutor(
                    HANDLER_THREADS,
                    HANDLER_THREADS,
                    10,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(QUEUE),
                    new DefaultThreadFactory(name, true));
            pool.allowCoreThreadTimeOut(true);
            return pool;
        }

        ThreadPoolExecutor streams() {
            return new ThreadPoolExecutor(
                    0,
                    STREAMS,
                    10,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    new DefaultThreadFactory(name + "-stream", true));
        }

        @SuppressWarnings("FutureReturnValueIgnored") // of the close of a connection too many
        ServerBootstrap bootstrap(
                MultiThreadIoEventLoopGroup group, ThreadPoolExecutor handlers, ThreadPoolExecutor streams) {
            AtomicInteger connections = new AtomicInteger();
            return new ServerBootstrap()
                    .group(group)
                    .channelFactory(this::channel)
                    .childHandler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel client) {
                            client.closeFuture().addListener(closed -> connections.decrementAndGet());
                            if (connections.incrementAndGet() > MAX_CONNECTIONS) {
                                client.close();
                                return;
                            }
                            HttpDecoderConfig bounds = new HttpDecoderConfig()
                                    .setMaxInitialLineLength(MAX_LINE)
                                    .setMaxHeaderSize(MAX_HEAD);
                            client.pipeline()
                                    .addLast(new HttpServerCodec(bounds))
                                    .addLast(new BoundedBody())
                                    .addLast(new HttpExchange(handler, handlers, streams, checkHost, limits));
                        }
                    });
        }

        private ServerChannel channel() {
            if (listening.isPresent()) {
                return new EpollServerSocketChannel(listening.getAsInt());
            }
            if (Epoll.isAvailable()) {
                return unix ? new EpollServerDomainSocketChannel() : new EpollServerSocketChannel();
            }
            return unix ? new NioServerDomainSocketChannel() : new NioServerSocketChannel();
        }
    }
}
