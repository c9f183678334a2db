package org.relaysupervisor.programs;

import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Delivery;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.config.RelayConfig.Input;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.config.SecretSource;

/** Configurations for tests: one MP3 mount and one DJ, unless a test says otherwise. */
public final class Configs {
    public static final String NASTY_NAME = "\"><&'#{x}";
    public static final Mount LIVE = new Mount("/live", Format.MP3, 128, 44_100, 2, true, Delivery.FEED, "music");
    public static final SecretSource DJ_PASSWORD = new SecretSource.Generated("dj");
    public static final RelayConfig.HarborInput DJ =
            new RelayConfig.HarborInput("live", "/dj", List.of(new RelayConfig.Dj("source", DJ_PASSWORD)));

    public String station = "Test radio";
    public List<Mount> mounts = List.of(LIVE);
    public List<Input> inputs = List.of(DJ);
    public Optional<Path> standby = Optional.empty();
    public InetAddress listenersBind = InetAddress.getLoopbackAddress();
    public int icecastPort = 8001;
    public int sourcePort = 8002;
    public int harborPort = 8005;
    public int listenersPort = 8000;
    public RelayConfig.Programs programs = new RelayConfig.Programs("icecast2", "liquidsoap", "ffmpeg");
    public RelayConfig.Recording recording = new RelayConfig.Recording(
            true,
            "/live",
            Duration.ofMinutes(1),
            Optional.empty(),
            0,
            new RelayConfig.Hls(false, Duration.ofSeconds(6), 10));
    public RelayConfig.Metering metering = new RelayConfig.Metering(List.of());
    public List<RelayConfig.Profile> profiles = List.of();
    public RelayConfig.Store store = new RelayConfig.DirectoryStore(Optional.empty());
    public RelayConfig.Upload upload = new RelayConfig.Upload(
            OptionalLong.empty(), 2, 16 << 20, 8 << 20, Duration.ofHours(24), Duration.ofMinutes(15));

    public RelayConfig.PublicHls hls = new RelayConfig.PublicHls(false, Duration.ofSeconds(6), 10, Optional.empty());

    public RelayConfig build() {
        return new RelayConfig(
                new RelayConfig.Station(
                        station, "About " + station, "Various", Optional.of(URI.create("http://example.org/"))),
                mounts,
                inputs,
                new RelayConfig.Standby(standby),
                new RelayConfig.Silence(-40, Duration.ofSeconds(5), Duration.ofMillis(500)),
                new RelayConfig.Listeners(listenersBind, listenersPort, 300, Set.of(), Optional.empty(), List.of()),
                new RelayConfig.Front(Optional.empty(), List.of()),
                new RelayConfig.Harbor(InetAddress.getLoopbackAddress(), harborPort),
                new RelayConfig.Icecast(icecastPort, 350, 65_536, 524_288, Duration.ofSeconds(10)),
                new RelayConfig.SourceRoute(sourcePort),
                programs,
                new RelayConfig.Memory(64 << 20, 512 << 20, 128 << 20, 64 << 20, false),
                recording,
                store,
                upload,
                hls,
                new RelayConfig.Metrics(9146),
                new RelayConfig.Control(Optional.empty(), Optional.empty()),
                new RelayConfig.Restart(
                        Duration.ZERO,
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(1),
                        5,
                        Duration.ofMinutes(2),
                        Duration.ofMinutes(1)),
                metering,
                profiles,
                new RelayConfig.Shows(ZoneOffset.UTC, List.of(), Optional.empty()),
                Optional.empty(),
                new RelayConfig.Passwords(new SecretSource.Generated("source"), new SecretSource.Generated("admin")),
                Optional.empty());
    }
}
