package org.relaysupervisor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.relaysupervisor.config.Texts.parse;
import static org.relaysupervisor.config.Texts.problems;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.config.ConfigReader.Loaded;
import org.relaysupervisor.config.RelayConfig.Delivery;
import org.relaysupervisor.config.RelayConfig.HarborInput;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.config.RelayConfig.PlaylistInput;

class ConfigReaderTest {
    @Test
    void allProblemsComeAtOnceInTheOrderOfTheirLines() {
        assertThat(problems("""
                station:
                  name: ''
                  gener: Jazz
                mounts:
                  - path: live
                    bitrate: 129
                listeners:
                  port: 70000
                  limit: many
                colour: red
                """))
                .containsExactly(
                        "relay.yaml:2:9: station.name must not be blank",
                        "relay.yaml:3:3: there is no such key in station: \"gener\"; did you mean \"genre\"?",
                        "relay.yaml:5:11: mounts.path must begin with a slash, such as /live",
                        "relay.yaml:6:14: mounts.bitrate must be one of 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192,"
                                + " 224, 256, 320 (kbit/s) for mp3 at 44100 Hz",
                        "relay.yaml:8:9: listeners.port must be a whole number from 1 to 65535",
                        "relay.yaml:9:10: listeners.limit must be a whole number from 1 to 100000",
                        "relay.yaml:10:1: there is no section \"colour\"; known are role, upstream, station, mounts, inputs, standby,"
                                + " silence, listeners, front, harbor, icecast, source_route, programs, memory, recording, store,"
                                + " upload, hls, metrics, control, restart, metering, profiles, shows, heartbeat,"
                                + " passwords");
    }

    @ParameterizedTest
    @CsvSource({
        "sampleRate, sample_rate",
        "sample-rate, sample_rate",
        "smaple_rate, sample_rate",
        "Bitrate, bitrate",
        "bit_rate, bitrate",
        "chanels, channels",
        "formt, format"
    })
    void aMisspeltKeyGetsASuggestion(String written, String meant) {
        assertThat(problems("mounts: [{path: /live, " + written + ": 1}]"))
                .singleElement()
                .asString()
                .endsWith("did you mean \"" + meant + "\"?");
    }

    @Test
    void aKeyWrittenTwiceIsAProblemAtTheSecond() {
        assertThat(problems("metrics:\n  port: 9146\n  port: 9147\n"))
                .containsExactly("relay.yaml:3:3: a second time the same key; it is there already on line 2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "listeners: {port: 0}                  | must be a whole number from 1 to 65535",
                "listeners: {port: 80.5}               | must be a whole number",
                "listeners: {port: [8000]}             | must be one value, not a list or a section",
                "listeners: {port: }                   | has no value",
                "listeners: 8000                       | must be a section",
                "listeners: {trusted_fronts: 10.0.0.1} | must be a list",
                "listeners: {trusted_fronts: [10.0.0.0/8]} | must be one IP address, not a range",
                "listeners: {bind: localhost}          | write 127.0.0.1 or \"::1\"",
                "listeners: {bind: '*'}                | write 0.0.0.0",
                "listeners: {bind: radio.example}      | names are not looked up",
                "listeners: {bind: 256.1.1.1}          | no part of one is above 255",
                "listeners: {bind: 010.1.1.1}          | must be an IP address",
                "listeners: {bind: 'fe80::1%eth0'}     | must be an IP address",
                "listeners: {bind: ':::::'}            | must be an IP address",
                "harbor: {port: 80}                    | from 1024 to 65535",
                "recording: {enabled: yes}             | must be true or false; write true",
                "recording: {enabled: 1}               | must be true or false",
                "recording: {segment: 10}              | must have a unit: 10ms, 10s, 10m or 10h",
                "recording: {segment: ten minutes}     | such as 500ms, 5s, 10m or 2h",
                "recording: {segment: 10 min}          | write 10m",
                "recording: {segment: 2d}              | a day is 24h",
                "recording: {segment: 25h}             | from 1s to 10m",
                "recording: {segment: -5s}             | must be a duration",
                "icecast: {source_timeout: 1500ms}     | must be in whole seconds",
                "icecast: {burst: 65536}               | must have a unit: 65536KiB",
                "icecast: {burst: 64k}                 | write 64KiB",
                "icecast: {burst: 64KB}                | write 64KiB",
                "icecast: {burst: 5MiB}                | from 0KiB to 4MiB",
                "icecast: {burst: 512KiB}              | icecast.burst must be below icecast.queue",
                "silence: {threshold: -5}              | must be a number from -90 to -10",
                "silence: {threshold: quiet}           | must be a number",
                "mounts: []                            | must have at least one mount",
                "mounts: /live                         | must be a list",
                "mounts: [/live]                       | must have keys and values",
                "mounts: [{format: mp3}]               | mounts.path is missing here",
                "mounts: [{path: /a, format: mp4}]     | must be one of mp3, aac, opus; did you mean mp3?",
                "mounts: [{path: /a, channels: 6}]     | from 1 to 2",
                "mounts: [{path: /a, listeners: icecats}] | mounts.listeners must be one of feed, icecast; did you mean icecast?",
                "mounts: [{path: /a, sample_rate: 44000}] | must be one of 16000, 22050, 24000, 32000, 44100, 48000 (Hz) for mp3",
                "mounts: [{path: /a, sample_rate: 22050, bitrate: 192}] | for mp3 at 22050 Hz",
                "mounts: [{path: /a, format: aac, sample_rate: 16000, channels: 1, bitrate: 128}] | must be from 16 to 96",
                "mounts: [{path: /b}, {path: /a, format: opus, sample_rate: 44100}] | must be one of 8000, 12000, 16000, 24000, 48000",
                "mounts: [{path: /a}, {path: /a}]      | must be unique",
                "mounts: [{path: /a, main: true}, {path: /b, main: true}] | must be true for one mount only",
                "recording: {mount: /lvie}             | must be the path of a mount: /live",
                "harbor: {port: 8000}                  | harbor.port must be a port of its own; listeners.port is 8000 too",
                "listeners: {port: 9146}               | listeners.port must be a port of its own; metrics.port is 9146 too",
                "listeners: {limit: 340}               | must be at least 11 below icecast.clients, which is 350",
                "icecast: {clients: 310}               | must be at least 11 above listeners.limit, which is 300",
                "restart: {first_delay: 31s}           | must not be longer than restart.maximum_delay",
                "station: {url: 'ftp://radio.example'} | must be an address that begins with http://, https://",
                "station: {url: 'http:///nohost'}      | then a host name",
                "programs: {ffmpeg: ~/bin/ffmpeg}      | ~ is not understood here",
                "control: {group: 'no group'}          | must be the name of a group",
                "inputs: [{type: playlist, directory: /}]           | inputs.name is missing here",
                "inputs: [{name: a}]                   | inputs.type is missing here",
                "inputs: [{name: a, type: harbour}]    | did you mean harbor?",
                "inputs: [{name: standby, type: playlist, directory: /}] | must not be standby",
                "inputs: [{name: nothing, type: playlist, directory: /}] | must not be nothing",
                "inputs: [{name: a b, type: playlist, directory: /}] | letters, digits",
                "inputs: [{name: a, type: playlist}]   | inputs.directory is missing here",
                "inputs: [{name: a, type: harbor, mount: /dj, djs: []}] | must have at least one DJ",
                "inputs: [{name: a, type: harbor, mount: /dj, djs: [{}, {}]}] | must differ from that of the DJs above",
                "inputs: [{name: a, type: harbor, mount: /dj}, {name: b, type: harbor, mount: /dj}] | inputs.mount must be unique",
                "inputs: [{name: a, type: harbor, mount: /d}, {name: a, type: harbor, mount: /e}] | inputs.name must be unique",
                "inputs: [{name: a, type: url, url: 'file:///etc/passwd'}] | must be an address that begins with",
                "? [a]                                 | a key must be one plain word",
            })
    void everyWrongValueIsOneProblemThatSaysWhatIsAllowed(String yaml, String expected) {
        assertThat(problems(yaml))
                .singleElement()
                .asString()
                .startsWith("relay.yaml:1:")
                .contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "live",
                "/",
                "//",
                "/a b",
                "/admin",
                "/admin/x",
                "/status.xsl",
                "/status-json.xsl",
                "/a//b",
                "/a/",
                "/../x",
                "/live.m3u",
                "/server_version.xsl",
                "/a?b",
                "/é",
                "/a\"",
                "/STATUS"
            })
    void aMountPathThatIcecastOrAnEncoderWouldTripOverIsRefused(String path) {
        assertThat(problems("mounts: [{path: '" + path + "'}]")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/live", "/live.mp3", "/studio/one", "/a-b_c~d", "/administration", "/1"})
    void otherMountPathsAreTaken(String path) throws Exception {
        assertThat(parse("mounts: [{path: " + path + "}]")
                        .config()
                        .mounts()
                        .get(0)
                        .path())
                .isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::1", "::", "2001:db8::1", "::ffff:10.0.0.1"})
    void addressesAreLiteralsOfBothFamilies(String address) throws Exception {
        RelayConfig config = parse("harbor: {bind: '" + address + "'}").config();
        assertThat(config.harbor().bind()).isEqualTo(InetAddress.getByName(address));
    }

    @Test
    void aPublicHarborIsNothingToWarnAbout() throws Exception {
        assertThat(parse("harbor: {bind: 0.0.0.0}").warnings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"><&'#{x}", "Rádio Ü ☕ 電台", "%s $HOME `id` \\n", "- [x] {y}", "1e5", "true", "  a  "})
    void aStationMayHaveAnyName(String name) throws Exception {
        String quoted = "'" + name.replace("'", "''") + "'";
        assertThat(parse("station: {name: " + quoted + "}").config().station().name())
                .isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a\\nb\"", "\"a\\0b\"", "\"a\\eb\"", "\"\\x7f\"", "\"\\u2028\"", "\"\\x85\""})
    void textWithControlCharactersIsRefused(String name) {
        assertThat(problems("station: {name: " + name + "}"))
                .containsExactly("relay.yaml:1:17: station.name must be text on one line, without control characters");
    }

    @Test
    void halfACharacterIsRefused() {
        assertThat(problems("station: {name: \"\\uD800x\"}")).hasSize(1);
    }

    @Test
    void theFirstMountIsTheMainOneUnlessAnotherSaysSo() throws Exception {
        assertThat(parse("mounts: [{path: /a}, {path: /b}]").config().mounts())
                .extracting(Mount::main)
                .containsExactly(true, false);
        assertThat(parse("mounts: [{path: /a}, {path: /b, main: true}]")
                        .config()
                        .mounts())
                .extracting(Mount::main)
                .containsExactly(false, true);
    }

    @Test
    void aMountIsHeardFromMemoryUnlessItSaysOtherwise() throws Exception {
        assertThat(parse("mounts: [{path: /a}, {path: /b, listeners: icecast}]")
                        .config()
                        .mounts())
                .extracting(Mount::listeners)
                .containsExactly(Delivery.FEED, Delivery.ICECAST);
    }

    @Test
    void theMainMountIsRecordedByDefault() throws Exception {
        RelayConfig config =
                parse("mounts: [{path: /a}, {path: /b, main: true}]").config();
        assertThat(config.recording().mount()).isEqualTo("/b");
    }

    @Test
    void opusAsTheMainMountIsWarnedAboutAndAsAnExtraOneIsNot() throws Exception {
        assertThat(parse("{mounts: [{path: /a, format: opus}], recording: {enabled: false}}")
                        .warnings())
                .singleElement()
                .asString()
                .startsWith("relay.yaml:1:30: warning: ")
                .contains("iPhones");
        assertThat(parse("mounts: [{path: /a}, {path: /b, format: opus}]").warnings())
                .isEmpty();
    }

    @Test
    void tooLittleMemoryForLiquidsoapIsWarnedAbout() throws Exception {
        assertThat(parse("memory: {liquidsoap: 256MiB}").warnings()).hasSize(1);
    }

    @Test
    void anInputListMayBeEmptySoThatStandbyPlays() throws Exception {
        assertThat(parse("inputs: []").config().inputs()).isEmpty();
    }

    @Test
    void relativePathsStartAtTheFile() throws Exception {
        Loaded loaded = parse("""
                standby: {file: standby.mp3}
                inputs: [{name: night, type: playlist, directory: ../music, shuffle: false}]
                programs: {ffmpeg: bin/ffmpeg}
                """);
        RelayConfig config = loaded.config();
        assertThat(config.standby().file()).contains(Path.of("/etc/relay/standby.mp3"));
        assertThat(config.inputs()).containsExactly(new PlaylistInput("night", Path.of("/etc/music"), false));
        assertThat(config.programs().ffmpeg()).isEqualTo("/etc/relay/bin/ffmpeg");
        assertThat(loaded.warnings())
                .hasSize(2)
                .allMatch(problem -> problem.message().contains("on this machine"));
    }

    @Test
    void durationsAndSizesMayHaveFractions() throws Exception {
        RelayConfig config =
                parse("{silence: {after: 1.5s}, memory: {icecast: 0.5 GiB}}").config();
        assertThat(config.silence().after()).isEqualTo(Duration.ofMillis(1500));
        assertThat(config.memory().icecast()).isEqualTo(512L << 20);
    }

    @Test
    void aSectionWhoseKeysAreAllCommentedOutHasTheDefaults() throws Exception {
        assertThat(parse("listeners:\n  # port: 80\nmounts:\nstation:\n").config())
                .isEqualTo(parse("{}").config());
    }

    @Test
    void aSocketPathThatLinuxCannotHoldIsRefused() {
        assertThat(problems("control: {socket: /" + "a".repeat(107) + "}")).hasSize(1);
        assertThatCode(() -> parse("control: {socket: /" + "a".repeat(106) + "}"))
                .doesNotThrowAnyException();
    }

    @Test
    void aFileThatIsSomethingElseEntirelyDoesNotFillTheLog() {
        StringBuilder yaml = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            yaml.append("thing").append(i).append(": 1\n");
        }
        assertThat(problems(yaml.toString())).hasSize(101).last().asString().contains("and 4900 more problems");
    }

    @Test
    void aWrongValueIsNotComparedWithOthers() {
        assertThat(problems("{listeners: {limit: 3000, port: x}, harbor: {port: 8000}, icecast: {clients: lots}}"))
                .hasSize(2);
    }

    @Test
    void secretsAreWrittenAsPlaces() throws Exception {
        RelayConfig config = parse("""
                passwords:
                  source: {credential: icecast-source}
                  admin: {environment: ICECAST_ADMIN}
                inputs:
                  - name: studio
                    type: harbor
                    mount: /studio
                    djs:
                      - {user: anna, password: {file: secrets/anna}}
                      - {user: ben}
                """).config();
        assertThat(config.passwords().source()).isEqualTo(new SecretSource.Credential("icecast-source"));
        assertThat(config.passwords().admin()).isEqualTo(new SecretSource.Environment("ICECAST_ADMIN"));
        assertThat(((HarborInput) config.inputs().get(0)).djs())
                .extracting(RelayConfig.Dj::password)
                .containsExactly(
                        new SecretSource.InFile(Path.of("/etc/relay/secrets/anna")),
                        new SecretSource.Generated("harbor.studio.ben"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hunter2",
                "'hunter2'",
                "[hunter2]",
                "{hunter2}",
                "{hunter2: x}",
                "{file: a, hunter2: b}",
                "{plain: hunter2}",
                "{environment: hunter2-}",
                "{credential: hunter2/}",
                "{file: ~hunter2}",
                "{file: {hunter2: x}}",
                "&hunter2 x",
                "*hunter2",
                "!hunter2 x",
                "\"\\hunter2\"",
                "%hunter2",
                "@hunter2",
                "{hunter2",
                "'hunter2",
                "a: hunter2",
                "{hunter2: a, hunter2: b}",
                "|\n hunter2",
                "",
                "{}"
            })
    void aSecretWrittenInTheFileIsRefusedAndNeverRepeated(String written) {
        assertThat(problems("passwords:\n  admin: " + written + "\n"))
                .isNotEmpty()
                .noneMatch(problem -> problem.contains("hunter2"));
    }

    @Test
    void anInlinePasswordIsToldTheRightWay() {
        assertThat(problems("passwords: {admin: hunter2}"))
                .singleElement()
                .asString()
                .startsWith("relay.yaml:1:20: passwords.admin must not be written here in plain text")
                .contains("{file: PATH}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rtmp://me:hunter2@host/app", "https://hunter2@host/", "http://me:hunter2@under_score/"})
    void aPasswordInAnAddressIsRefusedAndNeverRepeated(String url) {
        assertThat(problems("inputs: [{name: a, type: url, url: '" + url + "'}]"))
                .singleElement()
                .asString()
                .contains("must not hold a user name or a password")
                .doesNotContain("hunter2");
    }
}
