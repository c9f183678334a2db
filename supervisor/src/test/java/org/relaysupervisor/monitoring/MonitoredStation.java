package org.relaysupervisor.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.relaysupervisor.process.TestDisk;
import org.relaysupervisor.station.Station;

/**
 * The real daemon on the air, with a show that is recorded and a listener who comes again when thrown out, and the files that {@code
 * relayctl monitoring render} writes for it.
 */
final class MonitoredStation implements AutoCloseable {
    final Station station;
    final Path rendered;
    private final TestDisk disk;
    private final Thread listener;

    private MonitoredStation(Station station, TestDisk disk, Path rendered) {
        this.station = station;
        this.disk = disk;
        this.rendered = rendered;
        listener = new Thread(this::listen, "listener");
        listener.setDaemon(true);
        listener.start();
    }

    static MonitoredStation onAir(Path directory) throws IOException, InterruptedException {
        TestDisk disk = TestDisk.roomy(directory);
        Station station = Station.prepare(Files.createDirectory(directory.resolve("station")));
        try {
            return onAir(directory, disk, station);
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            station.close();
            disk.close();
            throw e;
        }
    }

    private static MonitoredStation onAir(Path directory, TestDisk disk, Station station)
            throws IOException, InterruptedException {
        Path calendar = directory.resolve("shows.ics");
        Files.writeString(calendar, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\nEND:VCALENDAR\r\n");
        station.edit("( +)# refresh: 5m", "$1file: " + calendar);
        // What others write to this machine's disk would have an alert of its own.
        station.edit("# spool: /srv/radio/spool", "spool: " + disk.path().resolve("spool"));
        station.edit("reserve: 64MiB", "reserve: 0KiB");
        // The relay's own times as well, as far as they bear it.
        station.edit("maximum_delay: 30s", "maximum_delay: 1s");
        station.edit("window: 2m", "window: 4s");
        station.edit("failed_delay: 30s", "failed_delay: 1s");
        station.goOnAir();
        succeed(station.relayctl("show", "start", "Test", "--expect", "standby"));
        Path rendered = directory.resolve("rendered");
        String config = directory.resolve("station/relay.yaml").toString();
        succeed(station.relayctl("monitoring", "render", rendered.toString(), "--config", config));
        return new MonitoredStation(station, disk, rendered);
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
        try {
            disk.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
