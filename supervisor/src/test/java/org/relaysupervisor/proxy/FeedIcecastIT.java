package org.relaysupervisor.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.relaysupervisor.frames.Frame;
import org.relaysupervisor.frames.FrameParser;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
import org.relaysupervisor.proxy.ProxySnapshot.Outage;
import org.relaysupervisor.proxy.ProxySnapshot.RecorderConnection;

/** The feed between the real Icecast and the real ffmpeg. */
@Order(8)
@Execution(ExecutionMode.CONCURRENT)
@Timeout(90)
@SuppressWarnings("StringConcatToTextBlock") // the line ends are the point
class FeedIcecastIT {
    private static final String MP3 = "audio/mpeg";

    @TempDir
    private Path directory;

    private IcecastScene scene;
    private Proxy proxy;

    private void open(String contentType) throws IOException {
        scene = new IcecastScene(directory, contentType, true);
        proxy = scene.proxy;
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void tellsListenersWhatIcecastTellsThem() throws Exception {
        open(MP3);
        source("libmp3lame", "mp3", MP3);
        onAir();
        try (Socket fed = scene.listen("Icy-MetaData: 1\r\n");
                Socket direct = scene.listenToIcecast("Icy-MetaData: 1\r\n")) {
            List<String> ours = head(fed);
            List<String> theirs = head(direct);
            assertThat(ours.get(0)).isEqualTo(theirs.get(0).replace("HTTP/1.1", "HTTP/1.0"));
            assertThat(lasting(ours)).containsExactlyInAnyOrderElementsOf(lasting(theirs));
        }
    }

    /**
     * Without the first line and what is meant to differ: web players need the permission, which Icecast gives only when configured
     * to; Icecast tells every listener that ffmpeg, as the source, said icy-metadata; and 2.5 tells what nobody asked.
     */
    private static List<String> lasting(List<String> head) {
        List<String> meant =
                List.of("HTTP/", "Server:", "Date:", "Access-Control-", "icy-metadata:", "Allow:", "Accept-Encoding:");
        return head.stream()
                .filter(line -> meant.stream().noneMatch(line::startsWith))
                .distinct()
                .toList();
    }

    @Test
    void weavesTitlesIn() throws Exception {
        open(MP3);
        source("libmp3lame", "mp3", MP3);
        onAir();
        assertThat(scene.tellTitle("S%C3%BC%C3%9F")).contains("Metadata update successful");
        try (Socket listener = scene.listen("Icy-MetaData: 1\r\n");
                Socket direct = scene.listenToIcecast("Icy-MetaData: 1\r\n")) {
            assertThat(head(listener)).contains("icy-metaint:16000");
            InputStream in = listener.getInputStream();
            assertThat(in.readNBytes(16_000)).hasSize(16_000);
            byte[] block = in.readNBytes(16 * in.read());
            assertThat(new String(block, UTF_8)).startsWith("StreamTitle='S\u00fc\u00df';");
            byte[] next = in.readNBytes(16_000);
            assertThat(next).hasSize(16_000);
            assertThat(in.read()).as("an empty block").isZero();
            String atIcecast = new String(direct.getInputStream().readNBytes(40_000), ISO_8859_1);
            assertThat(atIcecast).contains("StreamTitle='S");
        }
    }

    @Test
    void nobodyHearsThatIcecastIsKilled() throws Exception {
        open(MP3);
        Path sent = directory.resolve("sent.mp3");
        encoded(sent, 12, "libmp3lame", "mp3");
        Process source =
                scene.ffmpeg("-re", "-i", sent.toString(), "-c", "copy", "-content_type", MP3, "-f", "mp3", target());
        onAir();
        byte[] heard;
        try (Socket listener = scene.listen("")) {
            assertThat(head(listener).get(0)).isEqualTo("HTTP/1.0 200 OK");
            Listening listening = new Listening(listener);
            await().until(() -> listening.size() > 20_000);
            scene.killIcecast();
            await().until(() -> scene.mount().feed().orElseThrow().bridges().contains(Bridge.FEED));
            proxy.icecastAvailable(false);
            int size = listening.size();
            await().until(() -> listening.size() > size + 16_000);
            scene.newIcecast();
            await().until(() -> scene.mount().feed().orElseThrow().bridges().isEmpty());
            int again = listening.size();
            await().until(() -> listening.size() > again + 16_000);
            try (Socket direct = scene.listenToIcecast("")) {
                assertThat(head(direct).get(0)).matches("HTTP/1\\.[01] 200 OK");
                assertThat(direct.getInputStream().readNBytes(30_000))
                        .as("the burst")
                        .hasSize(30_000);
            }
            assertThat(source.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(source.exitValue()).isZero();
            await().during(Duration.ofSeconds(1)).until(() -> listening.size() > 0);
            heard = listening.bytes();
        }
        List<String> all = frames(MP3, Files.readAllBytes(sent));
        List<String> got = frames(MP3, heard);
        assertThat(got).hasSizeGreaterThan(300);
        assertThat(Collections.indexOfSubList(all, got))
                .as("a run of the source's frames")
                .isNotNegative();
        assertThat(all.size() - Collections.indexOfSubList(all, got) - got.size())
                .as("frames missing at the end")
                .isZero();
        assertThat(proxy.snapshot().continuity().survivals()).containsEntry(Outage.ICECAST, 1L);
    }

    @ParameterizedTest
    @CsvSource({"libmp3lame, mp3, audio/mpeg", "aac, adts, audio/aac"})
    void theFramesInAKilledRecordersFileSayWhereTheNextBegins(String codec, String container, String contentType)
            throws Exception {
        open(contentType);
        Path sent = directory.resolve("sent");
        encoded(sent, 20, codec, container);
        scene.ffmpeg(
                "-re",
                "-f",
                container.equals("adts") ? "aac" : container,
                "-i",
                sent.toString(),
                "-c",
                "copy",
                "-content_type",
                contentType,
                "-f",
                container,
                target());
        onAir();
        List<String> recorded = new ArrayList<>();
        String after = "";
        for (int i = 0; i < 4; i++) {
            String session = "session" + i;
            Path file = directory.resolve(session);
            Process recorder = recorder(session, after, container, file);
            await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(file) && Files.size(file) > 20_000);
            recorder.destroyForcibly().waitFor();
            RecorderConnection published = scene.mount().recorder().orElseThrow();
            assertThat(published.session()).isEqualTo(session);
            assertThat(published.missedFrames()).isZero();
            assertThat(published.firstFrame()).isEqualTo(recorded.size());
            recorded.addAll(frames(contentType, Files.readAllBytes(file)));
            after = "%s: %s %d\r\n".formatted(RecorderRequest.AFTER, published.feed(), recorded.size());
        }
        List<String> all = frames(contentType, Files.readAllBytes(sent));
        assertThat(recorded).hasSizeGreaterThan(100).isEqualTo(all.subList(0, recorded.size()));
    }

    private Process recorder(String session, String headers, String container, Path file) throws IOException {
        return scene.ffmpeg(
                "-user_agent",
                ProxySettings.RECORDER_USER_AGENT,
                "-headers",
                RecorderRequest.SESSION + ": " + session + "\r\n" + headers,
                "-f",
                container.equals("adts") ? "aac" : container,
                "-i",
                "http://127.0.0.1:" + proxy.listenerPort() + "/live",
                "-c",
                "copy",
                "-write_xing",
                "0",
                "-id3v2_version",
                "0",
                "-flush_packets",
                "1",
                "-f",
                container,
                file.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "aac, adts, audio/aac, \u00ff\u00f1",
        "libopus, ogg, application/ogg, OggS",
        "libvorbis, ogg, audio/ogg, OggS",
        "flac, ogg, application/ogg, OggS",
    })
    void aJoinerCanDecodeFromTheFirstByte(String codec, String container, String contentType, String begins)
            throws Exception {
        open(contentType);
        source(codec, container, contentType);
        onAir();
        await().until(() -> scene.mount().feed().orElseThrow().held().toSeconds() >= 6);
        Path heard = directory.resolve("heard." + container);
        try (Socket listener = scene.listen("")) {
            head(listener);
            byte[] bytes = listener.getInputStream().readNBytes(90_000);
            Files.write(heard, String.join("", frames(contentType, bytes)).getBytes(ISO_8859_1));
        }
        assertThat(Files.readString(heard, ISO_8859_1)).startsWith(begins);
        Process decoder = scene.ffmpeg("-xerror", "-i", heard.toString(), "-f", "null", "-");
        String said = new String(decoder.getInputStream().readAllBytes(), UTF_8);
        assertThat(decoder.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(decoder.exitValue()).as(said).isZero();
        assertThat(scene.mount().feed().orElseThrow().garbageBytes()).isZero();
    }

    @Test
    void aWokenOggSourceIsHeardAgainAfterTheStandby() throws Exception {
        open("application/ogg");
        Path standby = directory.resolve("standby.ogg");
        encoded(standby, 5, "libopus", "ogg");
        proxy.standby("/live", Files.readAllBytes(standby));
        Process source = source("libopus", "ogg", "application/ogg");
        onAir();
        Path heard = directory.resolve("heard.ogg");
        try (Socket listener = scene.listen("")) {
            head(listener);
            Listening listening = new Listening(listener);
            signal(source, "STOP");
            await().until(() -> scene.mount().feed().orElseThrow().bridges().contains(Bridge.STANDBY));
            signal(source, "CONT");
            await().until(() -> scene.mount().feed().orElseThrow().bridges().isEmpty());
            int size = listening.size();
            await().until(() -> listening.size() > size);
        }
        try (Socket joiner = scene.listen("")) {
            head(joiner);
            Files.write(heard, joiner.getInputStream().readNBytes(60_000));
        }
        Process probe = scene.ffmpeg("-i", heard.toString(), "-f", "null", "-");
        String said = new String(probe.getInputStream().readAllBytes(), UTF_8);
        assertThat(probe.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(said).doesNotContain("Header processing failed", "Invalid data");
    }

    private static void signal(Process process, String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .start()
                .waitFor();
    }

    private void encoded(Path file, int seconds, String codec, String container) throws Exception {
        List<String> arguments = new ArrayList<>(noise(codec));
        arguments.addAll(List.of("-t", Integer.toString(seconds)));
        if (container.equals("mp3")) {
            arguments.addAll(List.of("-write_xing", "0", "-id3v2_version", "0"));
        }
        arguments.addAll(List.of("-f", container, file.toString()));
        Process encoder = scene.ffmpeg(arguments.toArray(String[]::new));
        assertThat(encoder.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(encoder.exitValue()).isZero();
    }

    private Process source(String codec, String container, String contentType) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-re"));
        arguments.addAll(noise(codec));
        arguments.addAll(List.of("-content_type", contentType, "-ice_name", "Test", "-ice_genre", "G"));
        arguments.addAll(List.of("-ice_public", "1", "-ice_description", "D", "-ice_url", "http://u/"));
        arguments.addAll(List.of("-flush_packets", "1"));
        if (container.equals("ogg")) {
            arguments.addAll(List.of("-page_duration", "200000"));
        }
        arguments.addAll(List.of("-f", container, target()));
        return scene.ffmpeg(arguments.toArray(String[]::new));
    }

    /** Without end: no two frames of it are alike. */
    private static List<String> noise(String codec) {
        return List.of(
                "-f",
                "lavfi",
                "-i",
                "anoisesrc=a=0.3:seed=7",
                "-ac",
                "2",
                "-ar",
                "48000",
                "-c:a",
                codec,
                "-b:a",
                "128k");
    }

    private String target() {
        return scene.target(RealIcecast.PASSWORD);
    }

    private void onAir() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> scene.mount().sourceConnected()
                        && scene.mount().feed().orElseThrow().held().toMillis() > 500);
    }

    private static List<String> head(Socket socket) throws IOException {
        return FakeIcecast.head(socket.getInputStream())
                .lines()
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static List<String> frames(String contentType, byte[] bytes) {
        List<String> frames = new ArrayList<>();
        FrameParser parser = FrameParser.of(contentType).orElseThrow();
        parser.accept(bytes, 0, bytes.length, (Frame frame) -> frames.add(new String(frame.bytes(), ISO_8859_1)));
        return frames;
    }

    /** Reads all that comes. */
    private static final class Listening {
        private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

        Listening(Socket socket) {
            Thread reader = new Thread(() -> {
                byte[] buffer = new byte[8192];
                try {
                    InputStream in = socket.getInputStream();
                    for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                        heard.write(buffer, 0, length);
                    }
                } catch (IOException e) {
                    // The test has closed it.
                }
            });
            reader.setDaemon(true);
            reader.start();
        }

        int size() {
            return heard.size();
        }

        byte[] bytes() {
            return heard.toByteArray();
        }
    }
}
