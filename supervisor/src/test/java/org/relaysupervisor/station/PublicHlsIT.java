package org.relaysupervisor.station;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.relaysupervisor.store.S3Server;
import org.relaysupervisor.store.WebHeaders;

/** From the air to a bucket that checks signatures and conditions, and to a player that plays on over whatever dies. */
@Order(7)
class PublicHlsIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String BUCKET = "relay-hls";
    private static final int SEGMENT_SECONDS = 2;
    /** Of audio that the player is to play: more than it takes until all has happened. */
    private static final int PLAYED_SECONDS = 60;

    @TempDir
    Path directory;

    @Test
    void aPlayerPlaysOnWhenFfmpegIsKilledAndTheDaemonStartsAgainAndNoNumberGoesBack() throws Exception {
        try (S3Server server = S3Server.start(Files.createDirectory(directory.resolve("server")));
                Station station = Station.prepare(directory)) {
            Path objects = server.objects(server.bucket(BUCKET)).resolve("hls");
            configure(station, server);
            station.goOnAir();
            HlsHistory history = new HlsHistory(() -> playlist(objects));
            HttpServer web = web(objects);
            Process player = null;
            try {
                await("a playlist; the daemon said:\n" + station.output())
                        .atMost(SOON)
                        .until(() -> history.look() >= 3);
                player = player(web);

                Station.signal("KILL", station.pid("recorder"));
                awaitMore(history, 4, 1, station);
                assertThat(history.discontinuities())
                        .as("since ffmpeg was killed")
                        .isEqualTo(1);
                assertThat(history.missing()).as("audio lost to the kill").isLessThan(Duration.ofSeconds(1));
                assertThat(station.metric("relay_hls_segments_dropped_total{reason=\"queue_full\"}"))
                        .isZero();
                assertThat(station.metric("relay_hls_state{state=\"live\"}")).isEqualTo(1);
                assertThat(station.relayctl("status").output()).contains("HLS: live, playlist to ");

                long before = history.next();
                station.daemon().destroy();
                assertThat(station.daemon().waitFor(30, TimeUnit.SECONDS))
                        .as("the daemon ends")
                        .isTrue();
                station.start();
                awaitMore(history, 4, 2, station);
                assertThat(history.next()).isGreaterThan(before);
                assertThat(history.discontinuities())
                        .as("and since the daemon's restart")
                        .isEqualTo(2);
                assertThat(station.metric("relay_hls_segments_published_total")).isPositive();

                assertThat(player.waitFor(3 * PLAYED_SECONDS, TimeUnit.SECONDS))
                        .as("played " + PLAYED_SECONDS + " s; it said:\n" + said())
                        .isTrue();
                assertThat(player.exitValue()).as(said()).isZero();
                assertThat(said()).as("what the player complains of").isEmpty();
                assertThat(Files.size(directory.resolve("heard.raw")))
                        .as("bytes of audio at 8 kHz, mono, 16 bits")
                        .isBetween((PLAYED_SECONDS - 2) * 16_000L, (PLAYED_SECONDS + 2) * 16_000L);
                wholeStreamDecodes(history, objects);
                assertThat(server.headers(BUCKET, "hls/live.m3u8"))
                        .isEqualTo(new WebHeaders("application/vnd.apple.mpegurl", "public, max-age=1"));
                assertThat(server.headers(BUCKET, "hls/" + history.uris().get(0)))
                        .isEqualTo(new WebHeaders("video/mp2t", "public, max-age=31536000, immutable"));
                assertThat(station.relayctl("doctor").output())
                        .contains("hls: store", "taken, read again and replaced");
                printTimes(station);
            } finally {
                web.stop(0);
                if (player != null) {
                    player.destroyForcibly();
                }
            }
        }
    }

    /** How long it took is for who reads: it is the machine's as much as ours. */
    private static void printTimes(Station station) throws IOException {
        String times = "relay_hls_publish_duration_seconds";
        double all = station.metric(times + "_count");
        assertThat(all).isPositive();
        System.out.printf(
                "%.0f segments, from closed to in the playlist: %.3f s on average, within 0.5 s: %.0f, 1 s: %.0f, 2 s: %.0f%n",
                all,
                station.metric(times + "_sum") / all,
                station.metric(times + "_bucket{le=\"0.5\"}"),
                station.metric(times + "_bucket{le=\"1.0\"}"),
                station.metric(times + "_bucket{le=\"2.0\"}"));
    }

    /** Two daemons with one bucket: one publishes, until it is gone. */
    @Test
    void anotherDaemonTakesThePlaylistOverAndNoNumberGoesBack() throws Exception {
        try (S3Server server = S3Server.start(Files.createDirectory(directory.resolve("server")));
                Station first = Station.prepare(Files.createDirectory(directory.resolve("first")));
                Station second = Station.prepare(Files.createDirectory(directory.resolve("second")))) {
            Path objects = server.objects(server.bucket(BUCKET)).resolve("hls");
            configure(first, server);
            configure(second, server);
            HlsHistory history = new HlsHistory(() -> playlist(objects));
            first.goOnAir();
            await("a playlist; the daemon said:\n" + first.output())
                    .atMost(SOON)
                    .until(() -> history.look() >= 2);
            second.goOnAir();
            awaitState(second, "standby", history);
            assertThat(second.metric("relay_hls_segments_published_total")).isZero();

            first.daemon().destroyForcibly().waitFor();
            awaitMore(history, 4, second);
            assertThat(second.metric("relay_hls_state{state=\"live\"}")).isEqualTo(1);
            assertThat(history.discontinuities()).as("the change of machines").isEqualTo(1);
            assertThat(history.missing()).as("audio that nobody published").isLessThan(Duration.ofSeconds(5));

            first.start();
            awaitState(first, "standby", history);
            awaitMore(history, 2, second);
            assertThat(history.discontinuities()).as("nothing is given back").isEqualTo(1);
            wholeStreamDecodes(history, objects);
        }
    }

    private static void awaitState(Station station, String state, HlsHistory history) {
        await(state + "; the daemon said:\n" + station.output())
                .atMost(SOON)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> {
                    history.look();
                    return station.metric("relay_hls_state{state=\"" + state + "\"}") == 1;
                });
    }

    private static void awaitMore(HlsHistory history, int segments, Station station) throws Exception {
        awaitMore(history, segments, 0, station);
    }

    /** On a busy machine some of the new segments are still from before what was done, and only the next ones from after it. */
    private static void awaitMore(HlsHistory history, int segments, int discontinuities, Station station)
            throws Exception {
        int before = history.look();
        await("segments after segment " + before + ", and discontinuity " + discontinuities + "; the daemon said:\n"
                        + station.output())
                .atMost(SOON)
                .until(() -> history.look() >= before + segments && history.discontinuities() >= discontinuities);
    }

    private void configure(Station station, S3Server server) throws IOException {
        Path access = Files.writeString(directory.resolve("access-key"), S3Server.ACCESS_KEY + "\n");
        Path secret = Files.writeString(directory.resolve("secret-key"), S3Server.SECRET_KEY + "\n");
        String section = "hls:\n  enabled: true\n  segment: " + SEGMENT_SECONDS + "s\n  playlist_length: 10\n  s3:"
                + "\n    endpoint: " + server.endpoint() + "\n    bucket: " + BUCKET + "\n    prefix: hls/"
                + "\n    access_key: {file: " + access + "}\n    secret_key: {file: " + secret + "}\n\n";
        station.edit("(?ms)^hls:$.*?(?=^metrics:$)", Matcher.quoteReplacement(section));
    }

    private static String playlist(Path objects) throws IOException {
        try {
            return Files.readString(objects.resolve("live.m3u8"));
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    /** What stands between the bucket and players. */
    private static HttpServer web(Path objects) throws IOException {
        HttpServer web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        web.createContext("/", exchange -> {
            Path file = objects.resolve(exchange.getRequestURI().getPath().substring(1));
            byte[] body = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
            exchange.sendResponseHeaders(Files.exists(file) ? 200 : 404, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        web.start();
        return web;
    }

    private Process player(HttpServer web) throws IOException {
        return new ProcessBuilder(List.of(
                        "ffmpeg",
                        "-nostdin",
                        "-loglevel",
                        "error",
                        "-live_start_index",
                        "0",
                        "-i",
                        "http://127.0.0.1:" + web.getAddress().getPort() + "/live.m3u8",
                        "-t",
                        Integer.toString(PLAYED_SECONDS),
                        "-ac",
                        "1",
                        "-ar",
                        "8000",
                        "-f",
                        "s16le",
                        directory.resolve("heard.raw").toString()))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("player.log").toFile())
                .start();
    }

    private String said() throws IOException {
        return Files.readString(directory.resolve("player.log"));
    }

    /** All that ever was in the playlist, decoded from end to end. */
    private void wholeStreamDecodes(HlsHistory history, Path objects) throws Exception {
        Path whole = Files.writeString(objects.resolve("whole.m3u8"), history.asWhole());
        Station.CommandResult decoded = Station.run(
                List.of("ffmpeg", "-nostdin", "-loglevel", "error", "-i", whole.toString(), "-f", "null", "-"));
        assertThat(decoded.exitCode()).as(decoded.output()).isZero();
        assertThat(decoded.output()).isEmpty();
        Pattern name = Pattern.compile("\\d{8}T\\d{6}\\.\\d{3}Z-[0-9a-f]{8}\\.ts");
        assertThat(history.uris()).allMatch(uri -> name.matcher(uri).matches()).doesNotHaveDuplicates();
    }
}
