package org.relaysupervisor.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Somebody else's web server, on a free port of this machine: it answers what it was told to. */
public final class LocalWebServer implements AutoCloseable {
    private static final Answer NOTHING_HERE = new Answer(404, new byte[0]);

    private final HttpServer server;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();

    private record Answer(int status, byte[] body) {}

    public LocalWebServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.createContext("/", this::serve);
        server.start();
    }

    private void serve(HttpExchange exchange) throws IOException {
        Answer answer = answers.getOrDefault(exchange.getRequestURI().getPath(), NOTHING_HERE);
        exchange.sendResponseHeaders(answer.status(), answer.body().length == 0 ? -1 : answer.body().length);
        exchange.getResponseBody().write(answer.body());
        exchange.close();
    }

    /** From now on so at this path; an empty text is an answer without a body. */
    public URI answer(String path, int status, String text) {
        answers.put(path, new Answer(status, text.getBytes(StandardCharsets.UTF_8)));
        return address().resolve(path);
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
