package org.relaysupervisor.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.relaysupervisor.config.RelayConfig.Dj;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.config.RelayConfig.Harbor;
import org.relaysupervisor.config.RelayConfig.HarborInput;
import org.relaysupervisor.config.RelayConfig.Hls;
import org.relaysupervisor.config.RelayConfig.Icecast;
import org.relaysupervisor.config.RelayConfig.Input;
import org.relaysupervisor.config.RelayConfig.Listeners;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.config.RelayConfig.PlaylistInput;
import org.relaysupervisor.config.RelayConfig.Recording;
import org.relaysupervisor.config.RelayConfig.UrlInput;

/** The sections of {@code relay.yaml} top to bottom, with every default and every bound; then the checks across sections. */
final class Sections {
    private static final int KIB = 1 << 10;
    private static final long MIB = 1 << 20;
    private static final long GIB = 1 << 30;
    /** Sources, recorder, title updates, metrics and probes that Icecast must have room for besides the listeners. */
    static final int OWN_CONNECTIONS = 20;

    private static final Pattern MOUNT = Pattern.compile("/[A-Za-z0-9._-]{1,60}");
    private static final String MOUNT_ALLOWED =
            "a slash, then 1 to 60 letters, digits, \".\", \"_\" or \"-\", like /live";
    private static final Set<String> RESERVED_MOUNTS =
            Set.of("/admin", "/status.xsl", "/status-json.xsl", "/server_version.xsl", "/auth.xsl", "/xspf.xsl");
    private static final Pattern INPUT_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,30}");
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9._@-]{1,40}");
    private static final Set<Integer> MPEG_BITRATES =
            Set.of(32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320);
    private static final Set<Integer> MPEG_SAMPLE_RATES = Set.of(32_000, 44_100, 48_000);
    private static final Set<String> URL_SCHEMES = Set.of("http", "https", "rtmp", "rtmps", "srt");

    private final Section file;

    Sections(Section file) {
        this.file = file;
    }

    RelayConfig read() {
        List<Mount> mounts = mounts();
        RelayConfig config = new RelayConfig(
                station(),
                mounts,
                inputs(),
                standby(),
                silence(),
                listeners(),
                harbor(),
                icecast(),
                sourceRoute(),
                programs(),
                memory(),
                recording(mounts),
                store(),
                metrics(),
                control(),
                restart(),
                passwords());
        checkPorts(config);
        checkRoomInIcecast(config);
        return config;
    }

    private RelayConfig.Station station() {
        try (Section station = file.section("station")) {
            return new RelayConfig.Station(
                    station.text("name", "My Radio"),
                    station.text("description", "Music around the clock"),
                    station.text("genre", "Various"),
                    station.url("url", Set.of("http", "https")));
        }
    }

    private List<Mount> mounts() {
        Optional<List<Section>> items = file.sections("mounts");
        if (items.isEmpty()) {
            return List.of(new Mount("/live", Format.MP3, 128, 44_100, 2, true));
        }
        if (items.get().isEmpty()) {
            file.error("mounts", "mounts must have at least one mount");
            return List.of(new Mount("/live", Format.MP3, 128, 44_100, 2, true));
        }
        int main = main(items.get());
        List<Mount> mounts = new ArrayList<>();
        for (int i = 0; i < items.get().size(); i++) {
            try (Section item = items.get().get(i)) {
                Mount mount = mount(item, i == main);
                if (mounts.stream().anyMatch(other -> other.path().equals(mount.path()))) {
                    item.error("path", "the mount " + mount.path() + " is there twice; each needs a path of its own");
                }
                mounts.add(mount);
            }
        }
        return mounts;
    }

    /** The index of the main mount: the one that says so, else the first. */
    private static int main(List<Section> items) {
        int main = -1;
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i).flag("main", false)) {
                if (main >= 0) {
                    items.get(i).error("main", "only one mount can be the main one");
                }
                main = i;
            }
        }
        return Math.max(0, main);
    }

    private static Mount mount(Section item, boolean main) {
        String path = item.requiredText("path", MOUNT, MOUNT_ALLOWED);
        if (path != null && RESERVED_MOUNTS.contains(path)) {
            item.error("path", "the path " + path + " is Icecast's own; choose another, like /live");
        }
        Format format = item.choice("format", Format.MP3);
        int bitrate = item.integer("bitrate", 128, 8, 512);
        int sampleRate = item.integer("sample_rate", format == Format.OPUS ? 48_000 : 44_100, 8_000, 96_000);
        int channels = item.integer("channels", 2, 1, 2);
        if (format == Format.OPUS) {
            if (sampleRate != 48_000) {
                item.error("sample_rate", "sample_rate must be 48000 for opus");
            }
            if (main) {
                item.warning(
                        "format",
                        "iPhones and iPads can't play opus: make the main mount mp3 or aac, and opus an extra one");
            }
        } else if (!MPEG_SAMPLE_RATES.contains(sampleRate)) {
            item.error("sample_rate", "sample_rate must be 32000, 44100 or 48000 for mp3 and aac");
        }
        if (format == Format.MP3 && !MPEG_BITRATES.contains(bitrate)) {
            item.error(
                    "bitrate",
                    "bitrate must be one of 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320 for mp3");
        }
        return new Mount(path == null ? "/" : path, format, bitrate, sampleRate, channels, main);
    }

    private List<Input> inputs() {
        Optional<List<Section>> items = file.sections("inputs");
        if (items.isEmpty()) {
            return List.of(new HarborInput("live", "/dj", List.of(dj("live", "source"))));
        }
        List<Input> inputs = new ArrayList<>();
        for (Section section : items.get()) {
            try (Section item = section) {
                input(item).ifPresent(input -> {
                    if (ConfigReader.isNamed(inputs, input.name())
                            || input.name().equals("standby")) {
                        item.error(
                                "name",
                                "the input name \"" + input.name() + "\" is taken; each needs a name of its own");
                    }
                    inputs.add(input);
                });
            }
        }
        checkHarborMounts(inputs);
        return inputs;
    }

    private enum InputType {
        HARBOR,
        URL,
        PLAYLIST
    }

    private static Optional<Input> input(Section item) {
        InputType type = item.choice("type", InputType.HARBOR);
        String name = item.requiredText(
                "name", INPUT_NAME, "a letter, then up to 30 letters, digits, \"_\" or \"-\", like studio");
        return switch (type) {
            case HARBOR -> harborInput(item, name);
            case URL -> urlInput(item, name);
            case PLAYLIST -> playlistInput(item, name);
        };
    }

    private static Optional<Input> harborInput(Section item, String name) {
        String mount = item.requiredText("mount", MOUNT, MOUNT_ALLOWED);
        List<Dj> djs = new ArrayList<>();
        Optional<List<Section>> items = item.sections("djs");
        for (Section section : items.orElse(List.of())) {
            try (Section entry = section) {
                String user = entry.requiredText(
                        "user", USER, "1 to 40 letters, digits, \".\", \"_\", \"@\" or \"-\", like anna");
                if (djs.stream().anyMatch(dj -> dj.user().equals(user))) {
                    entry.error("user", "the DJ " + user + " is there twice; each needs a name of its own");
                }
                SecretSource password = entry.secret("password", "dj-" + name + "-" + user);
                if (user != null) {
                    djs.add(new Dj(user, password));
                }
            }
        }
        if (items.isEmpty()) {
            djs.add(dj(name, "source"));
        } else if (items.get().isEmpty()) {
            item.error("djs", "djs must have at least one DJ, or be left out for one named source");
        }
        return name == null || mount == null ? Optional.empty() : Optional.of(new HarborInput(name, mount, djs));
    }

    private static Dj dj(String input, String user) {
        return new Dj(user, new SecretSource.Generated("dj-" + input + "-" + user));
    }

    private static Optional<Input> urlInput(Section item, String name) {
        var url = item.url("url", URL_SCHEMES);
        if (url.isEmpty() && item.value("url").isEmpty()) {
            item.error("url", "this input needs a url, like https://studio.example.org/feed");
        }
        if (url.isPresent() && url.get().getUserInfo() != null) {
            item.warning("url", "the url holds a password: it stands in this file and in the memory of Liquidsoap");
        }
        return name == null ? Optional.empty() : url.map(address -> new UrlInput(name, address));
    }

    private static Optional<Input> playlistInput(Section item, String name) {
        var directory = item.file("directory");
        boolean shuffle = item.flag("shuffle", true);
        if (directory.isEmpty() && item.value("directory").isEmpty()) {
            item.error("directory", "this input needs a directory of audio files, like /srv/music");
        }
        return name == null ? Optional.empty() : directory.map(path -> new PlaylistInput(name, path, shuffle));
    }

    private void checkHarborMounts(List<Input> inputs) {
        Map<String, String> names = new LinkedHashMap<>();
        for (Input input : inputs) {
            if (input instanceof HarborInput harbor) {
                String other = names.putIfAbsent(harbor.mount(), harbor.name());
                if (other != null) {
                    file.error(
                            "inputs",
                            "the inputs " + other + " and " + harbor.name() + " have the same mount " + harbor.mount());
                }
            }
        }
    }

    private RelayConfig.Standby standby() {
        try (Section standby = file.section("standby")) {
            return new RelayConfig.Standby(standby.file("file"));
        }
    }

    private RelayConfig.Silence silence() {
        try (Section silence = file.section("silence")) {
            return new RelayConfig.Silence(
                    silence.decimal("threshold", -45, -90, -10),
                    silence.duration("after", Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofMinutes(10)),
                    silence.duration("minimum_noise", Duration.ofMillis(500), Duration.ZERO, Duration.ofSeconds(10)));
        }
    }

    private Listeners listeners() {
        try (Section listeners = file.section("listeners")) {
            return new Listeners(
                    listeners.address("bind", literal("127.0.0.1")),
                    listeners.port("port", 8000),
                    listeners.integer("limit", 300, 1, 10_000),
                    listeners.addresses("trusted_fronts", Set.of(literal("127.0.0.1"), literal("::1"))));
        }
    }

    private static InetAddress literal(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(address, e);
        }
    }

    private Harbor harbor() {
        try (Section harbor = file.section("harbor")) {
            return new Harbor(harbor.address("bind", literal("127.0.0.1")), harbor.port("port", 8005));
        }
    }

    private Icecast icecast() {
        try (Section icecast = file.section("icecast")) {
            return new Icecast(
                    icecast.port("port", 8010),
                    icecast.integer("clients", 350, OWN_CONNECTIONS + 1, 20_000),
                    (int) icecast.size("burst", 64 * KIB, KIB, 4 * MIB),
                    (int) icecast.size("queue", 512 * KIB, 64 * KIB, 64 * MIB),
                    icecast.duration(
                            "source_timeout", Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ofMinutes(5)));
        }
    }

    private RelayConfig.SourceRoute sourceRoute() {
        try (Section route = file.section("source_route")) {
            return new RelayConfig.SourceRoute(route.port("port", 8011));
        }
    }

    private RelayConfig.Programs programs() {
        try (Section programs = file.section("programs")) {
            return new RelayConfig.Programs(
                    programs.text("icecast", "icecast2"),
                    programs.text("liquidsoap", "liquidsoap"),
                    programs.text("ffmpeg", "ffmpeg"));
        }
    }

    private RelayConfig.Memory memory() {
        try (Section memory = file.section("memory")) {
            return new RelayConfig.Memory(
                    memory.size("icecast", 64 * MIB, 16 * MIB, 64 * GIB),
                    memory.size("liquidsoap", 400 * MIB, 128 * MIB, 64 * GIB),
                    memory.size("recorder", 96 * MIB, 32 * MIB, 64 * GIB));
        }
    }

    private Recording recording(List<Mount> mounts) {
        try (Section recording = file.section("recording")) {
            String main = mounts.stream()
                    .filter(Mount::main)
                    .findFirst()
                    .orElseThrow()
                    .path();
            String mount = recording.text("mount", main);
            if (mounts.stream().noneMatch(candidate -> candidate.path().equals(mount))) {
                List<String> paths = mounts.stream().map(Mount::path).toList();
                recording.error(
                        "mount",
                        "recording.mount is \"" + mount + "\", but must be one of the mounts: "
                                + String.join(", ", paths) + Suggestion.among(paths, mount));
            }
            return new Recording(
                    recording.flag("enabled", true),
                    mount,
                    recording.duration("segment", Duration.ofMinutes(10), Duration.ofSeconds(10), Duration.ofHours(6)),
                    hls(recording));
        }
    }

    private static Hls hls(Section recording) {
        try (Section hls = recording.section("hls")) {
            return new Hls(
                    hls.flag("enabled", false),
                    hls.duration("segment", Duration.ofSeconds(6), Duration.ofSeconds(2), Duration.ofSeconds(30)),
                    hls.integer("playlist_length", 6, 3, 60));
        }
    }

    private RelayConfig.Store store() {
        try (Section store = file.section("store")) {
            return new RelayConfig.Store(store.file("directory"));
        }
    }

    private RelayConfig.Metrics metrics() {
        try (Section metrics = file.section("metrics")) {
            return new RelayConfig.Metrics(metrics.port("port", 9146));
        }
    }

    private RelayConfig.Control control() {
        try (Section control = file.section("control")) {
            return new RelayConfig.Control(control.file("socket"), control.optionalText("group"));
        }
    }

    private RelayConfig.Restart restart() {
        Duration day = Duration.ofHours(24);
        try (Section restart = file.section("restart")) {
            return new RelayConfig.Restart(
                    restart.duration("first_delay", Duration.ZERO, Duration.ZERO, Duration.ofMinutes(5)),
                    restart.duration(
                            "maximum_delay", Duration.ofSeconds(30), Duration.ofMillis(500), Duration.ofHours(1)),
                    restart.duration("reset_after", Duration.ofSeconds(3), Duration.ofMillis(500), Duration.ofHours(1)),
                    restart.integer("intensity", 15, 1, 1000),
                    restart.duration("window", Duration.ofMinutes(2), Duration.ofSeconds(1), day),
                    restart.duration(
                            "failed_delay", Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofHours(1)));
        }
    }

    private RelayConfig.Passwords passwords() {
        try (Section passwords = file.section("passwords")) {
            return new RelayConfig.Passwords(
                    passwords.secret("source", "icecast-source"), passwords.secret("admin", "icecast-admin"));
        }
    }

    private void checkPorts(RelayConfig config) {
        Map<Integer, String> users = new LinkedHashMap<>();
        claim(users, "listeners", config.listeners().port());
        claim(users, "harbor", config.harbor().port());
        claim(users, "icecast", config.icecast().port());
        claim(users, "source_route", config.sourceRoute().port());
        claim(users, "metrics", config.metrics().port());
    }

    private void claim(Map<Integer, String> users, String section, int port) {
        String other = users.putIfAbsent(port, section);
        if (other != null) {
            file.error(
                    section,
                    section + ".port is " + port + ", and so is " + other + ".port: each needs one of its own");
        }
    }

    private void checkRoomInIcecast(RelayConfig config) {
        int most = config.icecast().clients() - OWN_CONNECTIONS;
        if (config.listeners().limit() > most) {
            file.error(
                    "listeners",
                    "listeners.limit is " + config.listeners().limit() + ", but icecast.clients is "
                            + config.icecast().clients() + " and " + OWN_CONNECTIONS
                            + " of these are kept for the station itself: listeners.limit can be " + most
                            + " at most, or raise icecast.clients");
        }
    }
}
