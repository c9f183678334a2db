package org.relaysupervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.relaysupervisor.config.ConfigReader;
import org.relaysupervisor.config.InvalidConfigException;
import org.relaysupervisor.config.RelayConfig;

class ReconfigurationTest {
    private static final String[] NAMES = {"icecast", "liquidsoap", "recorder", "decoder"};

    @Test
    void onlyAChildThatIsGivenSomethingElseIsRestarted() throws Exception {
        RelayConfig config = config("{}");
        Reconfiguration plan = Reconfiguration.between(
                config,
                Map.of("icecast", "a", "liquidsoap", "b", "recorder", "c"),
                config,
                Map.of("icecast", "a", "liquidsoap", "B", "decoder", "d"));
        assertThat(plan.kept()).containsExactly("icecast");
        assertThat(plan.restarted()).containsExactly("liquidsoap");
        assertThat(plan.removed()).containsExactly("recorder");
        assertThat(plan.added()).containsExactly("decoder");
        assertThat(plan.describe())
                .isEqualTo("started: decoder; stopped: recorder; restarting: liquidsoap; unchanged: icecast");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "listeners: {port: 9000}|listeners.port",
                "listeners: {bind: 0.0.0.0}|listeners.bind",
                "icecast: {port: 9010}|icecast.port",
                "source_route: {port: 9011}|source_route.port",
                "recording: {spool: /srv/radio/spool}|recording.spool",
                "metrics: {port: 9147}|metrics.port",
                "control: {group: radio}|control",
            })
    void theDaemonsOwnSocketsAndItsSpoolWaitForItsNextStart(String change, String setting) throws Exception {
        RelayConfig before = config("{}");
        RelayConfig after = config(change);
        assertThat(Reconfiguration.between(before, Map.of(), after, Map.of()).deferred())
                .containsExactly(setting);
        assertThat(Reconfiguration.effective(before, after)).isEqualTo(before);
    }

    @Test
    void allElseTakesEffectAtOnce() throws Exception {
        RelayConfig before = config("{}");
        RelayConfig after = config("""
                station: {name: Other}
                listeners: {port: 9000, limit: 20}
                icecast: {clients: 400}
                recording: {spool: /elsewhere, reserve: 1GiB, segment: 30s}
                store: {directory: /srv/recordings}
                upload: {bandwidth: 1MiB, keep_local: 0s}
                """);
        RelayConfig effective = Reconfiguration.effective(before, after);
        assertThat(effective.station()).isEqualTo(after.station());
        assertThat(effective.listeners().limit()).isEqualTo(20);
        assertThat(effective.listeners().port()).isEqualTo(before.listeners().port());
        assertThat(effective.icecast().clients()).isEqualTo(400);
        assertThat(effective.recording().spool()).isEqualTo(before.recording().spool());
        assertThat(effective.recording().reserve()).isEqualTo(1L << 30);
        assertThat(effective.recording().segment()).isEqualTo(after.recording().segment());
        assertThat(effective.store()).isEqualTo(after.store());
        assertThat(effective.upload()).isEqualTo(after.upload());
    }

    /** Whatever was and whatever comes: each child has exactly one fate, and following the plan leads to the new lineup. */
    @Test
    void everyChildHasOneFateAndThePlanLeadsToTheNewLineup() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        RelayConfig config = config("{}");
        for (int i = 0; i < 2_000; i++) {
            Map<String, String> before = given(random);
            Map<String, String> after = given(random);
            Reconfiguration plan = Reconfiguration.between(config, before, config, after);

            Map<String, String> running = new HashMap<>(before);
            plan.removed().forEach(running::remove);
            plan.added().forEach(name -> running.put(name, after.get(name)));
            plan.restarted().forEach(name -> running.put(name, after.get(name)));
            assertThat(running).as("seed %s, round %s", seed, i).isEqualTo(after);

            Set<String> all = new HashSet<>(before.keySet());
            all.addAll(after.keySet());
            assertThat(plan.added().size()
                            + plan.removed().size()
                            + plan.restarted().size()
                            + plan.kept().size())
                    .as("fates; seed %s, round %s", seed, i)
                    .isEqualTo(all.size());
            plan.kept().forEach(name -> assertThat(after.get(name)).isEqualTo(before.get(name)));
        }
    }

    private static Map<String, String> given(Random random) {
        Map<String, String> given = new HashMap<>();
        for (String name : NAMES) {
            if (random.nextInt(4) > 0) {
                given.put(name, "version " + random.nextInt(2));
            }
        }
        return given;
    }

    private static RelayConfig config(String text) throws InvalidConfigException {
        return ConfigReader.parse(text, "relay.yaml", Path.of("/etc/radio")).config();
    }
}
