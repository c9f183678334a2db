package org.relaysupervisor.process;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.relaysupervisor.config.Secret;

/**
 * Puts stars in place of secrets: those that are known, and what looks like one, such as an Authorization header, the password in
 * a URL and a password among a URL's parameters. Safe from any thread.
 */
public final class SecretMask implements UnaryOperator<String> {
    /** Stars for every "a" would tell nobody anything; the configuration refuses secrets as short as this. */
    static final int SHORTEST = 4;

    private static final String STARS = "***";
    private static final Pattern AUTHORIZATION = Pattern.compile("(?i)(authorization).+");
    private static final Pattern BASIC = Pattern.compile("\\bBasic\\s+[A-Za-z0-9+/=]{8,}");
    private static final Pattern USER_INFO = Pattern.compile("(://[^\\s/:@]*:)[^\\s/]+@");
    private static final Pattern PARAMETER =
            Pattern.compile("(?i)([?&](?:pass|password|passwd|secret|token|key)=)[^&\\s\"']+");

    private volatile List<String> secrets = List.of();

    /** Replaces the known secrets; lines from now on are masked with these. */
    public void secrets(Collection<Secret> known) {
        secrets = known.stream()
                .map(Secret::reveal)
                .filter(secret -> secret.length() >= SHORTEST)
                .distinct()
                // The longest first, or one that begins with another would be left in part.
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    @Override
    public String apply(String text) {
        String masked = text;
        for (String secret : secrets) {
            masked = masked.replace(secret, STARS);
        }
        masked = AUTHORIZATION.matcher(masked).replaceAll("$1: " + STARS);
        masked = BASIC.matcher(masked).replaceAll("Basic " + STARS);
        if (masked.contains("://")) {
            masked = USER_INFO.matcher(masked).replaceAll("$1" + STARS + "@");
        }
        return PARAMETER.matcher(masked).replaceAll("$1" + STARS);
    }
}
