package org.relaysupervisor.config;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.relaysupervisor.config.Amounts.duration;
import static org.relaysupervisor.config.Amounts.size;
import static org.relaysupervisor.config.Amounts.wholeSeconds;
import static org.relaysupervisor.config.Readings.address;
import static org.relaysupervisor.config.Readings.flag;
import static org.relaysupervisor.config.Readings.matching;
import static org.relaysupervisor.config.Readings.name;
import static org.relaysupervisor.config.Readings.nonBlankText;
import static org.relaysupervisor.config.Readings.oneOf;
import static org.relaysupervisor.config.Readings.path;
import static org.relaysupervisor.config.Readings.text;
import static org.relaysupervisor.config.Readings.url;
import static org.relaysupervisor.config.Readings.wholeNumber;

import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.relaysupervisor.config.RelayConfig.Control;
import org.relaysupervisor.config.RelayConfig.Delivery;
import org.relaysupervisor.config.RelayConfig.Dj;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.config.RelayConfig.Front;
import org.relaysupervisor.config.RelayConfig.Harbor;
import org.relaysupervisor.config.RelayConfig.HarborInput;
import org.relaysupervisor.config.RelayConfig.Icecast;
import org.relaysupervisor.config.RelayConfig.Input;
import org.relaysupervisor.config.RelayConfig.Listeners;
import org.relaysupervisor.config.RelayConfig.Memory;
import org.relaysupervisor.config.RelayConfig.Metrics;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.config.RelayConfig.Origin;
import org.relaysupervisor.config.RelayConfig.Passwords;
import org.relaysupervisor.config.RelayConfig.PlaylistInput;
import org.relaysupervisor.config.RelayConfig.Profile;
import org.relaysupervisor.config.RelayConfig.Programs;
import org.relaysupervisor.config.RelayConfig.Restart;
import org.relaysupervisor.config.RelayConfig.Silence;
import org.relaysupervisor.config.RelayConfig.SourceRoute;
import org.relaysupervisor.config.RelayConfig.Standby;
import org.relaysupervisor.config.RelayConfig.Station;
import org.relaysupervisor.config.RelayConfig.Upstream;
import org.relaysupervisor.config.RelayConfig.UrlInput;

/** The whole file from top to bottom: every key with its default and its bounds. What concerns several keys: {@link CrossChecks}. */
final class RelayConfigReading {
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    private static final InetAddress IPV4_LOOPBACK = Readings.literalAddress("127.0.0.1");
    private static final InetAddress IPV6_LOOPBACK = Readings.literalAddress("::1");

    /** Stands where a required address is missing; such a configuration is never returned. */
    private static final URI NO_URL = URI.create("http://missing.invalid/");

    private static final Reading<Integer> ANY_PORT = wholeNumber(1, 65535);

    /** Children never run as root, so they cannot have a port below. */
    private static final Reading<Integer> CHILD_PORT = wholeNumber(1024, 65535);

    private static final Reading<String> USER = matching(
            Pattern.compile("[A-Za-z0-9._@-]{1,64}"),
            "must be 1 to 64 letters, digits, \"-\", \"_\", \".\" or \"@\", such as source");
    private static final Reading<String> GROUP =
            matching(Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,31}"), "must be the name of a group of this system");

    private enum InputType {
        HARBOR,
        URL,
        PLAYLIST
    }

    private final Section root;
    private final Path directory;
    private final SecretReading secrets;
    private final RecordingReading recording;

    /** @param directory where relative paths start */
    RelayConfigReading(Section root, Path directory) {
        this.root = root;
        this.directory = directory;
        this.secrets = new SecretReading(directory);
        this.recording = new RecordingReading(directory, secrets);
    }

    RelayConfig read() {
        Optional<Upstream> upstream = new UpstreamReading(root, secrets).read();
        boolean edge = upstream.isPresent();
        Station station = station(root.section("station"));
        List<Mount> mounts = mounts();
        List<Input> inputs = edge ? List.of() : inputs();
        return new RelayConfig(
                station,
                mounts,
                inputs,
                standby(root.section("standby")),
                silence(root.section("silence")),
                listeners(root.section("listeners")),
                front(root.section("front")),
                harbor(root.section("harbor")),
                icecast(root.section("icecast")),
                new SourceRoute(root.section("source_route").value("port", 8011, CHILD_PORT)),
                programs(root.section("programs")),
                memory(root.section("memory")),
                recording.recording(root.section("recording"), mainMount(mounts), !edge),
                recording.store(root.section("store")),
                RecordingReading.upload(root.section("upload")),
                recording.publicHls(root.section("hls")),
                new Metrics(root.section("metrics").value("port", 9146, ANY_PORT)),
                control(root.section("control")),
                restart(root.section("restart")),
                MeteringReading.metering(root.section("metering"), mainMount(mounts)),
                MeteringReading.profiles(root.sections("profiles")),
                new ShowsReading(directory).read(root.section("shows")),
                new HeartbeatReading(secrets).read(root.section("heartbeat")),
                passwords(root.section("passwords")),
                upstream);
    }

    /** Liquidsoap sends all of these in one request head, for which Icecast has 4096 bytes. */
    private static Station station(Section station) {
        return new Station(
                station.value("name", "Relay Radio", nonBlankText(100)),
                station.value("description", "Live and unattended, from one small server", text(300)),
                station.value("genre", "Various", text(100)),
                station.optional(
                        "url", text -> url("http", "https").read(text(300).read(text))));
    }

    private List<Mount> mounts() {
        Optional<List<Section>> sections = root.sections("mounts");
        if (sections.isEmpty()) {
            return List.of(new Mount("/live", Format.MP3, 128, 44100, 2, true, Delivery.FEED, Profile.MUSIC));
        }
        List<Boolean> wishes = sections.get().stream()
                .map(mount -> mount.value("main", false, flag()))
                .toList();
        int main = Math.max(0, wishes.indexOf(true));
        List<Mount> mounts = new ArrayList<>();
        for (Section section : sections.get()) {
            mounts.add(mount(section, mounts.size() == main));
        }
        return mounts;
    }

    private static Mount mount(Section mount, boolean main) {
        Format format = mount.value("format", Format.MP3, oneOf(Format.class));
        Mount read = new Mount(
                mount.required("path", "", MountPath.reading()),
                format,
                mount.value("bitrate", Codecs.defaultBitrate(format), wholeNumber(6, 510)),
                mount.value("sample_rate", Codecs.defaultSampleRate(format), wholeNumber(8000, 48000)),
                mount.value("channels", 2, wholeNumber(1, 2)),
                main,
                mount.value("listeners", Delivery.FEED, oneOf(Delivery.class)),
                mount.value("profile", Profile.MUSIC, name()));
        if (mount.isSound("format") && mount.isSound("sample_rate") && mount.isSound("channels")) {
            Codecs.check(mount, read);
        }
        return read;
    }

    private static String mainMount(List<Mount> mounts) {
        return mounts.stream().filter(Mount::main).map(Mount::path).findFirst().orElse("");
    }

    private List<Input> inputs() {
        Optional<List<Section>> sections = root.sections("inputs");
        if (sections.isEmpty()) {
            return List.of(new HarborInput("live", "/dj", List.of(anyDj("live"))));
        }
        List<Input> inputs = new ArrayList<>();
        sections.get().forEach(section -> input(section).ifPresent(inputs::add));
        return inputs;
    }

    private Optional<Input> input(Section input) {
        String name = input.required("name", "", name());
        Optional<InputType> type = input.required(
                "type",
                Optional.empty(),
                text -> Optional.of(oneOf(InputType.class).read(text)));
        if (type.isEmpty()) {
            input.acceptAnyKeys();
            return Optional.empty();
        }
        return Optional.of(
                switch (type.get()) {
                    case HARBOR ->
                        new HarborInput(name, input.required("mount", "", MountPath.reading()), djs(input, name));
                    case URL ->
                        new UrlInput(name, input.required("url", NO_URL, url("http", "https", "rtmp", "rtmps")));
                    case PLAYLIST -> playlist(input, name);
                });
    }

    /** Missing files are only warned about: a check may well run on another machine. */
    private PlaylistInput playlist(Section input, String name) {
        Path music = input.required("directory", directory, path(directory));
        if (input.has("directory") && input.isSound("directory") && !Files.isDirectory(music)) {
            input.warn("directory", "is no directory on this machine");
        }
        return new PlaylistInput(name, music, input.value("shuffle", true, flag()));
    }

    private Standby standby(Section standby) {
        Optional<Path> file = standby.optional("file", path(directory));
        if (file.isPresent() && !Files.isRegularFile(file.get())) {
            standby.warn("file", "is no file on this machine");
        }
        return new Standby(file);
    }

    private List<Dj> djs(Section input, String inputName) {
        Optional<List<Section>> sections = input.sections("djs");
        if (sections.isEmpty()) {
            return List.of(anyDj(inputName));
        }
        List<Dj> djs = new ArrayList<>();
        for (Section dj : sections.get()) {
            String user = dj.value("user", "source", USER);
            djs.add(new Dj(user, secrets.read(dj, "password", generatedName(inputName, user))));
        }
        return djs;
    }

    private static Dj anyDj(String inputName) {
        return new Dj("source", new SecretSource.Generated(generatedName(inputName, "source")));
    }

    /** Unique, since an input's name has no dot. */
    private static String generatedName(String inputName, String user) {
        return "harbor." + inputName + "." + user;
    }

    private static Silence silence(Section silence) {
        return new Silence(
                silence.value("threshold", -45.0, Readings.decimal(-90, -10)),
                silence.value("after", ofSeconds(5), duration(ofSeconds(1), ofMinutes(10))),
                silence.value("minimum_noise", ofMillis(200), duration(ZERO, ofSeconds(10))));
    }

    private Listeners listeners(Section listeners) {
        Set<InetAddress> fronts = new LinkedHashSet<>(
                listeners.values("trusted_fronts", List.of(IPV4_LOOPBACK, IPV6_LOOPBACK), address()));
        return new Listeners(
                listeners.value("bind", IPV4_LOOPBACK, address()),
                listeners.value("port", 8000, ANY_PORT),
                listeners.value("limit", 300, wholeNumber(1, 100_000)),
                fronts,
                listeners.optional("public_url", Endpoint.reading("the mount's path is added to it", "http", "https")),
                frontSecrets(listeners));
    }

    private List<SecretSource> frontSecrets(Section listeners) {
        List<SecretSource> all = new ArrayList<>();
        if (listeners.has("front_secret")) {
            all.add(secrets.read(listeners, "front_secret", "listeners.front"));
        }
        if (listeners.has("front_secret_next")) {
            all.add(secrets.required(listeners, "front_secret_next"));
            if (!listeners.has("front_secret")) {
                listeners.error(
                        "front_secret_next", "stands beside front_secret: write it as front_secret when it is alone");
            }
        }
        return all;
    }

    private static Front front(Section front) {
        return new Front(
                front.optional("hls", url("http", "https")),
                front.sections("origins").orElse(List.of()).stream()
                        .map(origin -> new Origin(
                                origin.required("name", "", name()), origin.optional("url", url("http", "https"))))
                        .toList());
    }

    private static Harbor harbor(Section harbor) {
        return new Harbor(harbor.value("bind", IPV4_LOOPBACK, address()), harbor.value("port", 8005, CHILD_PORT));
    }

    private static Icecast icecast(Section icecast) {
        return new Icecast(
                icecast.value("port", 8010, CHILD_PORT),
                icecast.value("clients", 350, wholeNumber(12, 110_000)),
                icecast.value("burst", 64L << 10, size(0, 4 * MIB)).intValue(),
                icecast.value("queue", 512L << 10, size(64L << 10, 64 * MIB)).intValue(),
                icecast.value("source_timeout", ofSeconds(10), wholeSeconds(ofSeconds(1), ofMinutes(5))));
    }

    private Programs programs(Section programs) {
        return new Programs(
                programs.value("icecast", "icecast2", this::program),
                programs.value("liquidsoap", "liquidsoap", this::program),
                programs.value("ffmpeg", "ffmpeg", this::program));
    }

    /** A bare name is for PATH; what has a slash is a path like any other. */
    private String program(String text) throws Refused {
        String path = path(directory).read(text).toString();
        return text.contains("/") ? path : nonBlankText(255).read(text);
    }

    private static Memory memory(Section memory) {
        return new Memory(
                memory.value("icecast", 64 * MIB, size(16 * MIB, 64 * GIB)),
                memory.value("liquidsoap", 400 * MIB, size(64 * MIB, 64 * GIB)),
                memory.value("recorder", 96 * MIB, size(16 * MIB, 64 * GIB)),
                memory.value("decoder", 64 * MIB, size(16 * MIB, 64 * GIB)),
                memory.value("restart_on_leak", false, flag()));
    }

    private Control control(Section control) {
        return new Control(control.optional("socket", path(directory)), control.optional("group", GROUP));
    }

    private static Restart restart(Section restart) {
        return new Restart(
                restart.value("first_delay", ZERO, duration(ZERO, ofMinutes(5))),
                restart.value("maximum_delay", ofSeconds(30), duration(ofSeconds(1), ofHours(1))),
                restart.value("reset_after", ofSeconds(3), duration(ofSeconds(1), ofHours(1))),
                restart.value("intensity", 15, wholeNumber(1, 1000)),
                restart.value("window", ofMinutes(2), duration(ofSeconds(1), ofHours(24))),
                restart.value("failed_delay", ofSeconds(30), duration(ofSeconds(1), ofHours(24))));
    }

    private Passwords passwords(Section passwords) {
        return new Passwords(
                secrets.read(passwords, "source", "icecast.source"), secrets.read(passwords, "admin", "icecast.admin"));
    }
}
