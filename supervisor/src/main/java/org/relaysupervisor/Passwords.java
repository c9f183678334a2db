package org.relaysupervisor;

import java.util.HashMap;
import java.util.Map;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.config.SecretSource;
import org.relaysupervisor.config.SecretUnavailableException;

/** Every password that a configuration names, fetched. */
record Passwords(Secret source, Secret admin, Map<SecretSource, Secret> djs) {
    static Passwords of(RelayConfig config, MaskedSecrets secrets) throws SecretUnavailableException {
        Map<SecretSource, Secret> djs = new HashMap<>();
        for (RelayConfig.Input input : config.inputs()) {
            if (input instanceof RelayConfig.HarborInput harbor) {
                for (RelayConfig.Dj dj : harbor.djs()) {
                    djs.put(dj.password(), secrets.fetch(dj.password()));
                }
            }
        }
        return new Passwords(
                secrets.fetch(config.passwords().source()),
                secrets.fetch(config.passwords().admin()),
                Map.copyOf(djs));
    }
}
