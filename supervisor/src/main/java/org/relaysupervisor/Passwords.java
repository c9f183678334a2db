package org.relaysupervisor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.config.SecretSource;
import org.relaysupervisor.config.SecretUnavailableException;
import org.relaysupervisor.config.Secrets;

/** Every password that a configuration names, fetched. */
record Passwords(Secret source, Secret admin, Map<SecretSource, Secret> djs) {
    static Passwords of(RelayConfig config, Secrets secrets) throws SecretUnavailableException {
        Map<SecretSource, Secret> djs = new HashMap<>();
        for (RelayConfig.Input input : config.inputs()) {
            if (input instanceof RelayConfig.HarborInput harbor) {
                for (RelayConfig.Dj dj : harbor.djs()) {
                    djs.put(dj.password(), secrets.resolve(dj.password()));
                }
            }
        }
        return new Passwords(
                secrets.resolve(config.passwords().source()),
                secrets.resolve(config.passwords().admin()),
                Map.copyOf(djs));
    }

    List<Secret> all() {
        List<Secret> all = new ArrayList<>(djs.values());
        all.add(source);
        all.add(admin);
        return all;
    }
}
