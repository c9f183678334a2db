package org.relaysupervisor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.config.SecretSource;
import org.relaysupervisor.config.SecretUnavailableException;
import org.relaysupervisor.proxy.ProxySettings;

/**
 * What fronts prove themselves with, fetched.
 *
 * @param listeners to us, by one of these; none when nothing is asked for
 * @param upstream we, to our primary
 */
record FrontSecrets(List<Secret> listeners, Optional<Secret> upstream) {
    private static final int SHORTEST = 16;

    /** @throws SecretUnavailableException when one isn't where the configuration says, or can't stand in a header */
    static FrontSecrets of(RelayConfig config, MaskedSecrets secrets) throws SecretUnavailableException {
        List<Secret> listeners = new ArrayList<>();
        for (SecretSource source : config.listeners().frontSecrets()) {
            listeners.add(fetch(
                    listeners.isEmpty() ? "listeners.front_secret" : "listeners.front_secret_next", source, secrets));
        }
        Optional<SecretSource> upstream = config.upstream().flatMap(RelayConfig.Upstream::frontSecret);
        return new FrontSecrets(
                List.copyOf(listeners),
                upstream.isEmpty()
                        ? Optional.empty()
                        : Optional.of(fetch("upstream.front_secret", upstream.get(), secrets)));
    }

    private static Secret fetch(String key, SecretSource source, MaskedSecrets secrets)
            throws SecretUnavailableException {
        Secret secret = secrets.fetch(source);
        boolean speakable = secret.reveal().chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (secret.reveal().length() < SHORTEST || !speakable) {
            throw new SecretUnavailableException(key + ": must be " + SHORTEST
                    + " characters or more, letters, digits and signs of ASCII without spaces, such as openssl rand -hex"
                    + " 24 prints");
        }
        return secret;
    }

    ProxySettings proxy(RelayConfig config) {
        return ProxySettings.of(config, listeners, upstream);
    }
}
