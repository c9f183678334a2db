package org.relaysupervisor.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What a mount may be called: nothing that Icecast answers itself, and nothing that has to be escaped anywhere. */
final class MountPath {
    private static final int LONGEST = 100;
    private static final Pattern ALLOWED = Pattern.compile("(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+");
    private static final List<String> ICECAST_ENDINGS = List.of(".xsl", ".m3u", ".xspf", ".vclt", ".cgi");

    private MountPath() {}

    static Reading<String> reading() {
        return text -> {
            if (!text.startsWith("/")) {
                throw new Refused("must begin with a slash, such as /live");
            }
            if (!ALLOWED.matcher(text).matches() || text.length() > LONGEST) {
                throw new Refused("must be a slash and then letters, digits, \"-\", \"_\" or \".\", without spaces,"
                        + " such as /live or /studio/one");
            }
            String lower = text.toLowerCase(Locale.ROOT);
            if (lower.equals("/admin") || lower.startsWith("/admin/") || lower.startsWith("/status")) {
                throw new Refused("must not be /admin or begin with /admin/ or /status, which are Icecast's own pages");
            }
            if (ICECAST_ENDINGS.stream().anyMatch(lower::endsWith)) {
                throw new Refused(
                        "must not end in " + String.join(", ", ICECAST_ENDINGS) + ", which Icecast answers itself");
            }
            return text;
        };
    }
}
