package org.relaysupervisor.http;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** One request and its answer, then the connection closes. On the event loop but for the handler's work. */
// The futures of writes and closes: when they fail the connection is gone, and that is all there is to do.
@SuppressWarnings("FutureReturnValueIgnored")
final class HttpExchange extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = System.getLogger(HttpExchange.class.getName());

    private final HttpHandler handler;
    private final ExecutorService handlers;
    private final ExecutorService streams;
    private final boolean checkHost;
    private final HttpServer.Limits limits;
    private ScheduledFuture<?> deadline;
    private Future<?> work;
    private boolean asked;
    private boolean answered;
    private boolean headOnly;

    HttpExchange(
            HttpHandler handler,
            ExecutorService handlers,
            ExecutorService streams,
            boolean checkHost,
            HttpServer.Limits limits) {
        this.handler = handler;
        this.handlers = handlers;
        this.streams = streams;
        this.checkHost = checkHost;
        this.limits = limits;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        arm(context, limits.request(), context::close);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        disarm();
        abandonWork();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (asked) {
            return;
        }
        asked = true;
        headOnly = HttpMethod.HEAD.equals(request.method());
        if (request.decoderResult().isFailure()) {
            answer(context, malformed(request.decoderResult().cause()));
        } else if (checkHost && !isTrustedHost(request.headers().get(HttpHeaderNames.HOST))) {
            answer(context, HttpReply.text(421, "this server answers to localhost and to IP addresses only\n"));
        } else {
            submit(context, request);
        }
    }

    private void submit(ChannelHandlerContext context, FullHttpRequest request) {
        HttpCall call;
        try {
            call = call(request);
        } catch (IllegalArgumentException e) {
            answer(context, HttpReply.text(400, "the address is not a valid one\n"));
            return;
        }
        arm(context, limits.handling(), () -> {
            answer(context, HttpReply.text(504, "this took too long and was given up\n"));
            abandonWork();
        });
        try {
            work = handlers.submit(() -> {
                HttpReply reply = reply(call);
                context.executor().execute(() -> answer(context, reply));
            });
        } catch (RejectedExecutionException e) {
            answer(context, HttpReply.text(503, "too many requests at once: try again\n"));
        }
    }

    private HttpReply reply(HttpCall call) {
        try {
            return handler.handle(call);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return HttpReply.text(504, "this was given up\n");
        } catch (Exception e) {
            LOG.log(Level.ERROR, call.method() + " " + call.path() + " failed", e);
            return HttpReply.text(500, e.getMessage() + "\n");
        }
    }

    private static HttpCall call(FullHttpRequest request) {
        QueryStringDecoder address = new QueryStringDecoder(request.uri());
        Map<String, String> parameters = new HashMap<>();
        address.parameters().forEach((name, values) -> parameters.put(name, values.get(0)));
        Map<String, String> headers = new HashMap<>();
        request.headers()
                .forEach(header -> headers.putIfAbsent(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
        byte[] body = ByteBufUtil.getBytes(request.content());
        return new HttpCall(request.method().name(), address.path(), parameters, headers, body);
    }

    /** On the event loop; only the first answer counts. */
    private void answer(ChannelHandlerContext context, HttpReply reply) {
        if (answered) {
            return;
        }
        answered = true;
        if (reply.stream().isPresent() && !headOnly) {
            stream(context, reply, reply.stream().get());
        } else {
            whole(context, reply);
        }
    }

    private void whole(ChannelHandlerContext context, HttpReply reply) {
        HttpResponseStatus status = HttpResponseStatus.valueOf(reply.status());
        byte[] body = headOnly ? new byte[0] : reply.body();
        HttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
        fill(response, reply).set(HttpHeaderNames.CONTENT_LENGTH, reply.body().length);
        arm(context, limits.reading(), context::close);
        context.writeAndFlush(response).addListener(written -> context.close());
    }

    /** Its deadline is armed anew whenever something was written. */
    private void stream(ChannelHandlerContext context, HttpReply reply, HttpReply.Stream stream) {
        if (!context.channel().isActive()) {
            return;
        }
        Runnable giveUp = () -> {
            abandonWork();
            context.close();
        };
        StreamedBody body =
                new StreamedBody(context.channel(), limits.reading(), () -> arm(context, limits.silence(), giveUp));
        try {
            work = streams.submit(() -> body.run(stream));
        } catch (RejectedExecutionException e) {
            whole(context, HttpReply.text(503, HttpServer.STREAMS + " of these run already: try again later\n"));
            return;
        }
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(reply.status()));
        fill(head, reply)
                .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED)
                .set(HttpHeaderNames.TRAILER, HttpServer.OUTCOME + ", " + HttpServer.ERROR);
        arm(context, limits.silence(), giveUp);
        // The body's first chunk is written by a task that comes after this one.
        context.writeAndFlush(head);
    }

    private static HttpHeaders fill(HttpResponse response, HttpReply reply) {
        HttpHeaders headers = response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, reply.contentType())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
        reply.headers().forEach(headers::set);
        return headers;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        if (!(failure instanceof IOException)) {
            LOG.log(Level.WARNING, "a connection failed", failure);
        }
        context.close();
    }

    private static HttpReply malformed(Throwable failure) {
        if (failure instanceof TooLongHttpLineException) {
            return HttpReply.text(414, "the address is too long\n");
        }
        if (failure instanceof TooLongHttpHeaderException) {
            return HttpReply.text(431, "the headers are too long\n");
        }
        return HttpReply.text(400, "this is not an HTTP request\n");
    }

    /** An address can't be rebound; of names, only one that never leaves this machine is trusted. */
    private static boolean isTrustedHost(String header) {
        if (header == null) {
            return false;
        }
        String host = header.strip().toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) {
            int end = host.indexOf(']');
            return end > 0 && NetUtil.isValidIpV6Address(host.substring(1, end));
        }
        int colon = host.indexOf(':');
        String name = colon < 0 ? host : host.substring(0, colon);
        return name.equals("localhost") || NetUtil.isValidIpV4Address(name);
    }

    private void arm(ChannelHandlerContext context, Duration delay, Runnable action) {
        disarm();
        deadline = context.executor().schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void disarm() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    private void abandonWork() {
        if (work != null) {
            work.cancel(true);
        }
    }
}
