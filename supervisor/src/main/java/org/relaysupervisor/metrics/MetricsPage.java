package org.relaysupervisor.metrics;

import java.nio.charset.StandardCharsets;
import org.relaysupervisor.http.HttpCall;
import org.relaysupervisor.http.HttpHandler;
import org.relaysupervisor.http.HttpReply;

/** {@code /metrics}. Safe from any thread. */
public final class MetricsPage implements HttpHandler {
    private final Metrics metrics;

    public MetricsPage(Metrics metrics) {
        this.metrics = metrics;
    }

    /** A HEAD is answered like a GET: leaving the body out is the server's part. */
    @Override
    public HttpReply handle(HttpCall call) {
        if (!call.method().equals("GET") && !call.method().equals("HEAD")) {
            return HttpReply.text(405, "only GET and HEAD are served here\n").withHeader("Allow", "GET, HEAD");
        }
        return call.path().equals("/metrics")
                ? figures(call)
                : HttpReply.text(404, "there are only the station's page at / and /metrics here\n");
    }

    private HttpReply figures(HttpCall call) {
        Exposition format = Exposition.accepted(call.header("accept").orElse(""));
        byte[] body = metrics.scrape(format).getBytes(StandardCharsets.UTF_8);
        return new HttpReply(200, format.contentType(), body);
    }
}
