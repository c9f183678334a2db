package org.relaysupervisor;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.config.SecretSource;
import org.relaysupervisor.config.SecretUnavailableException;
import org.relaysupervisor.config.Secrets;
import org.relaysupervisor.process.SecretMask;

/** Fetches secrets; each that was ever fetched is masked in the logs from then on. Any thread. */
final class MaskedSecrets {
    private static final Logger log = System.getLogger(MaskedSecrets.class.getName());

    private final Secrets secrets;
    private final SecretMask mask;
    /** Those of earlier configurations too: a child may still have one, and print it. */
    private final Set<Secret> everFetched = ConcurrentHashMap.newKeySet();

    MaskedSecrets(Secrets secrets, SecretMask mask) {
        this.secrets = secrets;
        this.mask = mask;
    }

    /** @throws SecretUnavailableException when it isn't where the configuration says, or can't be used */
    Secret fetch(SecretSource source) throws SecretUnavailableException {
        Secret secret = secrets.resolve(source);
        if (everFetched.add(secret)) {
            mask.secrets(everFetched);
        }
        return secret;
    }

    /** A station stays on the air without its calendar, which says itself that it can't be read. */
    Optional<Secret> calendarAddress(RelayConfig config) {
        Optional<RelayConfig.CalendarSource> source = config.shows().calendar().map(RelayConfig.Calendar::source);
        if (source.isEmpty() || !(source.get() instanceof RelayConfig.SecretCalendarUrl secret)) {
            return Optional.empty();
        }
        return address("the calendar's address", secret.url());
    }

    /** Empty also when it is no secret, and stands in the configuration. */
    Optional<Secret> heartbeatAddress(RelayConfig config) {
        return config.heartbeat()
                .map(RelayConfig.Heartbeat::target)
                .filter(target -> target instanceof RelayConfig.SecretHeartbeatUrl)
                .flatMap(target -> address("the heartbeat's address", ((RelayConfig.SecretHeartbeatUrl) target).url()));
    }

    private Optional<Secret> address(String what, SecretSource source) {
        try {
            return Optional.of(fetch(source));
        } catch (SecretUnavailableException e) {
            log.log(Level.WARNING, what + ": " + e.getMessage());
            return Optional.empty();
        }
    }
}
