package org.relaysupervisor.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.relaysupervisor.config.RelayConfig;

/** ffmpeg's arguments for a child that listens to a mount: its input, with what must stand before. */
public final class MountInput {
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);
    /** ffmpeg waits 0, 1, 3, 7 ... s between attempts, and gives up when a wait would be longer than this. */
    private static final int LONGEST_RECONNECT_DELAY_SECONDS = 4;

    private MountInput() {}

    /**
     * For a child that rather bridges a short outage than is started anew.
     *
     * @param mount its path
     * @param userAgent what the proxy knows the child by
     */
    public static List<String> reconnecting(RelayConfig config, String mount, String userAgent) {
        return input(
                config,
                mount,
                userAgent,
                List.of(
                        "-reconnect",
                        "1",
                        "-reconnect_streamed",
                        "1",
                        "-reconnect_on_http_error",
                        "4xx,5xx",
                        "-reconnect_delay_max",
                        Integer.toString(LONGEST_RECONNECT_DELAY_SECONDS)));
    }

    /**
     * For a child that ends with its connection.
     *
     * @param headers of its request besides those that any has, each with CR and LF at its end
     */
    public static List<String> once(RelayConfig config, String mount, String userAgent, String headers) {
        return input(config, mount, userAgent, List.of("-headers", headers));
    }

    private static List<String> input(RelayConfig config, String mount, String userAgent, List<String> own) {
        // No titles between the audio: they reach nobody anyway, and what isn't there can't be mistaken for audio.
        List<String> arguments = new ArrayList<>(List.of("-user_agent", userAgent, "-icy", "0"));
        arguments.addAll(own);
        arguments.addAll(List.of("-rw_timeout", Long.toString(READ_TIMEOUT.toNanos() / 1_000)));
        arguments.addAll(List.of("-i", config.listenUrl(mount).toString()));
        return arguments;
    }
}
