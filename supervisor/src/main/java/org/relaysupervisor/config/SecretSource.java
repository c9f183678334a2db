package org.relaysupervisor.config;

import java.nio.file.Path;

/** Where a secret is kept. The configuration holds only this, never a secret itself. */
public sealed interface SecretSource {
    /** A file whose content, without the final line break, is the secret. */
    record InFile(Path path) implements SecretSource {}

    /** A systemd credential, a file of that name in {@code $CREDENTIALS_DIRECTORY}. */
    record Credential(String name) implements SecretSource {}

    /** An environment variable of the daemon; the children don't get it. */
    record Environment(String variable) implements SecretSource {}

    /** Made at the first start and kept in {@code secrets/NAME} of the state directory, mode 0600. */
    record Generated(String name) implements SecretSource {}
}
