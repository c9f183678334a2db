package org.relaysupervisor.admin;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The HTTP interfaces of Prometheus and of Alertmanager, on this machine only. */
final class AlertApis implements DrillWatch {
    /** In place of an address: it is not to be watched. */
    static final String NONE = "none";

    /** For each of three questions, which together must not use up a drill's lease. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final int MOST_BYTES = 4 << 20;
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1\\]");
    /** Each attempt: a notification that is tried again and again counts as failed only when Alertmanager gives it up. */
    private static final Pattern COUNTED = Pattern.compile(
            "(?m)^alertmanager_notification_requests(_failed)?_total\\{[^}]*integration=\"([^\"]+)\"[^}]*\\} (\\S+)");

    /** What every alert has, or what says how bad it is: they don't tell alerts apart. */
    private static final Set<String> COMMON = Set.of("alertname", "severity", "job");

    private final Optional<URI> prometheus;
    private final Optional<URI> alertmanager;
    private final HttpClient client = HttpClient.newBuilder()
            .version(Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .followRedirects(Redirect.NEVER)
            .connectTimeout(PATIENCE)
            .build();

    /** Empty for one that is not to be watched. */
    AlertApis(Optional<URI> prometheus, Optional<URI> alertmanager) {
        this.prometheus = prometheus;
        this.alertmanager = alertmanager;
    }

    /** Whether it is an address such as {@code http://127.0.0.1:9090}: what is elsewhere is never asked. */
    static boolean isOfThisMachine(String text) {
        try {
            URI url = URI.create(text);
            return "http".equals(url.getScheme())
                    && url.getHost() != null
                    && LOOPBACK.matcher(url.getHost()).matches()
                    && url.getRawUserInfo() == null
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** @param text an address of this machine, or {@link #NONE} */
    static Optional<URI> address(String text) {
        return text.equals(NONE) ? Optional.empty() : Optional.of(URI.create(text.replaceAll("/+$", "")));
    }

    @Override
    public String describe() {
        return prometheus.map(url -> "Prometheus at " + url).orElse("no Prometheus") + " and "
                + alertmanager.map(url -> "Alertmanager at " + url).orElse("no Alertmanager");
    }

    /** What is known of one alert from either side. */
    private static final class Joined {
        final Map<?, ?> labels;
        boolean firing;
        boolean told;
        boolean muted;
        final Set<String> receivers = new TreeSet<>();

        Joined(Map<?, ?> labels) {
            this.labels = labels;
        }

        Alert alert() {
            return new Alert(name(labels), firing, told, muted, receivers);
        }
    }

    @Override
    public Look look() throws IOException {
        List<Joined> alerts = new ArrayList<>();
        Optional<Map<String, Sent>> notifications = Optional.empty();
        if (prometheus.isPresent()) {
            prometheus(alerts, prometheus.get());
        }
        if (alertmanager.isPresent()) {
            alertmanager(alerts, alertmanager.get());
            notifications = Optional.of(notifications(get(alertmanager.get(), "/metrics", "--alertmanager")));
        }
        return new Look(alerts.stream().map(Joined::alert).toList(), notifications);
    }

    private void prometheus(List<Joined> alerts, URI at) throws IOException {
        Map<?, ?> answer = object(JSON.std.anyFrom(get(at, "/api/v1/alerts", "--prometheus")));
        for (Object each : list(object(answer.get("data")).get("alerts"))) {
            Map<?, ?> alert = object(each);
            Joined joined = new Joined(object(alert.get("labels")));
            joined.firing = "firing".equals(alert.get("state"));
            alerts.add(joined);
        }
    }

    /** It has Prometheus's alerts with the external labels beside their own. */
    private void alertmanager(List<Joined> alerts, URI at) throws IOException {
        for (Object each : list(JSON.std.anyFrom(get(at, "/api/v2/alerts", "--alertmanager")))) {
            Map<?, ?> alert = object(each);
            Map<?, ?> labels = object(alert.get("labels"));
            Optional<Joined> known = alerts.stream()
                    .filter(of -> labels.entrySet().containsAll(of.labels.entrySet()))
                    .findFirst();
            Joined joined = known.orElseGet(() -> new Joined(labels));
            if (known.isEmpty()) {
                alerts.add(joined);
            }
            boolean muted = "suppressed".equals(object(alert.get("status")).get("state"));
            joined.muted |= muted;
            joined.told |= !muted;
            for (Object receiver : list(alert.get("receivers"))) {
                joined.receivers.add(String.valueOf(object(receiver).get("name")));
            }
        }
    }

    private static String name(Map<?, ?> labels) {
        String rest = new TreeMap<Object, Object>(labels)
                .entrySet().stream()
                        .filter(label -> !COMMON.contains(String.valueOf(label.getKey())))
                        .map(label -> label.getKey() + "=\"" + label.getValue() + '"')
                        .collect(Collectors.joining(","));
        return labels.get("alertname") + (rest.isEmpty() ? "" : "{" + rest + "}");
    }

    static Map<String, Sent> notifications(String exposition) {
        Map<String, Sent> all = new HashMap<>();
        Matcher line = COUNTED.matcher(exposition);
        while (line.find()) {
            long count = (long) Double.parseDouble(line.group(3));
            Sent more = line.group(1) == null ? new Sent(count, 0) : new Sent(-count, count);
            all.merge(line.group(2), more, (a, b) -> new Sent(a.sent() + b.sent(), a.failed() + b.failed()));
        }
        return all;
    }

    private String get(URI at, String path, String option) throws IOException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(at + path)).timeout(PATIENCE).build();
        try {
            HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                byte[] bytes = body.readNBytes(MOST_BYTES + 1);
                if (response.statusCode() != 200 || bytes.length > MOST_BYTES) {
                    throw new IOException(at + path + " answers with HTTP status " + response.statusCode()
                            + (bytes.length > MOST_BYTES ? " and more than 4 MiB" : ""));
                }
                return new String(bytes, StandardCharsets.UTF_8);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (IOException e) {
            String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new IOException(
                    "nothing to watch at " + at + ": " + reason + "; start it, or give its address with " + option
                            + " (none: don't watch it)",
                    e);
        }
    }

    private static Map<?, ?> object(Object value) throws IOException {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new IOException("an answer is not of the form that is expected");
    }

    private static List<?> list(Object value) throws IOException {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new IOException("an answer is not of the form that is expected");
    }
}
