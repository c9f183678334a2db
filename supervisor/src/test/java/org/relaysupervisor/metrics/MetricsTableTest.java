package org.relaysupervisor.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.status.Snapshots;

class MetricsTableTest {
    @Test
    void theReadmeListsExactlyTheMetricsThatAreExposed() throws IOException {
        String readme = Files.readString(Path.of(System.getProperty("basedir", "."), "..", "README.md"));

        String exposed = new Metrics(Snapshots.onAir()::build).scrape() + new Metrics(Snapshots.edge()::build).scrape();

        assertThat(named("(?m)^\\| `((?:icecast|relay|r2|jvm|process)_[a-z_]+)` \\|", readme))
                .isEqualTo(named("(?m)^# TYPE (\\S+) ", exposed));
    }

    private static Set<String> named(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .collect(Collectors.toSet());
    }
}
