package org.relaysupervisor.shows;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;
import org.relaysupervisor.config.RelayConfig.CalendarFile;
import org.relaysupervisor.config.RelayConfig.CalendarSource;
import org.relaysupervisor.config.RelayConfig.CalendarUrl;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.files.Checksum;

/** Where the calendar is read from. */
sealed interface CalendarPlace {
    /** For log and status: of an address the host alone, since all the rest may be a secret. */
    String shown();

    /** The same for the same place; tells nothing about it. */
    String fingerprint();

    record File(Path path) implements CalendarPlace {
        @Override
        public String shown() {
            return path.toString();
        }

        @Override
        public String fingerprint() {
            return Checksum.sha256("file " + path);
        }
    }

    record Address(URI url) implements CalendarPlace {
        @Override
        public String shown() {
            return url.getHost();
        }

        @Override
        public String fingerprint() {
            return Checksum.sha256("url " + url);
        }

        @Override
        public String toString() {
            return shown();
        }
    }

    /** @param secret the address, when that is what the source is */
    static CalendarPlace of(CalendarSource source, Optional<Secret> secret) throws UnreadableCalendarException {
        if (source instanceof CalendarFile file) {
            return new File(file.file());
        }
        if (source instanceof CalendarUrl address) {
            return new Address(address.url());
        }
        if (secret.isEmpty()) {
            throw new UnreadableCalendarException("its address can't be had from the place in shows.calendar.url");
        }
        return new Address(address(secret.get().reveal().strip()));
    }

    /** Never repeats what is wrong with it. */
    private static URI address(String text) throws UnreadableCalendarException {
        try {
            URI url = new URI(text);
            boolean web = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
            if (web && url.getHost() != null && url.getRawUserInfo() == null) {
                return url;
            }
        } catch (URISyntaxException e) {
            // Its message quotes the address.
        }
        throw new UnreadableCalendarException(
                "what is kept as its address is none that begins with https:// or http:// and a"
                        + " host, without user name and password"
                        + (text.startsWith("webcal") ? "; write https for webcal" : ""));
    }
}
