package org.relaysupervisor.proof;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Reads /metrics over and over until something is in it, on one connection. For one thread. */
final class MetricsWatch {
    private static final Duration POLL = Duration.ofMillis(25);
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpRequest request;

    MetricsWatch(int port) {
        request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                .timeout(ANSWER)
                .build();
    }

    /**
     * Returns when the first page for which this holds was read, as System.nanoTime() has it.
     *
     * @throws IllegalStateException when it doesn't hold within that time
     */
    long await(String what, Duration atMost, Predicate<Map<String, Double>> condition)
            throws IOException, InterruptedException {
        long began = System.nanoTime();
        Map<String, Double> page = Map.of();
        while (System.nanoTime() - began < atMost.toNanos()) {
            page = page();
            long read = System.nanoTime();
            if (condition.test(page)) {
                return read;
            }
            Thread.sleep(POLL.toMillis());
        }
        throw new IllegalStateException(
                "not within " + atMost.toSeconds() + " s: " + what + "; the metrics say:\n" + told(page));
    }

    long await(String series, double value, Duration atMost) throws IOException, InterruptedException {
        return await(series + " " + value, atMost, page -> page.getOrDefault(series, Double.NaN) == value);
    }

    Map<String, Double> page() throws IOException, InterruptedException {
        String text = client.send(request, BodyHandlers.ofString()).body();
        Map<String, Double> values = new TreeMap<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int space = line.lastIndexOf(' ');
            values.put(line.substring(0, space), number(line.substring(space + 1)));
        });
        return values;
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    private static String told(Map<String, Double> page) {
        List<String> lines = page.entrySet().stream()
                .filter(entry -> entry.getKey().matches("relay_(dead_air|loudness|on_air|meter).*"))
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .toList();
        return String.join("\n", lines);
    }
}
