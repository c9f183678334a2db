package org.relaysupervisor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import org.relaysupervisor.config.ConfigReader.Loaded;

/** Texts as if they stood in {@code /etc/relay/relay.yaml}. */
final class Texts {
    static final Path DIRECTORY = Path.of("/etc/relay");

    private Texts() {}

    static Loaded parse(String yaml) throws InvalidConfigException {
        return ConfigReader.parse(yaml, "relay.yaml", DIRECTORY);
    }

    static List<String> problems(String yaml) {
        InvalidConfigException thrown = catchThrowableOfType(InvalidConfigException.class, () -> parse(yaml));
        assertThat(thrown).as("problems of %s", yaml).isNotNull();
        return thrown.problems().stream().map(Problem::toString).toList();
    }
}
