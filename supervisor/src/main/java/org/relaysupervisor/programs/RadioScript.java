package org.relaysupervisor.programs;

import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.config.SecretSource;
import org.relaysupervisor.programs.InstalledLiquidsoap.Library;

/** Fills {@code radio.liq} from the configuration. Immutable. */
final class RadioScript {
    private static final Template TEMPLATE = ShippedTemplates.load("radio.liq");

    private final RelayConfig config;
    private final Secret sourcePassword;
    private final Map<SecretSource, Secret> djPasswords;
    private final Path standby;
    private final Path socket;
    private final Lane lane;

    RadioScript(
            RelayConfig config,
            Secret sourcePassword,
            Map<SecretSource, Secret> djPasswords,
            Path standby,
            Path socket,
            Lane lane) {
        this.config = config;
        this.sourcePassword = sourcePassword;
        this.djPasswords = Map.copyOf(djPasswords);
        this.standby = standby;
        this.socket = socket;
        this.lane = lane;
    }

    String render(Library library) {
        Values values = new Values()
                .flag("partsOf21", library == Library.PARTS_OF_2_1)
                .flag("partsOf23", library == Library.PARTS_OF_2_3)
                .text("socket", socket.toString())
                .text("harborBind", lane.harbor().getHostAddress())
                .text("standby", standby.toString())
                .list("inputs", inputs())
                .list("mounts", mounts());
        return TEMPLATE.render(values, Literals::liquidsoap);
    }

    /** Every secret that the script holds. */
    Set<Secret> secrets() {
        Set<Secret> secrets = new HashSet<>(djPasswords.values());
        secrets.add(sourcePassword);
        return secrets;
    }

    private List<Values> inputs() {
        List<Values> inputs = new ArrayList<>();
        for (RelayConfig.Input input : config.inputs()) {
            List<Values> harbor = new ArrayList<>();
            List<Values> pull = new ArrayList<>();
            List<Values> playlist = new ArrayList<>();
            if (input instanceof RelayConfig.HarborInput dj) {
                harbor.add(harbor(dj));
            } else if (input instanceof RelayConfig.UrlInput url) {
                pull.add(raw(input).text("url", url.url().toString()));
            } else if (input instanceof RelayConfig.PlaylistInput files) {
                playlist.add(new Values()
                        .text("mode", files.shuffle() ? "randomize" : "normal")
                        .text("directory", files.directory().toString()));
            }
            inputs.add(new Values()
                    .number("number", inputs.size() + 1L)
                    .text("name", input.name())
                    .list("harbor", harbor)
                    .list("pull", pull)
                    .list("playlist", playlist)
                    .list("live", playlist.isEmpty() ? List.of(silence()) : List.of()));
        }
        return inputs;
    }

    private Values harbor(RelayConfig.HarborInput input) {
        List<Values> djs = new ArrayList<>();
        for (RelayConfig.Dj dj : input.djs()) {
            Secret password = djPasswords.get(dj.password());
            if (password == null) {
                throw new IllegalArgumentException("the password of DJ " + dj.user() + " was not resolved");
            }
            djs.add(new Values().text("user", dj.user()).text("password", password.reveal()));
        }
        return raw(input)
                .list("djs", djs)
                .number("port", config.sourceRoute().port())
                .text("mount", input.mount());
    }

    /** The operator below the one that judges silence needs a name of its own; 2.3 would make an underscore of a dot. */
    private static Values raw(RelayConfig.Input input) {
        return new Values().text("raw", input.name() + "_raw");
    }

    private Values silence() {
        RelayConfig.Silence silence = config.silence();
        return new Values()
                .decimal("threshold", BigDecimal.valueOf(silence.threshold()))
                .decimal("maximumBlank", seconds(silence.after()))
                .decimal("minimumNoise", seconds(silence.minimumNoise()));
    }

    private List<Values> mounts() {
        List<Values> mounts = new ArrayList<>();
        for (RelayConfig.Mount mount : config.mounts()) {
            RelayConfig.Station station = config.station();
            mounts.add(new Values()
                    .flag("mp3", mount.format() == RelayConfig.Format.MP3)
                    .flag("aac", mount.format() == RelayConfig.Format.AAC)
                    .flag("opus", mount.format() == RelayConfig.Format.OPUS)
                    .number("bitrate", mount.bitrate())
                    .text("codecBitrate", mount.bitrate() + "k")
                    .number("sampleRate", mount.sampleRate())
                    .number("channels", mount.channels())
                    .flag("stereo", mount.channels() == 2)
                    .flag("mono", mount.channels() == 1)
                    .text("id", "mount" + (mounts.size() + 1))
                    .text("host", lane.address().getHostAddress())
                    .number("port", config.sourceRoute().port())
                    .text("mount", mount.path())
                    .text("sourcePassword", sourcePassword.reveal())
                    .text("contentType", mount.format().contentType())
                    .text("station", Literals.oneLine(station.name()))
                    .text("description", Literals.oneLine(station.description()))
                    .text("genre", Literals.oneLine(station.genre()))
                    .optionalText("url", station.url().map(URI::toString).map(Literals::oneLine)));
        }
        return mounts;
    }

    private static BigDecimal seconds(Duration duration) {
        return BigDecimal.valueOf(duration.toMillis(), 3);
    }
}
