package org.relaysupervisor.heartbeat;

import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** A GET request whose answer must be a 2xx status; what else it says is not looked at. One thread at a time. */
public final class WebPing implements Heartbeat.Ping {
    private static final Duration DEADLINE = Duration.ofSeconds(8);

    private final Executor threads;
    private final Duration deadline;
    private HttpClient client;

    /** @param threads of the client */
    public WebPing(Executor threads) {
        this(threads, DEADLINE);
    }

    WebPing(Executor threads, Duration deadline) {
        this.threads = threads;
        this.deadline = deadline;
    }

    @Override
    public Optional<String> ask(URI address) {
        HttpRequest request = HttpRequest.newBuilder(address)
                .header("User-Agent", "relay-supervisor")
                .timeout(deadline)
                .build();
        CompletableFuture<HttpResponse<Void>> exchange = client().sendAsync(request, BodyHandlers.discarding());
        try {
            int status =
                    exchange.get(deadline.toMillis(), TimeUnit.MILLISECONDS).statusCode();
            return status / 100 == 2 ? Optional.empty() : Optional.of("the server answers with HTTP status " + status);
        } catch (TimeoutException e) {
            return Optional.of(late());
        } catch (ExecutionException e) {
            return Optional.of(explained(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("it was interrupted");
        } finally {
            exchange.cancel(true);
        }
    }

    /** Made when it is first needed: a station without a heartbeat does not pay for it. */
    private HttpClient client() {
        if (client == null) {
            client = HttpClient.newBuilder()
                    .executor(threads)
                    .version(Version.HTTP_1_1)
                    .connectTimeout(deadline)
                    .followRedirects(Redirect.NORMAL)
                    .build();
        }
        return client;
    }

    private String late() {
        return "there is no answer within " + deadline.toSeconds() + " s";
    }

    /** By the kind of failure alone: messages of the network may hold the whole address. */
    private String explained(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
                return "its host can't be found";
            }
            if (cause instanceof HttpTimeoutException) {
                return late();
            }
            if (cause instanceof SSLException) {
                return "its host has no certificate that is trusted here, or speaks no TLS";
            }
        }
        return failure instanceof ConnectException
                ? "its host refuses the connection"
                : "the connection broke (" + failure.getClass().getSimpleName() + ")";
    }
}
