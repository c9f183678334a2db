package org.relaysupervisor;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Origin;
import org.relaysupervisor.programs.Values;

/**
 * What Blackbox asks, and as which job Prometheus knows the answers. The rules tell by the job what it means that nobody answers: {@value
 * #STREAM} is what the public hears, {@value #HERE} this machine behind a front, {@value #ORIGIN} another one there, {@value #HLS} the
 * playlist.
 */
final class Probes {
    private static final String STREAM = "relay_stream";
    private static final String HERE = "relay_here";
    private static final String ORIGIN = "relay_origin";
    private static final String HLS = "relay_hls";

    /** Blackbox's modules for what has an end; each stream has one of its own, with a slash in its name. */
    private static final String PAGE = "page";

    private static final String PLAYLIST = "playlist";

    private final RelayConfig config;

    /** @param mount empty for what speaks of none */
    private record Target(String module, URI url, String asked, Optional<String> mount, Optional<String> origin) {
        Values values() {
            return new Values()
                    .text("module", module)
                    .text("url", url.toString())
                    .text("target", asked)
                    .optionalText("mount", mount)
                    .optionalText("origin", origin);
        }
    }

    Probes(RelayConfig config) {
        this.config = config;
    }

    /** For prometheus.yml. */
    List<Values> jobs() {
        return Stream.of(
                        job(STREAM, publicStreams()), job(HERE, here()), job(ORIGIN, elsewhere()), job(HLS, playlist()))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<Values> job(String name, List<Target> targets) {
        return targets.isEmpty()
                ? Optional.empty()
                : Optional.of(new Values()
                        .text("job", name)
                        .list("targets", targets.stream().map(Target::values).toList()));
    }

    /** For blackbox.yml. */
    Values modules() {
        return new Values()
                .list(
                        "streams",
                        Stream.of(publicStreams(), here(), elsewhere())
                                .flatMap(List::stream)
                                .filter(target -> !target.module().equals(PAGE))
                                .map(Probes::request)
                                .toList())
                .flag(
                        "pages",
                        elsewhere().stream().anyMatch(target -> target.module().equals(PAGE)))
                .list(
                        "playlists",
                        config.front().hls().stream()
                                .map(url -> new Values().flag("only_tls", isTls(url)))
                                .toList());
    }

    private List<Target> publicStreams() {
        return config.mounts().stream()
                .map(mount -> stream(mount.path(), mount.path(), config.publicUrl(mount.path()), Optional.empty()))
                .toList();
    }

    private List<Target> here() {
        return config.front().origins().stream()
                .filter(origin -> origin.url().isEmpty())
                .flatMap(origin -> streams(origin, config.listenUrl("/")))
                .toList();
    }

    private List<Target> elsewhere() {
        List<Target> targets = new ArrayList<>();
        for (Origin origin : config.front().origins()) {
            origin.url().ifPresent(url -> {
                if (origin.hasPage()) {
                    targets.add(page(origin, url));
                } else {
                    streams(origin, url).forEach(targets::add);
                }
            });
        }
        return targets;
    }

    private Stream<Target> streams(Origin origin, URI base) {
        return config.mounts().stream()
                .map(mount -> stream(
                        origin.name() + mount.path(),
                        mount.path(),
                        base.resolve(mount.path()),
                        Optional.of(origin.name())));
    }

    private static Target stream(String module, String mount, URI url, Optional<String> origin) {
        return new Target(module, url, url.getHost() + ":" + port(url), Optional.of(mount), origin);
    }

    /** A page is about the mount that the front serves. */
    private Target page(Origin origin, URI url) {
        return new Target(
                PAGE, url, url.toString(), Optional.of(config.mainMount().path()), Optional.of(origin.name()));
    }

    private List<Target> playlist() {
        return config.front().hls().stream()
                .map(url -> new Target(PLAYLIST, url, url.toString(), Optional.empty(), Optional.empty()))
                .toList();
    }

    /** Blackbox ends what it sends with a line feed of its own. */
    private static Values request(Target target) {
        URI url = target.url();
        String request = "GET %s HTTP/%s\r\nHost: %s\r\nUser-Agent: Blackbox Exporter\r\nConnection: close\r\n\r"
                .formatted(url.getRawPath(), isTls(url) ? "1.1" : "1.0", url.getRawAuthority());
        return new Values()
                .text("module", target.module())
                .text("request", request)
                .text("host", url.getHost().replace("[", "").replace("]", ""))
                .flag("tls", isTls(url));
    }

    private static int port(URI url) {
        return url.getPort() >= 0 ? url.getPort() : isTls(url) ? 443 : 80;
    }

    private static boolean isTls(URI url) {
        return url.getScheme().equalsIgnoreCase("https");
    }
}
