package org.relaysupervisor.station;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.relaysupervisor.process.FreePort;

/**
 * The real daemon as a process of its own, with the real programs, on free ports and in a directory of its own: what the
 * integration tests act on, the way an operator does.
 */
public final class Station implements AutoCloseable {
    static final Duration ON_AIR_WITHIN = Duration.ofSeconds(60);

    final Path directory;
    public final Path state;
    public final Path config;
    public final int listenerPort = freePort();
    public final int sourcePort = freePort();
    public final int icecastPort = freePort();
    public final int harborPort = freePort();
    public final int metricsPort = freePort();
    private final Path output;
    private Process daemon;

    private Station(Path directory) {
        this.directory = directory;
        this.state = directory.resolve("state");
        this.config = directory.resolve("relay.yaml");
        this.output = directory.resolve("daemon.log");
    }

    /** A station that isn't started yet; its config is the shipped one with other ports. */
    public static Station prepare(Path directory) throws IOException {
        Station station = new Station(directory);
        Files.writeString(station.config, station.shippedConfig());
        return station;
    }

    static Station onAir(Path directory) throws IOException {
        Station station = prepare(directory);
        station.goOnAir();
        return station;
    }

    /** Starts it and waits until it is on the air; closed when it doesn't get there. */
    public void goOnAir() throws IOException {
        goOnAir(List.of());
    }

    /** @param prefix as of {@link #start(List)} */
    void goOnAir(List<String> prefix) throws IOException {
        start(prefix);
        try {
            awaitOnAir();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private String shippedConfig() throws IOException {
        String text = Files.readString(checkout().resolve("relay-config/relay.yaml"));
        return withPort(
                withPort(
                        withPort(withPort(withPort(text, 8000, listenerPort), 8005, harborPort), 8010, icecastPort),
                        8011,
                        sourcePort),
                9146,
                metricsPort);
    }

    private static String withPort(String text, int shipped, int port) {
        String changed = text.replaceAll("(?m)^(\\s+port: )" + shipped + "\\b", "$1" + port);
        assertThat(changed).as("the shipped config sets port %s", shipped).isNotEqualTo(text);
        return changed;
    }

    /** Replaces a piece of the config, which must be there. */
    public void edit(String regularExpression, String replacement) throws IOException {
        String text = Files.readString(config);
        String changed = text.replaceFirst(regularExpression, replacement);
        assertThat(changed).as("config changed by %s", regularExpression).isNotEqualTo(text);
        Files.writeString(config, changed);
    }

    public void start() throws IOException {
        start(List.of());
    }

    /** @param prefix a command that ends by running the daemon, such as {@code unshare ...} */
    void start(List<String> prefix) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(command());
        daemon = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
    }

    /** @param manager starts the command, with its output appended to the file */
    public void start(BiFunction<List<String>, Path, Process> manager) {
        daemon = manager.apply(command(), output);
    }

    private List<String> command() {
        return List.of(
                checkout().resolve("bin/relay-supervisor").toString(),
                "--config",
                config.toString(),
                "--state",
                state.toString());
    }

    public void awaitOnAir() {
        await("audio on the mount; the daemon said:\n" + output())
                .atMost(ON_AIR_WITHIN)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    assertThat(daemon.isAlive())
                            .as("daemon alive; it said:\n%s", output())
                            .isTrue();
                    return output().contains("is on the air");
                });
    }

    public Process daemon() {
        return daemon;
    }

    public String output() {
        try {
            return Files.exists(output) ? Files.readString(output) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI listenUrl() {
        return URI.create("http://127.0.0.1:" + listenerPort + "/live");
    }

    /** Runs relayctl. */
    public CommandResult relayctl(String... arguments) throws IOException, InterruptedException {
        return run(relayctlCommand(arguments));
    }

    List<String> relayctlCommand(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(checkout().resolve("bin/relayctl").toString());
        command.add("--socket");
        command.add(state.resolve("control.sock").toString());
        command.addAll(List.of(arguments));
        return command;
    }

    public static CommandResult run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS))
                .as("%s ended", command)
                .isTrue();
        return new CommandResult(process.exitValue(), text);
    }

    public record CommandResult(int exitCode, String output) {}

    /**
     * What {@code relayctl status --json} prints, without the JVM that it takes to print it: tests ask ten times a second.
     *
     * @throws IOException when the daemon does not answer
     */
    public Map<String, Object> status() throws IOException, InterruptedException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(state.resolve("control.sock")));
            channel.write(StandardCharsets.US_ASCII.encode(
                    "GET /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
            String answer = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 200 ");
            return JSON.std.mapFrom(answer.substring(answer.indexOf("\r\n\r\n") + 4));
        }
    }

    @SuppressWarnings("unchecked")
    public Map<String, Object> child(String name) throws IOException, InterruptedException {
        List<Map<String, Object>> children = (List<Map<String, Object>>) status().get("children");
        return children.stream()
                .filter(child -> name.equals(child.get("name")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no child " + name + " in " + children));
    }

    public long pid(String child) throws IOException, InterruptedException {
        return ((Number) child(child).get("pid")).longValue();
    }

    public String metrics() throws IOException {
        return get(URI.create("http://127.0.0.1:" + metricsPort + "/metrics"));
    }

    /** The value of one series, written as it is in the exposition; NaN and infinite as it is there. */
    public double metric(String series) throws IOException {
        return value(metrics(), series);
    }

    /** The same, of an exposition that was fetched already. */
    static double value(String exposition, String series) {
        return exposition
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line ->
                        Double.parseDouble(line.substring(series.length() + 1).replace("Inf", "Infinity")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no series " + series));
    }

    static String get(URI url) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
        connection.setConnectTimeout(2_000);
        connection.setReadTimeout(5_000);
        try (InputStream body = connection.getInputStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Recorded files, oldest first. */
    List<Path> recordings() throws IOException {
        Path root = state.resolve("recordings");
        if (!Files.exists(root)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    public String djPassword() throws IOException {
        try (Stream<Path> files = Files.list(state.resolve("secrets"))) {
            Path file = files.filter(path -> path.getFileName().toString().startsWith("harbor"))
                    .findFirst()
                    .orElseThrow();
            return Files.readString(file).strip();
        }
    }

    /** An encoder that connects to the harbor and sends what ffmpeg's filters make, in real time. */
    public Process dj(String source) throws IOException {
        return dj(source, djPassword());
    }

    Process dj(String source, String password) throws IOException {
        return new ProcessBuilder(List.of(
                        "ffmpeg",
                        "-nostdin",
                        "-loglevel",
                        "error",
                        "-re",
                        "-f",
                        "lavfi",
                        "-i",
                        source,
                        "-c:a",
                        "libmp3lame",
                        "-b:a",
                        "128k",
                        "-content_type",
                        "audio/mpeg",
                        "-f",
                        "mp3",
                        "icecast://source:" + password + "@127.0.0.1:" + harborPort + "/dj"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    public static void signal(String signal, long pid) throws IOException, InterruptedException {
        CommandResult result = run(List.of("sh", "-c", "kill -" + signal + " " + pid));
        assertThat(result.exitCode())
                .as("kill -%s %s: %s", signal, pid, result.output())
                .isZero();
    }

    static boolean alive(long pid) {
        Path stat = Path.of("/proc", Long.toString(pid), "stat");
        try {
            String text = Files.readString(stat);
            return text.charAt(text.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return false;
        }
    }

    /** Processes whose command line names this station's directory. */
    List<String> processes() throws IOException {
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            return entries.filter(entry -> entry.getFileName().toString().matches("\\d+"))
                    .map(Station::commandLine)
                    .filter(line -> line.contains(directory.toString()))
                    .toList();
        }
    }

    private static String commandLine(Path process) {
        try {
            return process.getFileName() + " "
                    + Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                            .replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() {
        if (daemon == null) {
            return;
        }
        daemon.destroy();
        try {
            if (!daemon.waitFor(30, TimeUnit.SECONDS)) {
                daemon.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static Path checkout() {
        return Path.of(System.getProperty("relay.checkout")).normalize().toAbsolutePath();
    }

    public static int freePort() {
        return FreePort.next();
    }
}
