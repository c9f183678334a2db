package org.relaysupervisor.config;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.config.RelayConfig.Levels;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.config.RelayConfig.Origin;
import org.relaysupervisor.config.RelayConfig.Profile;
import org.relaysupervisor.config.RelayConfig.WeeklyShow;

/** What must fit together across keys and sections. A value that is wrong in itself is not compared with anything. */
final class CrossChecks {
    /** Icecast connections that are neither listeners nor sources: recorder, metrics, probes, title updates, and some to spare. */
    private static final int RESERVED_CLIENTS = 10;

    /** {@code sun_path} has 108 bytes with its final NUL. */
    private static final int LONGEST_SOCKET = 107;

    /** A healthy Liquidsoap was killed below this. */
    private static final long LIQUIDSOAP_NEEDS = 320L << 20;

    private static final int MOST_MOUNTS = 16;
    private static final int MOST_ORIGINS = 16;
    private static final int MOST_INPUTS = 32;
    private static final int MOST_PROFILES = 64;
    private static final int MOST_WEEKLY_SHOWS = 200;

    private final Section root;
    private final RelayConfig config;

    CrossChecks(Section root, RelayConfig config) {
        this.root = root;
        this.config = config;
    }

    void run() {
        mounts();
        inputs();
        front();
        ports();
        if (config.isEdge()) {
            new EdgeChecks(root, config).run();
        } else {
            clients();
            icecastBuffers();
        }
        new RecordingChecks(root, config).run();
        new HlsChecks(root, config).run();
        restart();
        controlSocket();
        memory();
        metering();
        profiles();
        shows();
    }

    private void mounts() {
        List<Section> mounts = root.sections("mounts").orElse(List.of());
        if (root.isEmptyList("mounts")) {
            root.error("mounts", "must have at least one mount");
        }
        if (mounts.size() > MOST_MOUNTS) {
            root.error("mounts", "must not be more than " + MOST_MOUNTS + "; each one is encoded on its own");
        }
        requireUnique(mounts, "path");
        List<Section> main = mounts.stream()
                .filter(mount -> mount.text("main").orElse("").equalsIgnoreCase("true"))
                .toList();
        main.stream().skip(1).forEach(mount -> mount.error("main", "must be true for one mount only"));
        for (int i = 0; i < mounts.size(); i++) {
            warnOfOpus(mounts.get(i), config.mounts().get(i));
        }
    }

    private static void warnOfOpus(Section section, Mount mount) {
        if (mount.main() && mount.format() == Format.OPUS) {
            section.warn(
                    "format",
                    "is opus for the main mount, which iPhones and iPads cannot play; make mp3 or aac the main mount,"
                            + " and opus an extra one");
        }
    }

    private void inputs() {
        List<Section> inputs = root.sections("inputs").orElse(List.of());
        atMost(inputs, "inputs", root, MOST_INPUTS);
        requireUnique(inputs, "name");
        requireUnique(inputs, "mount");
        for (Section input : inputs) {
            switch (input.text("name").orElse("")) {
                case "standby" ->
                    input.error("name", "must not be standby, which is the programme when no input has one");
                case "nothing" ->
                    input.error("name", "must not be nothing, which is what plays when there is not even a standby");
                default -> {}
            }
            if (input.text("type").orElse("").equalsIgnoreCase("harbor")) {
                djs(input);
            }
        }
    }

    private static void djs(Section input) {
        input.sections("djs").ifPresent(djs -> {
            if (djs.isEmpty()) {
                input.error("djs", "must have at least one DJ; leave djs out to have one with a generated password");
            }
            Set<String> users = new HashSet<>();
            for (Section dj : djs) {
                if (!users.add(dj.text("user").orElse("source"))) {
                    dj.error("user", "must differ from that of the DJs above it (the default is source)");
                }
            }
        });
    }

    private static void requireUnique(List<Section> sections, String key) {
        Set<String> seen = new HashSet<>();
        for (Section section : sections) {
            boolean again = !seen.add(section.text(key).orElse(key + " of its own " + seen.size()));
            if (again && section.isSound(key)) {
                section.error(key, "must be unique; another one above has it already");
            }
        }
    }

    private void front() {
        Section front = root.section("front");
        List<Section> origins = front.sections("origins").orElse(List.of());
        atMost(origins, "origins", front, MOST_ORIGINS);
        requireUnique(origins, "name");
        origins.stream()
                .filter(origin -> !origin.has("url"))
                .skip(1)
                .forEach(origin -> origin.error(
                        "url", "is missing, and so it is above: only one origin, this machine itself, needs none"));
        if (!origins.isEmpty() && !root.section("listeners").has("public_url")) {
            front.error(
                    "origins", "are behind a front, and nothing says where that is: listeners.public_url is missing");
        }
        if (!config.listeners().frontSecrets().isEmpty()) {
            warnOfSecret(origins);
        }
    }

    /** Blackbox shows its configuration to whoever asks on this machine. */
    private void warnOfSecret(List<Section> origins) {
        for (int i = 0; i < origins.size(); i++) {
            Origin origin = config.front().origins().get(i);
            if (origin.url().isPresent() && !origin.hasPage()) {
                origins.get(i)
                        .warn(
                                "url",
                                "is asked without listeners.front_secret; if the secret is wanted there, take the front's"
                                        + " page about it, such as https://radio.example/health/origin/NAME");
            }
        }
    }

    private void ports() {
        Map<String, Integer> ports = new LinkedHashMap<>();
        ports.put("listeners", config.listeners().port());
        if (!config.isEdge()) {
            ports.put("harbor", config.harbor().port());
            ports.put("icecast", config.icecast().port());
            ports.put("source_route", config.sourceRoute().port());
        }
        ports.put("metrics", config.metrics().port());
        Map<Integer, String> owners = new LinkedHashMap<>();
        ports.forEach((name, port) -> {
            String owner = owners.putIfAbsent(port, name);
            if (owner != null) {
                collision(owner, name, port);
            }
        });
    }

    /** Told where the operator wrote a port: the other one may be a default. */
    private void collision(String one, String other, int port) {
        if (!root.section(one).isSound("port") || !root.section(other).isSound("port")) {
            return;
        }
        boolean blameOther = root.section(other).has("port");
        root.section(blameOther ? other : one)
                .error(
                        "port",
                        "must be a port of its own; " + (blameOther ? one : other) + ".port is " + port + " too");
    }

    private void clients() {
        Section listeners = root.section("listeners");
        Section icecast = root.section("icecast");
        int limit = config.listeners().limit();
        int clients = config.icecast().clients();
        int reserved = config.mounts().size() + RESERVED_CLIENTS;
        if (limit + reserved <= clients || !listeners.isSound("limit") || !icecast.isSound("clients")) {
            return;
        }
        String reason = ", so that there is room for a source per mount and for " + RESERVED_CLIENTS
                + " others: recorder, metrics, probes, title updates";
        if (listeners.has("limit")) {
            listeners.error(
                    "limit", "must be at least " + reserved + " below icecast.clients, which is " + clients + reason);
        } else {
            icecast.error(
                    "clients", "must be at least " + reserved + " above listeners.limit, which is " + limit + reason);
        }
    }

    private void icecastBuffers() {
        Section icecast = root.section("icecast");
        boolean sound = icecast.isSound("burst") && icecast.isSound("queue");
        if (sound && config.icecast().burst() >= config.icecast().queue()) {
            icecast.error(
                    icecast.has("burst") ? "burst" : "queue",
                    "does not fit: icecast.burst must be below icecast.queue, or every new listener is dropped at once");
        }
    }

    private void restart() {
        Section restart = root.section("restart");
        boolean sound = restart.isSound("first_delay") && restart.isSound("maximum_delay");
        if (sound && config.restart().firstDelay().compareTo(config.restart().maximumDelay()) > 0) {
            restart.error("first_delay", "must not be longer than restart.maximum_delay");
        }
    }

    private void controlSocket() {
        config.control().socket().ifPresent(socket -> {
            if (socket.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET) {
                root.section("control")
                        .error("socket", "must be at most " + LONGEST_SOCKET + " bytes, as Linux wants for a socket");
            }
        });
    }

    private void memory() {
        if (!config.isEdge() && config.memory().liquidsoap() < LIQUIDSOAP_NEEDS) {
            root.section("memory").warn("liquidsoap", "is less than the 320MiB that a healthy Liquidsoap may need");
        }
    }

    private void metering() {
        Section metering = root.section("metering");
        if (metering.isEmptyList("mounts")) {
            metering.error("mounts", "must have at least one mount; to measure none, write enabled: false");
        }
        List<String> paths = config.mounts().stream().map(Mount::path).toList();
        List<String> metered = config.metering().mounts();
        for (String path : metering.has("mounts") ? new LinkedHashSet<>(metered) : Set.<String>of()) {
            if (!paths.contains(path)) {
                metering.error(
                        "mounts", "must be paths of mounts: " + String.join(", ", paths) + "; " + path + " is none");
            } else if (Collections.frequency(metered, path) > 1) {
                metering.error("mounts", "must name " + path + " only once");
            }
        }
    }

    private void profiles() {
        List<Section> profiles = root.sections("profiles").orElse(List.of());
        atMost(profiles, "profiles", root, MOST_PROFILES);
        requireUnique(profiles, "name");
        for (int i = 0; i < profiles.size(); i++) {
            Levels levels = config.profiles().get(i).levels();
            Section section = profiles.get(i);
            boolean sound = section.isSound("near_silence_below") && section.isSound("target");
            if (sound && levels.nearSilence() >= levels.target()) {
                section.error(
                        section.has("near_silence_below") ? "near_silence_below" : "target",
                        "does not fit: profiles.near_silence_below must be below profiles.target, or what is right counts as"
                                + " silence");
            }
        }
        if (profiles.stream().allMatch(profile -> profile.isSound("name"))) {
            root.sections("mounts").orElse(List.of()).forEach(this::requireProfile);
            root.section("shows").sections("weekly").orElse(List.of()).forEach(this::requireProfile);
        }
    }

    private void requireProfile(Section section) {
        List<String> names = config.profiles().stream().map(Profile::name).toList();
        section.text("profile")
                .filter(name -> section.isSound("profile") && !name.isEmpty() && !names.contains(name))
                .ifPresent(name -> section.error(
                        "profile", "must be one of " + String.join(", ", names) + Nearest.hint(name, names)));
    }

    private void shows() {
        Section shows = root.section("shows");
        List<Section> weekly = shows.sections("weekly").orElse(List.of());
        atMost(weekly, "weekly", shows, MOST_WEEKLY_SHOWS);
        for (int later = 0; later < weekly.size(); later++) {
            if (weekly.get(later).isEmptyList("days")) {
                weekly.get(later).error("days", "must have at least one day; leave it out for every day");
            }
            for (int first = 0; first < later; first++) {
                warnOfSameStart(weekly, first, later);
            }
        }
    }

    /** Of shows that overlap otherwise the one that began last is on, as a news bulletin within a long programme. */
    private void warnOfSameStart(List<Section> sections, int first, int later) {
        WeeklyShow one = config.shows().weekly().get(first);
        WeeklyShow other = config.shows().weekly().get(later);
        boolean sound =
                sections.get(first).isSound("start") && sections.get(later).isSound("start");
        if (sound && one.start().equals(other.start()) && !Collections.disjoint(one.days(), other.days())) {
            sections.get(later)
                    .warn(
                            "start",
                            "is also that of " + Readings.quoted(one.name()) + " above, which counts when both begin");
        }
    }

    private static void atMost(List<Section> sections, String key, Section parent, int most) {
        if (sections.size() > most) {
            parent.error(key, "must not be more than " + most);
        }
    }
}
