package org.relaysupervisor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.config.ConfigReader.Loaded;
import org.relaysupervisor.config.RelayConfig.Calendar;
import org.relaysupervisor.config.RelayConfig.Delivery;
import org.relaysupervisor.config.RelayConfig.DirectoryStore;
import org.relaysupervisor.config.RelayConfig.Dj;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.config.RelayConfig.Front;
import org.relaysupervisor.config.RelayConfig.HarborInput;
import org.relaysupervisor.config.RelayConfig.Heartbeat;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.config.RelayConfig.Origin;
import org.relaysupervisor.config.RelayConfig.PlaylistInput;
import org.relaysupervisor.config.RelayConfig.Profile;
import org.relaysupervisor.config.RelayConfig.S3Store;
import org.relaysupervisor.config.RelayConfig.SecretCalendarUrl;
import org.relaysupervisor.config.RelayConfig.SecretHeartbeatUrl;
import org.relaysupervisor.config.RelayConfig.UrlInput;
import org.relaysupervisor.config.RelayConfig.WeeklyShow;

class ShippedFileTest {
    private static final Path DIRECTORY = Path.of("/etc/relay");

    /** The examples that exclude others: a directory or a bucket. */
    private static final String KEPT_HERE = "directory: /srv/radio/recordings";

    private static final String PUBLISHED_HERE = "directory: /srv/www/hls";

    /** Where the file's word is not the record's. */
    private static final Map<String, String> OTHERWISE_NAMED = Map.ofEntries(
            Map.entry("PublicHls.store", "s3"),
            Map.entry("Shows.zone", "time_zone"),
            Map.entry("Calendar.source", "url"),
            Map.entry("Heartbeat.target", "url"),
            Map.entry("Upstream.host", "url"),
            Map.entry("Listeners.frontSecrets", "front_secret_next"),
            Map.entry("Profile.holds", "dead_channel"),
            Map.entry("Profile.levels", "target"),
            Map.entry("Levels.digitalSilence", "digital_silence_peak"),
            Map.entry("Levels.nearSilence", "near_silence_below"),
            Map.entry("Levels.audible", "audible_above"),
            Map.entry("Levels.deadChannel", "dead_channel_by"),
            Map.entry("Levels.antiphase", "antiphase_below"),
            Map.entry("Levels.clipped", "clipped_share"),
            Map.entry("Levels.above", "loud_above"),
            Map.entry("Levels.below", "quiet_below"));

    @Test
    void isValidAndWithoutWarnings() throws Exception {
        Loaded loaded = ConfigReader.read(ShippedFile.PATH);

        assertThat(loaded.warnings()).isEmpty();
    }

    @Test
    void showsExactlyTheDefaultsOfTheCode() throws Exception {
        RelayConfig shipped = ConfigReader.read(ShippedFile.PATH).config();
        RelayConfig defaults = ConfigReader.parse("{}", "relay.yaml", DIRECTORY).config();

        assertThat(shipped).isEqualTo(defaults);
    }

    @Test
    void fitsTheStationThatAskedForIt() throws Exception {
        RelayConfig config = ConfigReader.read(ShippedFile.PATH).config();

        assertThat(config.mounts())
                .containsExactly(new Mount("/live", Format.MP3, 128, 44100, 2, true, Delivery.FEED, "music"));
        assertThat(config.inputs())
                .containsExactly(new HarborInput(
                        "live", "/dj", List.of(new Dj("source", new SecretSource.Generated("harbor.live.source")))));
        assertThat(config.icecast().clients()).isEqualTo(350);
        assertThat(config.icecast().burst()).isEqualTo(65536);
        assertThat(config.icecast().queue()).isEqualTo(524288);
        assertThat(config.listeners().limit()).isEqualTo(300);
        assertThat(config.listeners().bind().isLoopbackAddress()).isTrue();
        assertThat(config.harbor().bind().isLoopbackAddress()).isTrue();
        assertThat(config.silence().threshold()).isEqualTo(-45);
        assertThat(config.silence().after()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.memory().liquidsoap()).isEqualTo(400L << 20);
        assertThat(config.recording().mount()).isEqualTo("/live");
        assertThat(config.restart().firstDelay()).isZero();
        assertThat(config.standby().file()).isEmpty();
    }

    @Test
    void itsCommentedExamplesAreValidToo() throws Exception {
        String uncommented = Pattern.compile("(?m)^( *)# ((?:- |  )?[a-z_]+: ?.*|  +- .*|  +[a-z_]+: .*)$")
                .matcher(ShippedFile.text())
                .replaceAll(ShippedFileTest::uncommentExample);
        RelayConfig config =
                ConfigReader.parse(uncommented, "relay.yaml", DIRECTORY).config();

        assertThat(config.station().url().orElseThrow()).hasToString("https://radio.example");
        assertThat(config.mounts())
                .contains(new Mount("/live.opus", Format.OPUS, 64, 48000, 2, false, Delivery.FEED, "music"));
        assertThat(config.inputs()).hasSize(3);
        assertThat(((HarborInput) config.inputs().get(0)).djs())
                .contains(new Dj("anna", new SecretSource.InFile(Path.of("/etc/relay-supervisor/anna.txt"))));
        assertThat(config.inputs().get(1)).isInstanceOf(UrlInput.class);
        assertThat(config.inputs().get(2)).isEqualTo(new PlaylistInput("night", Path.of("/srv/radio/night"), true));
        assertThat(config.standby().file()).contains(Path.of("/srv/radio/standby.mp3"));
        assertThat(config.recording().spool()).contains(Path.of("/srv/radio/spool"));
        assertThat(config.store())
                .isEqualTo(new S3Store(
                        URI.create("https://0123456789abcdef.r2.cloudflarestorage.com"),
                        "radio-recordings",
                        "auto",
                        "",
                        true,
                        new SecretSource.InFile(Path.of("/etc/relay-supervisor/r2-access-key.txt")),
                        new SecretSource.InFile(Path.of("/etc/relay-supervisor/r2-secret-key.txt"))));
        assertThat(config.upload().bandwidth()).hasValue(1L << 20);
        assertThat(config.hls().store())
                .contains(new S3Store(
                        URI.create("https://0123456789abcdef.r2.cloudflarestorage.com"),
                        "relay-hls",
                        "auto",
                        "hls/",
                        true,
                        new SecretSource.InFile(Path.of("/etc/relay-supervisor/hls-access-key.txt")),
                        new SecretSource.InFile(Path.of("/etc/relay-supervisor/hls-secret-key.txt"))));
        assertThat(config.front())
                .isEqualTo(new Front(
                        Optional.of(URI.create("https://radio.example/hls/live.m3u8")),
                        List.of(
                                new Origin("primary", Optional.empty()),
                                new Origin(
                                        "edge", Optional.of(URI.create("https://radio.example/health/origin/edge"))))));
        assertThat(config.control().socket()).contains(Path.of("/run/relay-supervisor/control.sock"));
        assertThat(config.control().group()).isEqualTo(Optional.of("radio"));
        assertThat(config.profiles()).extracting(Profile::name).containsExactly("music", "quiet", "test");
        assertThat(config.shows().zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
        assertThat(config.shows().weekly())
                .containsExactly(new WeeklyShow(
                        "Night line",
                        Set.of(DayOfWeek.FRIDAY, DayOfWeek.SATURDAY),
                        LocalTime.of(22, 0),
                        LocalTime.of(2, 0),
                        Optional.of("quiet")));
        assertThat(config.shows().calendar())
                .contains(new Calendar(
                        new SecretCalendarUrl(
                                new SecretSource.InFile(Path.of("/etc/relay-supervisor/calendar-address.txt"))),
                        Duration.ofMinutes(5),
                        Duration.ofHours(1)));
        assertThat(config.heartbeat())
                .contains(new Heartbeat(
                        new SecretHeartbeatUrl(
                                new SecretSource.InFile(Path.of("/etc/relay-supervisor/heartbeat-address.txt"))),
                        Duration.ofMinutes(1)));
    }

    @Test
    void itsDirectoryForRecordingsStandsInsteadOfABucket() throws Exception {
        String uncommented = ShippedFile.text().replace("# " + KEPT_HERE, KEPT_HERE);

        assertThat(ConfigReader.parse(uncommented, "relay.yaml", DIRECTORY)
                        .config()
                        .store())
                .isEqualTo(new DirectoryStore(Optional.of(Path.of("/srv/radio/recordings"))));
    }

    @Test
    void itsDirectoryForHlsStandsInsteadOfABucket() throws Exception {
        String uncommented = ShippedFile.text().replace("# " + PUBLISHED_HERE, PUBLISHED_HERE);

        assertThat(ConfigReader.parse(uncommented, "relay.yaml", DIRECTORY)
                        .config()
                        .hls()
                        .store())
                .contains(new DirectoryStore(Optional.of(Path.of("/srv/www/hls"))));
    }

    /** Explanations may begin with a word and a colon as well; those in the file's first lines and about types do. */
    private static String uncommentExample(MatchResult line) {
        boolean explanation = Pattern.compile("(harbor|mp3|relay\\.yaml): .*|.*\\.$|" + Pattern.quote(KEPT_HERE) + "|"
                        + Pattern.quote(PUBLISHED_HERE))
                .matcher(line.group(2))
                .matches();
        return Matcher.quoteReplacement(explanation ? line.group() : line.group(1) + line.group(2));
    }

    @Test
    void showsEveryKeyThatThereIs() throws Exception {
        TreeSet<String> missing = new TreeSet<>();
        for (Class<?> section : RelayConfig.class.getDeclaredClasses()) {
            if (section.isRecord()) {
                for (var component : section.getRecordComponents()) {
                    String name = section.getSimpleName() + "." + component.getName();
                    String key = OTHERWISE_NAMED.getOrDefault(
                            name,
                            component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT));
                    if (!Pattern.compile("(?m)^[ #-]*" + key + ":")
                            .matcher(ShippedFile.text())
                            .find()) {
                        missing.add(name);
                    }
                }
            }
        }
        assertThat(missing).isEmpty();
    }
}
