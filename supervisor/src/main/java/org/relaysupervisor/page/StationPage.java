package org.relaysupervisor.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.relaysupervisor.http.HttpCall;
import org.relaysupervisor.http.HttpHandler;
import org.relaysupervisor.http.HttpReply;
import org.relaysupervisor.status.RelaySnapshot;

/**
 * The daemon's own page at {@code /}, for those who would rather look than read. It can only be read, names no secret, and is given to
 * none but loopback's own names, so that no web page elsewhere can reach it under a name of its own. Safe from any thread.
 */
public final class StationPage implements HttpHandler {
    private static final Pattern LOOPBACK =
            Pattern.compile("(?:127\\.0\\.0\\.1|localhost|\\[::1])(?::\\d{1,5})?", Pattern.CASE_INSENSITIVE);

    /** Whatever the page shows comes from where it comes from; nothing of it may run, be framed, be kept or be guessed at. */
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
                    + " form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "X-Frame-Options",
            "DENY",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            "Permissions-Policy",
            "camera=(), microphone=(), geolocation=()",
            "Cache-Control",
            "no-store");

    private static final Map<String, File> FILES = Map.of(
            "/", new File("page.html", "text/html; charset=utf-8"),
            "/page.css", new File("page.css", "text/css; charset=utf-8"),
            "/page.js", new File("page.js", "text/javascript; charset=utf-8"),
            "/page.svg", new File("page.svg", "image/svg+xml"));

    private static final Set<String> FIGURES = Set.of("/page.json", "/events.json", "/history.json");

    private final Supplier<RelaySnapshot> status;
    private final History history;
    private final HttpHandler others;

    /** A resource beside this class. */
    private record File(String name, String contentType) {
        HttpReply reply() {
            try (InputStream content = StationPage.class.getResourceAsStream(name)) {
                if (content == null) {
                    throw new IllegalStateException("the program's own file " + name + " is missing from its jar");
                }
                return new HttpReply(200, contentType, content.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException("the program's own file " + name + " can't be read", e);
            }
        }
    }

    /**
     * @param status makes a fresh snapshot at each call, without waiting for the control loop
     * @param others answers what is not the page's
     */
    public StationPage(Supplier<RelaySnapshot> status, History history, HttpHandler others) {
        this.status = status;
        this.history = history;
        this.others = others;
    }

    /** A HEAD is answered like a GET: leaving the body out is the server's part. */
    @Override
    public HttpReply handle(HttpCall call) throws Exception {
        String path = call.path();
        if (!FILES.containsKey(path) && !FIGURES.contains(path)) {
            return others.handle(call);
        }
        HttpReply reply = answer(call);
        for (Map.Entry<String, String> header : HEADERS.entrySet()) {
            reply = reply.withHeader(header.getKey(), header.getValue());
        }
        return reply;
    }

    private HttpReply answer(HttpCall call) throws IOException {
        if (!call.header("host").filter(StationPage::isLoopback).isPresent()) {
            return HttpReply.text(421, "this page is at http://127.0.0.1 and http://localhost only\n");
        }
        if (!call.method().equals("GET") && !call.method().equals("HEAD")) {
            return HttpReply.text(405, "only GET and HEAD are served here\n").withHeader("Allow", "GET, HEAD");
        }
        return switch (call.path()) {
            case "/page.json" -> HttpReply.json(200, PageJson.now(status.get(), history));
            case "/events.json" -> HttpReply.json(200, PageJson.events(history.happenings()));
            case "/history.json" -> HttpReply.json(200, PageJson.history(history.figures()));
            default -> FILES.get(call.path()).reply();
        };
    }

    private static boolean isLoopback(String host) {
        return LOOPBACK.matcher(host.strip()).matches();
    }
}
