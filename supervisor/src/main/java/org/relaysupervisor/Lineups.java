package org.relaysupervisor;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.relaysupervisor.archive.DiskLevel;
import org.relaysupervisor.archive.FeedPosition;
import org.relaysupervisor.archive.GapCause;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.SecretUnavailableException;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.metering.Metering;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.process.Fingerprint;
import org.relaysupervisor.process.ProcFs;
import org.relaysupervisor.process.StateDirectory;
import org.relaysupervisor.programs.IcecastProgram;
import org.relaysupervisor.programs.InstalledLiquidsoap;
import org.relaysupervisor.programs.LiquidsoapProgram;
import org.relaysupervisor.proxy.FeedLimits;
import org.relaysupervisor.proxy.ProxySettings;
import org.relaysupervisor.proxy.ProxySnapshot.MountTraffic;
import org.relaysupervisor.proxy.ProxySnapshot.RecorderConnection;
import org.relaysupervisor.recording.Recorder;
import org.relaysupervisor.recording.SessionStart;
import org.relaysupervisor.supervise.ChildSpec;

/**
 * Makes the children for each configuration, and joins them to what they are watched by. Belongs to the loop; may be used on the
 * main thread before the loop has anything to do.
 */
final class Lineups {
    private static final Logger log = System.getLogger(Lineups.class.getName());

    private final StateDirectory state;
    private final MaskedSecrets secrets;
    private final Executables executables;
    private final InstalledLiquidsoap installedLiquidsoap;
    private final ProcFs procFs;
    private final Clock clock;
    private final Broadcast broadcast;
    private final Metering metering;
    private final StationArchive archive;
    private final StationHls hls;
    private final BooleanSupplier recorderStopped;
    private volatile boolean liquidsoapAsked;

    /**
     * @param recorderStopped whether it was an operator who ended the recorder
     */
    Lineups(
            StateDirectory state,
            MaskedSecrets secrets,
            Executables executables,
            ProcFs procFs,
            Clock clock,
            Broadcast broadcast,
            Metering metering,
            StationArchive archive,
            StationHls hls,
            BooleanSupplier recorderStopped) {
        this.state = state;
        this.secrets = secrets;
        this.executables = executables;
        installedLiquidsoap = new InstalledLiquidsoap(executables, liquidsoapHome());
        this.procFs = procFs;
        this.clock = clock;
        this.broadcast = broadcast;
        this.metering = metering;
        this.archive = archive;
        this.hls = hls;
        this.recorderStopped = recorderStopped;
    }

    /**
     * The children for a configuration, with its passwords fetched. Every password is masked in the logs from here on.
     *
     * @param lane that of Liquidsoap
     * @throws SecretUnavailableException when a password isn't where the configuration says
     * @throws IOException when the store would be where the spool is
     */
    Lineup lineup(RelayConfig config, Lane lane) throws IOException {
        archive.check(config);
        ProxySettings proxy = FrontSecrets.of(config, secrets).proxy(config);
        Optional<IcecastProgram> icecast = Optional.empty();
        Optional<LiquidsoapProgram> liquidsoap = Optional.empty();
        if (!config.isEdge()) {
            Passwords passwords = Passwords.of(config, secrets);
            IcecastProgram server = new IcecastProgram(
                    config, passwords.source(), passwords.admin(), state.run(), executables, procFs::listens);
            icecast = Optional.of(server);
            liquidsoap = Optional.of(liquidsoap(config, lane, passwords, server));
        }
        return new Lineup(config, proxy, icecast, liquidsoap, recorder(config), metering.decoders(config, executables));
    }

    /**
     * The same, but with Liquidsoap in the other lane.
     *
     * @throws SecretUnavailableException as {@link #lineup}
     */
    Lineup inOtherLane(Lineup lineup) throws IOException {
        Passwords passwords = Passwords.of(lineup.config(), secrets);
        Lane other = lineup.lane().other();
        return lineup.withLiquidsoap(
                liquidsoap(lineup.config(), other, passwords, lineup.icecast().orElseThrow()));
    }

    /**
     * Asks the Liquidsoap that a configuration wants what it is, as its starts depend on that; nothing when it was asked before. Blocks;
     * not on the loop.
     */
    void askLiquidsoap(RelayConfig config) {
        if (config.isEdge() || liquidsoapAsked) {
            return;
        }
        liquidsoapAsked = true;
        try {
            log.log(Level.INFO, installedLiquidsoap.version(config.programs().liquidsoap()) + " is installed");
        } catch (IOException e) {
            log.log(Level.WARNING, e.getMessage());
        }
    }

    private Path liquidsoapHome() {
        return state.root().resolve("liquidsoap");
    }

    private LiquidsoapProgram liquidsoap(RelayConfig config, Lane lane, Passwords passwords, IcecastProgram icecast) {
        String main = config.mainMount().path();
        return new LiquidsoapProgram(
                config,
                lane,
                passwords.source(),
                passwords.djs(),
                state.run(),
                liquidsoapHome(),
                Installation.shippedStandby(),
                installedLiquidsoap,
                new LiquidsoapProgram.Observed(
                        () -> broadcast.icecast().ask(icecast),
                        mount -> broadcast.traffic().sourceConnected(mount),
                        () -> broadcast.traffic().sourceBytes(),
                        () -> broadcast.takes(main)));
    }

    private Optional<Recorder> recorder(RelayConfig config) {
        if (!config.recording().enabled()) {
            return Optional.empty();
        }
        return Optional.of(new Recorder(
                config,
                archive.sessions(),
                executables,
                clock,
                new Recorder.Surroundings(
                        () -> broadcast.reachesReaders(config.recording().mount()),
                        FeedLimits.DEFAULTS.hold(),
                        () -> archive.left(config.recording().mount()),
                        archive::diskLevel,
                        () -> connection(config).map(Lineups::start),
                        () -> whyEnded(config),
                        archive::add,
                        hls::add)));
    }

    private Optional<RecorderConnection> connection(RelayConfig config) {
        return Optional.ofNullable(
                        broadcast.traffic().mounts().get(config.recording().mount()))
                .flatMap(MountTraffic::recorder);
    }

    private static SessionStart start(RecorderConnection connection) {
        return new SessionStart(
                connection.session(),
                new FeedPosition(connection.feed(), connection.firstFrame()),
                connection.playedAt());
    }

    /** As far as it can be told from outside, why a recorder that was running does not record any more. */
    private GapCause whyEnded(RelayConfig config) {
        if (recorderStopped.getAsBoolean()) {
            return GapCause.OPERATOR;
        }
        if (archive.diskLevel().compareTo(DiskLevel.RESERVE) >= 0) {
            return GapCause.DISK;
        }
        return connection(config)
                .flatMap(RecorderConnection::end)
                .map(end -> switch (end) {
                    case CLIENT_LEFT -> GapCause.RECORDER;
                    case OVERRUN -> GapCause.OVERRUN;
                    case FEED_ENDED -> GapCause.NO_AUDIO;
                })
                .orElse(GapCause.RECORDER);
    }

    /** What the supervisor is told of each child, in the order in which they depend on each other. */
    List<ChildSpec> specs(Lineup lineup) {
        return lineup.specs(broadcast.icecast(), procFs, broadcast::lane);
    }

    /** What of an earlier daemon's may go on, by the names of the processes. */
    Map<String, Fingerprint> lasting(Lineup lineup) {
        Map<String, Fingerprint> lasting = new TreeMap<>();
        specs(lineup)
                .forEach(spec -> spec.launch().lasting().ifPresent(given -> lasting.put(spec.processName(), given)));
        return lasting;
    }
}
