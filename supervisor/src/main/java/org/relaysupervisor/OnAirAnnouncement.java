package org.relaysupervisor;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.HarborInput;
import org.relaysupervisor.config.SecretSource;
import org.relaysupervisor.loop.Loop;
import org.relaysupervisor.process.StateDirectory;

/** Tells the operator, once, where to listen and how to go on: when a listener really gets audio, and not before. */
final class OnAirAnnouncement {
    private static final Duration RETRY = Duration.ofMillis(200);
    private static final int TIMEOUT_MILLIS = 2_000;
    /** A second of audio at 128 kbit/s: more than any reply head. */
    private static final int ENOUGH_BYTES = 16_000;

    private final Loop loop;
    private final Relay relay;
    private final StateDirectory state;
    private final PrintStream out;
    private final Executor listener;
    private final Runnable heard;

    private OnAirAnnouncement(
            Loop loop, Relay relay, StateDirectory state, PrintStream out, Executor listener, Runnable heard) {
        this.loop = loop;
        this.relay = relay;
        this.state = state;
        this.out = out;
        this.listener = listener;
        this.heard = heard;
    }

    /** @param heard run on the loop when the audio has been heard */
    static void arm(Loop loop, Relay relay, StateDirectory state, PrintStream out, Runnable heard) {
        DaemonThreads threads = new DaemonThreads("relay-announcement");
        new OnAirAnnouncement(
                        loop, relay, state, out, task -> threads.newThread(task).start(), heard)
                .later();
    }

    private void later() {
        loop.after(RETRY, () -> {
            if (relay.isOnAir()) {
                listener.execute(this::listen);
            } else {
                later();
            }
        });
    }

    private void listen() {
        RelayConfig config = relay.config();
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) listenUrl(config).toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            try (InputStream audio = connection.getInputStream()) {
                if (audio.readNBytes(ENOUGH_BYTES).length == ENOUGH_BYTES) {
                    // By a timer, which unlike a posted task is never refused.
                    loop.after(Duration.ZERO, heard);
                    announce(config);
                    return;
                }
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            // Not yet; asked again below.
        }
        later();
    }

    private void announce(RelayConfig config) {
        StringBuilder text = new StringBuilder();
        text.append("\n")
                .append(config.station().name())
                .append(" is on the air.\n\n")
                .append("  Listen        ")
                .append(listenUrl(config))
                .append('\n');
        config.inputs().forEach(input -> {
            if (input instanceof HarborInput harbor) {
                harbor.djs()
                        .forEach(dj -> text.append("  DJ connects   ")
                                .append("host "
                                        + RelayConfig.reachable(config.harbor().bind()))
                                .append(", port " + config.harbor().port())
                                .append(", mount " + harbor.mount())
                                .append(", user " + dj.user())
                                .append("\n                password: " + place(dj.password()))
                                .append('\n'));
            }
        });
        String relayctl = System.getProperty("relay.relayctl", "relayctl");
        text.append("  Look          http://127.0.0.1:" + config.metrics().port() + "/\n")
                .append("  Metrics       http://127.0.0.1:" + config.metrics().port() + "/metrics\n")
                .append(config.upstream()
                        .map(upstream -> "  Fetched from  " + upstream.host() + ", port " + upstream.port() + "\n")
                        .orElse(""))
                .append(config.recording().enabled() ? "  Recordings    " + keptIn(config.store()) + "\n" : "")
                .append("\nIn another terminal:\n")
                .append("  " + relayctl + " status\n")
                .append("  " + relayctl + " logs -f\n")
                .append(config.isEdge() ? "" : "  " + relayctl + " restart icecast\n")
                .append("\nCtrl-C takes the station off the air.\n");
        out.println(text);
    }

    private String keptIn(RelayConfig.Store store) {
        if (store instanceof RelayConfig.S3Store s3) {
            return s3.endpoint() + ", bucket " + s3.bucket();
        }
        return ((RelayConfig.DirectoryStore) store)
                .directory()
                .orElse(state.recordings())
                .toString();
    }

    private String place(SecretSource password) {
        if (password instanceof SecretSource.Generated generated) {
            return "in " + state.secrets().resolve(generated.name());
        }
        if (password instanceof SecretSource.InFile inFile) {
            return "in " + inFile.path();
        }
        if (password instanceof SecretSource.Credential credential) {
            return "the systemd credential " + credential.name();
        }
        return "in the environment variable " + ((SecretSource.Environment) password).variable();
    }

    private static URI listenUrl(RelayConfig config) {
        return config.listenUrl(config.mainMount().path());
    }
}
