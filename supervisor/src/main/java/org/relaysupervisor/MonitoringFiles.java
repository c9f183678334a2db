package org.relaysupervisor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.relaysupervisor.admin.Rendering;
import org.relaysupervisor.config.ConfigReader;
import org.relaysupervisor.config.InvalidConfigException;
import org.relaysupervisor.config.Problem;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.files.Checksum;
import org.relaysupervisor.programs.Template;
import org.relaysupervisor.programs.Values;

/**
 * {@code relayctl monitoring render DIR}: the files of {@code monitoring/}, which travel in the jar, with this station's mounts and ports.
 *
 * <p>What was written is noted with its checksum in {@value #NOTES}. A file that has another one now was changed by hand: it stays, and one
 * of ours that is newer than what was written is put beside it with {@value #BESIDE} behind its name.
 */
public final class MonitoringFiles implements Rendering {
    static final String NOTES = ".rendered";
    static final String BESIDE = ".new";

    /** With places for this station's values. */
    static final List<String> TEMPLATES = List.of("prometheus.yml", "blackbox.yml");

    static final List<String> COPIES = List.of(
            "alertmanager.yml",
            "RUNBOOK.md",
            "rules/relay.yml",
            "rules/uptime.yml",
            "systemd/prometheus.conf",
            "systemd/prometheus-alertmanager.conf",
            "systemd/prometheus-blackbox-exporter.conf",
            "grafana/provisioning/datasources/relay.yaml",
            "grafana/provisioning/dashboards/relay.yaml",
            "grafana/dashboards/on-air.json",
            "grafana/dashboards/audio.json",
            "grafana/dashboards/children.json",
            "grafana/dashboards/recording.json",
            "grafana/dashboards/edge.json");

    @Override
    public int render(Path config, Path directory, PrintStream out, PrintStream err) {
        try {
            write(files(ConfigReader.read(config).config()), directory, out);
            return 0;
        } catch (InvalidConfigException e) {
            e.problems().stream().map(Problem::toString).forEach(err::println);
        } catch (IOException e) {
            err.println("relayctl: " + e);
        }
        return 1;
    }

    /** The content of each file, by its path. */
    static Map<String, String> files(RelayConfig config) throws IOException {
        Probes probes = new Probes(config);
        Map<String, String> files = new LinkedHashMap<>();
        files.put(
                "prometheus.yml",
                template("prometheus.yml")
                        .render(
                                new Values()
                                        .number("metrics_port", config.metrics().port())
                                        .text("station", config.station().name())
                                        .list("jobs", probes.jobs()),
                                MonitoringFiles::quoted));
        files.put("blackbox.yml", template("blackbox.yml").render(probes.modules(), MonitoringFiles::quoted));
        for (String name : COPIES) {
            files.put(name, shipped(name));
        }
        return files;
    }

    /** As YAML in double quotes, where every character can be written. */
    private static String quoted(String text) {
        StringBuilder written = new StringBuilder(text.length() + 16).append('"');
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"', '\\' -> written.append('\\').appendCodePoint(c);
                case '\r' -> written.append("\\r");
                case '\n' -> written.append("\\n");
                default -> {
                    if (Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE || c == 0xFEFF) {
                        written.append("\\u%04X".formatted(c));
                    } else {
                        written.appendCodePoint(c);
                    }
                }
            }
        });
        return written.append('"').toString();
    }

    private static Template template(String name) throws IOException {
        return Template.parse(name, shipped(name));
    }

    private static String shipped(String name) throws IOException {
        try (InputStream input = MonitoringFiles.class.getResourceAsStream("/monitoring/" + name)) {
            if (input == null) {
                throw new IllegalStateException("the build left monitoring/" + name + " out of the jar");
            }
            return new String(input.readAllBytes(), UTF_8);
        }
    }

    private static void write(Map<String, String> files, Path directory, PrintStream out) throws IOException {
        Path notes = directory.resolve(NOTES);
        Map<String, String> written = read(notes);
        for (Map.Entry<String, String> file : files.entrySet()) {
            byte[] content = file.getValue().getBytes(UTF_8);
            Path place = directory.resolve(file.getKey());
            Files.createDirectories(place.toAbsolutePath().getParent());
            String ours = Checksum.sha256(content);
            String before = Files.exists(place) ? Checksum.sha256(Files.readAllBytes(place)) : "";
            if (before.equals(ours)) {
                out.println("as it was   " + file.getKey());
            } else if (before.isEmpty() || before.equals(written.get(file.getKey()))) {
                replace(place, content);
                out.println("written     " + file.getKey());
            } else if (ours.equals(written.get(file.getKey()))) {
                out.println("kept yours  " + file.getKey());
                continue;
            } else {
                replace(directory.resolve(file.getKey() + BESIDE), content);
                out.println("kept yours  " + file.getKey() + "; ours is " + file.getKey() + BESIDE);
                continue;
            }
            written.put(file.getKey(), ours);
        }
        StringBuilder lines = new StringBuilder();
        written.forEach((name, checksum) ->
                lines.append(checksum).append("  ").append(name).append('\n'));
        replace(notes, lines.toString().getBytes(UTF_8));
    }

    /** As sha256sum writes it: the checksum, two spaces, the name. */
    private static Map<String, String> read(Path notes) throws IOException {
        Map<String, String> written = new TreeMap<>();
        if (Files.exists(notes)) {
            for (String line : Files.readAllLines(notes)) {
                int space = line.indexOf("  ");
                if (space > 0) {
                    written.put(line.substring(space + 2), line.substring(0, space));
                }
            }
        }
        return written;
    }

    /** Whoever reads it meanwhile gets the old one or the new one. */
    private static void replace(Path place, byte[] content) throws IOException {
        Path partial = place.resolveSibling(place.getFileName() + ".partial");
        Files.write(partial, content);
        try {
            Files.move(partial, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(partial, place, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
