package org.relaysupervisor.process;

import java.time.Duration;
import java.util.List;
import org.relaysupervisor.config.RelayConfig;

/** ffmpeg's arguments for a child that listens to a mount for as long as it lives: its input, with what must stand before. */
public final class MountInput {
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);
    /** ffmpeg waits 0, 1, 3, 7 ... s between attempts, and gives up when a wait would be longer than this. */
    private static final int LONGEST_RECONNECT_DELAY_SECONDS = 4;

    private MountInput() {}

    /**
     * @param mount its path
     * @param userAgent what the proxy knows the child by
     */
    public static List<String> arguments(RelayConfig config, String mount, String userAgent) {
        return List.of(
                "-user_agent",
                userAgent,
                // No titles between the audio: they reach nobody anyway, and what isn't there can't be mistaken for
                // audio.
                "-icy",
                "0",
                "-reconnect",
                "1",
                "-reconnect_streamed",
                "1",
                "-reconnect_on_http_error",
                "4xx,5xx",
                "-reconnect_delay_max",
                Integer.toString(LONGEST_RECONNECT_DELAY_SECONDS),
                "-rw_timeout",
                Long.toString(READ_TIMEOUT.toNanos() / 1_000),
                "-i",
                config.listenUrl(mount).toString());
    }
}
