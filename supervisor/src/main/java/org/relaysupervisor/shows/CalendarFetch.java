package org.relaysupervisor.shows;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLException;

/** Gets the text of a calendar. Every call comes on the worker, and none of them waits for the network. */
final class CalendarFetch {
    static final int LARGEST = 1 << 20;

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final String TOO_LARGE = "it is larger than 1 MiB; remove old events, or export a shorter time";

    private final Executor worker;
    private HttpClient client;

    CalendarFetch(Executor worker) {
        this.worker = worker;
    }

    /**
     * @param copy what is there now: the last one at another time when the server says that nothing changed
     * @param exchange with the server; cancelling it ends the connection
     */
    record Download(CompletableFuture<CalendarCopy> copy, CompletableFuture<?> exchange) {
        Download(CompletableFuture<CalendarCopy> read) {
            this(read, read);
        }
    }

    /** @param last what was read from there before */
    Download fetch(CalendarPlace place, Optional<CalendarCopy> last, Instant now) {
        if (place instanceof CalendarPlace.File file) {
            try {
                byte[] bytes = bytes(file.path());
                return new Download(CompletableFuture.completedFuture(
                        new CalendarCopy(place.fingerprint(), now, "", "", decoded(bytes))));
            } catch (UnreadableCalendarException e) {
                return new Download(CompletableFuture.failedFuture(e));
            }
        }
        return download(((CalendarPlace.Address) place).url(), place.fingerprint(), last, now);
    }

    private static byte[] bytes(Path file) throws UnreadableCalendarException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new UnreadableCalendarException("it is not a file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(LARGEST + 1);
        } catch (NoSuchFileException e) {
            throw new UnreadableCalendarException("there is no such file");
        } catch (AccessDeniedException e) {
            throw new UnreadableCalendarException("the user " + System.getProperty("user.name") + " may not read it");
        } catch (IOException e) {
            throw new UnreadableCalendarException(
                    "it can't be read: " + e.getClass().getSimpleName());
        }
    }

    private Download download(URI url, String fingerprint, Optional<CalendarCopy> last, Instant now) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .header("Accept", "text/calendar, */*;q=0.1")
                .header("User-Agent", "relay-supervisor");
        last.map(CalendarCopy::etag)
                .filter(etag -> !etag.isEmpty())
                .ifPresent(etag -> request.header("If-None-Match", etag));
        last.map(CalendarCopy::modified)
                .filter(modified -> !modified.isEmpty())
                .ifPresent(modified -> request.header("If-Modified-Since", modified));
        CompletableFuture<HttpResponse<byte[]>> exchange =
                client().sendAsync(request.build(), head -> new LimitedBody(LARGEST));
        CompletableFuture<CalendarCopy> copy = exchange.handleAsync(
                (response, failure) -> {
                    try {
                        return copy(response, failure, fingerprint, last, now);
                    } catch (UnreadableCalendarException e) {
                        throw new CompletionException(e);
                    }
                },
                worker);
        return new Download(copy, exchange);
    }

    /** Made when the first address is read: a station without one does not pay for it. */
    private HttpClient client() {
        if (client == null) {
            client = HttpClient.newBuilder()
                    .executor(worker)
                    .version(Version.HTTP_1_1)
                    .connectTimeout(CONNECT)
                    .followRedirects(Redirect.NORMAL)
                    .build();
        }
        return client;
    }

    private static CalendarCopy copy(
            HttpResponse<byte[]> response,
            Throwable failure,
            String fingerprint,
            Optional<CalendarCopy> last,
            Instant now)
            throws UnreadableCalendarException {
        if (failure != null) {
            throw new UnreadableCalendarException(
                    explained(failure instanceof CompletionException ? failure.getCause() : failure));
        }
        if (response.statusCode() == 304 && last.isPresent()) {
            return last.get().readAgainAt(now);
        }
        if (response.statusCode() != 200) {
            throw new UnreadableCalendarException(explained(response.statusCode()));
        }
        HttpHeaders headers = response.headers();
        return new CalendarCopy(
                fingerprint,
                now,
                CalendarCopy.oneLine(headers.firstValue("ETag")),
                CalendarCopy.oneLine(headers.firstValue("Last-Modified")),
                decoded(response.body()));
    }

    private static String decoded(byte[] bytes) throws UnreadableCalendarException {
        if (bytes.length > LARGEST) {
            throw new UnreadableCalendarException(TOO_LARGE);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new UnreadableCalendarException("it is not text in UTF-8, as an iCalendar file is");
        }
    }

    private static String explained(int status) {
        String said = "the server answers with HTTP status " + status;
        if (status / 100 == 3) {
            return said + ": it redirects too often, or from https:// to http://";
        }
        return said
                + switch (status) {
                    case 401, 403 -> ": the address is not, or no longer, open to whoever has it";
                    case 404, 410 -> ": there is no calendar at this address, or no longer";
                    default -> "";
                };
    }

    /** By the kind of failure alone: messages of the network may hold the whole address. */
    private static String explained(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
                return "its host can't be found; is there a network, and is the name right?";
            }
            if (cause instanceof HttpConnectTimeoutException) {
                return "its host does not answer within " + CONNECT.toSeconds() + " s";
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
