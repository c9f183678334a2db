package org.relaysupervisor.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.relaysupervisor.frames.Frame;
import org.relaysupervisor.frames.FrameParser;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.proxy.ProxySettings.MountSettings;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
import org.relaysupervisor.proxy.ProxySnapshot.Outage;

/** The feed between the real Icecast and the real ffmpeg. */
@Timeout(90)
@SuppressWarnings("StringConcatToTextBlock") // the line ends are the point
class FeedIcecastIT {
    private static final InetAddress LOCAL = InetAddress.getLoopbackAddress();
    private static final String MP3 = "audio/mpeg";

    @TempDir
    private Path directory;

    private final List<Process> started = Collections.synchronizedList(new ArrayList<>());
    private RealIcecast icecast;
    private Proxy proxy;

    @BeforeEach
    void startIcecast() throws IOException {
        icecast = new RealIcecast(directory);
    }

    private void open(String contentType) throws IOException {
        ProxySettings settings = new ProxySettings(
                LOCAL,
                0,
                0,
                icecast.port(),
                50,
                Set.of(),
                64 * 1024,
                Map.of("/live", new MountSettings(contentType, true)),
                ProxyLimits.DEFAULTS);
        proxy = Proxy.open(settings, new ManualLoop(), new Silent());
        proxy.icecastAvailable(true);
    }

    @AfterEach
    void close() {
        started.forEach(Process::destroyForcibly);
        proxy.close();
        icecast.close();
    }

    @Test
    void tellsListenersWhatIcecastTellsThem() throws Exception {
        open(MP3);
        source("libmp3lame", "mp3", MP3, proxy.sourcePort());
        onAir();
        try (Socket fed = listen(proxy.listenerPort(), "Icy-MetaData: 1\r\n");
                Socket direct = listen(icecast.port(), "Icy-MetaData: 1\r\n")) {
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
        source("libmp3lame", "mp3", MP3, proxy.sourcePort());
        onAir();
        assertThat(converse(
                        proxy.sourcePort(),
                        "GET /admin/metadata?mode=updinfo&mount=/live&song=S%C3%BC%C3%9F HTTP/1.0\r\n"
                                + "Authorization: Basic c291cmNlOmhhY2ttZQ==\r\n\r\n"))
                .contains("Metadata update successful");
        try (Socket listener = listen(proxy.listenerPort(), "Icy-MetaData: 1\r\n");
                Socket direct = listen(icecast.port(), "Icy-MetaData: 1\r\n")) {
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
                ffmpeg("-re", "-i", sent.toString(), "-c", "copy", "-content_type", MP3, "-f", "mp3", target());
        onAir();
        byte[] heard;
        try (Socket listener = listen(proxy.listenerPort(), "")) {
            assertThat(head(listener).get(0)).isEqualTo("HTTP/1.0 200 OK");
            Listening listening = new Listening(listener);
            await().until(() -> listening.size() > 20_000);
            icecast.kill();
            await().until(() -> mount().feed().orElseThrow().bridges().contains(Bridge.FEED));
            proxy.icecastAvailable(false);
            int size = listening.size();
            await().until(() -> listening.size() > size + 16_000);
            icecast.close();
            icecast = new RealIcecast(directory, icecast.port());
            proxy.icecastAvailable(true);
            await().until(() -> mount().feed().orElseThrow().bridges().isEmpty());
            int again = listening.size();
            await().until(() -> listening.size() > again + 16_000);
            try (Socket direct = listen(icecast.port(), "")) {
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
    @CsvSource({
        "aac, adts, audio/aac, \u00ff\u00f1",
        "libopus, ogg, application/ogg, OggS",
        "libvorbis, ogg, audio/ogg, OggS",
        "flac, ogg, application/ogg, OggS",
    })
    void aJoinerCanDecodeFromTheFirstByte(String codec, String container, String contentType, String begins)
            throws Exception {
        open(contentType);
        source(codec, container, contentType, proxy.sourcePort());
        onAir();
        await().until(() -> mount().feed().orElseThrow().held().toSeconds() >= 6);
        Path heard = directory.resolve("heard." + container);
        try (Socket listener = listen(proxy.listenerPort(), "")) {
            head(listener);
            byte[] bytes = listener.getInputStream().readNBytes(90_000);
            Files.write(heard, String.join("", frames(contentType, bytes)).getBytes(ISO_8859_1));
        }
        assertThat(Files.readString(heard, ISO_8859_1)).startsWith(begins);
        Process decoder = ffmpeg("-xerror", "-i", heard.toString(), "-f", "null", "-");
        String said = new String(decoder.getInputStream().readAllBytes(), UTF_8);
        assertThat(decoder.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(decoder.exitValue()).as(said).isZero();
        assertThat(mount().feed().orElseThrow().garbageBytes()).isZero();
    }

    @Test
    void aWokenOggSourceIsHeardAgainAfterTheStandby() throws Exception {
        open("application/ogg");
        Path standby = directory.resolve("standby.ogg");
        encoded(standby, 5, "libopus", "ogg");
        proxy.standby("/live", Files.readAllBytes(standby));
        Process source = source("libopus", "ogg", "application/ogg", proxy.sourcePort());
        onAir();
        Path heard = directory.resolve("heard.ogg");
        try (Socket listener = listen(proxy.listenerPort(), "")) {
            head(listener);
            Listening listening = new Listening(listener);
            signal(source, "STOP");
            await().until(() -> mount().feed().orElseThrow().bridges().contains(Bridge.STANDBY));
            signal(source, "CONT");
            await().until(() -> mount().feed().orElseThrow().bridges().isEmpty());
            int size = listening.size();
            await().until(() -> listening.size() > size);
        }
        try (Socket joiner = listen(proxy.listenerPort(), "")) {
            head(joiner);
            Files.write(heard, joiner.getInputStream().readNBytes(60_000));
        }
        Process probe = ffmpeg("-i", heard.toString(), "-f", "null", "-");
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
        Process encoder = ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "anoisesrc=d=" + seconds + ":a=0.3:seed=5",
                "-ac",
                "2",
                "-ar",
                "48000",
                "-c:a",
                codec,
                "-b:a",
                "128k",
                "-write_xing",
                "0",
                "-id3v2_version",
                "0",
                "-f",
                container,
                file.toString());
        if (!container.equals("mp3")) {
            encoder.destroyForcibly().waitFor();
            encoder = ffmpeg(
                    "-f",
                    "lavfi",
                    "-i",
                    "sine=d=" + seconds,
                    "-ac",
                    "2",
                    "-ar",
                    "48000",
                    "-c:a",
                    codec,
                    "-b:a",
                    "128k",
                    "-y",
                    "-f",
                    container,
                    file.toString());
        }
        assertThat(encoder.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.size(file)).isPositive();
    }

    private Process source(String codec, String container, String contentType, int port) throws IOException {
        assertThat(port).isEqualTo(proxy.sourcePort());
        List<String> arguments = new ArrayList<>(List.of("-re", "-f", "lavfi", "-i", "anoisesrc=a=0.3:seed=7"));
        arguments.addAll(List.of("-ac", "2", "-ar", "48000", "-c:a", codec, "-b:a", "128k"));
        arguments.addAll(List.of("-content_type", contentType, "-ice_name", "Test", "-ice_genre", "G"));
        arguments.addAll(List.of("-ice_public", "1", "-ice_description", "D", "-ice_url", "http://u/"));
        arguments.addAll(List.of("-flush_packets", "1", "-page_duration", "200000"));
        if (!container.equals("ogg")) {
            arguments.removeAll(List.of("-page_duration", "200000"));
        }
        arguments.addAll(List.of("-f", container, target()));
        return ffmpeg(arguments.toArray(String[]::new));
    }

    private String target() {
        return "icecast://source:%s@127.0.0.1:%d/live".formatted(RealIcecast.PASSWORD, proxy.sourcePort());
    }

    private Process ffmpeg(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-nostdin", "-v", "error"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        started.add(process);
        return process;
    }

    private void onAir() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> mount().sourceConnected()
                        && mount().feed().orElseThrow().held().toMillis() > 500);
    }

    private static Socket listen(int port, String headers) throws IOException {
        Socket socket = new Socket(LOCAL, port);
        socket.getOutputStream().write(("GET /live HTTP/1.0\r\n" + headers + "\r\n").getBytes(ISO_8859_1));
        return socket;
    }

    private static String converse(int port, String request) throws IOException {
        try (Socket socket = new Socket(LOCAL, port)) {
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
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

    private ProxySnapshot.MountTraffic mount() {
        return proxy.snapshot().mounts().get("/live");
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

    private static final class Silent implements AccessLog {
        @Override
        public void append(String line) {}

        @Override
        public long dropped() {
            return 0;
        }
    }
}
