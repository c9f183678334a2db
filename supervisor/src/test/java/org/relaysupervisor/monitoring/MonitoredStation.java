package org.relaysupervisor.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.relaysupervisor.station.Station;

/**
 * The real daemon on the air, with a show that is recorded and a listener who comes again when thrown out, and the files that {@code
 * relayctl monitoring render} writes for it.
 */
final class MonitoredStation implements AutoCloseable {
    final Station station;
    final Path rendered;
    private final Thread listener;

    private MonitoredStation(Station station, Path rendered) {
        this.station = station;
        this.rendered = rendered;
        listener = new Thread(this::listen, "listener");
        listener.setDaemon(true);
        listener.start();
    }

    static MonitoredStation onAir(Path directory) throws IOException, InterruptedException {
        Path calendar = directory.resolve("shows.ics");
        Files.writeString(calendar, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\nEND:VCALENDAR\r\n");
        Path own = Files.createDirectory(directory.resolve("station"));
        Station station = Station.prepare(own);
        station.edit("( +)# refresh: 5m", "$1file: " + calendar);
        // The relay's own times as well, as far as they bear it.
        station.edit("maximum_delay: 30s", "maximum_delay: 1s");
        station.edit("window: 2m", "window: 4s");
        station.edit("failed_delay: 30s", "failed_delay: 1s");
        station.goOnAir();
        succeed(station.relayctl("show", "start", "Test", "--expect", "standby"));
        Path rendered = directory.resolve("rendered");
        String config = own.resolve("relay.yaml").toString();
        succeed(station.relayctl("monitoring", "render", rendered.toString(), "--config", config));
        return new MonitoredStation(station, rendered);
    }

    private static void succeed(Station.CommandResult result) {
        assertThat(result.exitCode()).as(result.output()).isZero();
    }

    private void listen() {
        URI mount = URI.create("http://127.0.0.1:" + station.listenerPort + "/live");
        while (true) {
            try {
                HttpURLConnection connection = (HttpURLConnection) mount.toURL().openConnection();
                connection.setConnectTimeout(2_000);
                connection.setReadTimeout(5_000);
                try (InputStream audio = connection.getInputStream()) {
                    audio.transferTo(OutputStream.nullOutputStream());
                }
            } catch (IOException e) {
                // It is away: that is what is tried here.
            }
            try {
                TimeUnit.MILLISECONDS.sleep(200);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    @Override
    public void close() {
        listener.interrupt();
        station.close();
    }
}
