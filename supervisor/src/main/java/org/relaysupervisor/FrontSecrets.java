package org.relaysupervisor;

import java.util.Optional;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.config.SecretSource;
import org.relaysupervisor.config.SecretUnavailableException;
import org.relaysupervisor.proxy.ProxySettings;

/**
 * What fronts prove themselves with, fetched.
 *
 * @param listeners to us
 * @param upstream we, to our primary
 */
record FrontSecrets(Optional<Secret> listeners, Optional<Secret> upstream) {
    private static final int SHORTEST = 16;

    /** @throws SecretUnavailableException when one isn't where the configuration says, or can't stand in a header */
    static FrontSecrets of(RelayConfig config, MaskedSecrets secrets) throws SecretUnavailableException {
        return new FrontSecrets(
                fetch("listeners.front_secret", config.listeners().frontSecret(), secrets),
                fetch("upstream.front_secret", config.upstream().flatMap(RelayConfig.Upstream::frontSecret), secrets));
    }

    private static Optional<Secret> fetch(String key, Optional<SecretSource> source, MaskedSecrets secrets)
            throws SecretUnavailableException {
        if (source.isEmpty()) {
            return Optional.empty();
        }
        Secret secret = secrets.fetch(source.get());
        boolean speakable = secret.reveal().chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (secret.reveal().length() < SHORTEST || !speakable) {
            throw new SecretUnavailableException(key + ": must be " + SHORTEST
                    + " characters or more, letters, digits and signs of ASCII without spaces, such as openssl rand -hex"
                    + " 24 prints");
        }
        return Optional.of(secret);
    }

    ProxySettings proxy(RelayConfig config) {
        return ProxySettings.of(config, listeners, upstream);
    }
}
