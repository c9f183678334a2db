package org.relaysupervisor;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.relaysupervisor.archive.DiskLevel;
import org.relaysupervisor.archive.FeedPosition;
import org.relaysupervisor.archive.GapCause;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.SecretUnavailableException;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.metering.Metering;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.process.ProcFs;
import org.relaysupervisor.process.StateDirectory;
import org.relaysupervisor.programs.IcecastProgram;
import org.relaysupervisor.programs.LiquidsoapProgram;
import org.relaysupervisor.proxy.FeedLimits;
import org.relaysupervisor.proxy.ProxySettings;
import org.relaysupervisor.proxy.ProxySnapshot;
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
    private final StateDirectory state;
    private final MaskedSecrets secrets;
    private final Executables executables;
    private final ProcFs procFs;
    private final Clock clock;
    private final IcecastWatch watch;
    private final Supplier<ProxySnapshot> traffic;
    private final Metering metering;
    private final StationArchive archive;
    private final BooleanSupplier recorderStopped;

    /**
     * @param traffic the proxy's view as it is now, for probes, on their threads
     * @param recorderStopped whether it was an operator who ended the recorder
     */
    Lineups(
            StateDirectory state,
            MaskedSecrets secrets,
            Executables executables,
            ProcFs procFs,
            Clock clock,
            IcecastWatch watch,
            Supplier<ProxySnapshot> traffic,
            Metering metering,
            StationArchive archive,
            BooleanSupplier recorderStopped) {
        this.state = state;
        this.secrets = secrets;
        this.executables = executables;
        this.procFs = procFs;
        this.clock = clock;
        this.watch = watch;
        this.traffic = traffic;
        this.metering = metering;
        this.archive = archive;
        this.recorderStopped = recorderStopped;
    }

    /**
     * The children for a configuration, with its passwords fetched. Every password is masked in the logs from here on.
     *
     * @throws SecretUnavailableException when a password isn't where the configuration says
     * @throws IOException when the store would be where the spool is
     */
    Lineup lineup(RelayConfig config) throws IOException {
        archive.check(config);
        ProxySettings proxy = FrontSecrets.of(config, secrets).proxy(config);
        Optional<IcecastProgram> icecast = Optional.empty();
        Optional<LiquidsoapProgram> liquidsoap = Optional.empty();
        if (!config.isEdge()) {
            Passwords passwords = Passwords.of(config, secrets);
            IcecastProgram server = new IcecastProgram(
                    config, passwords.source(), passwords.admin(), state.run(), executables, procFs::listens);
            icecast = Optional.of(server);
            liquidsoap = Optional.of(liquidsoap(config, passwords, server));
        }
        return new Lineup(config, proxy, icecast, liquidsoap, recorder(config), metering.decoders(config, executables));
    }

    private LiquidsoapProgram liquidsoap(RelayConfig config, Passwords passwords, IcecastProgram icecast) {
        String main = config.mainMount().path();
        return new LiquidsoapProgram(
                config,
                passwords.source(),
                passwords.djs(),
                state.run(),
                state.root().resolve("liquidsoap"),
                Installation.shippedStandby(),
                executables,
                new LiquidsoapProgram.Observed(
                        () -> watch.ask(icecast),
                        mount -> traffic.get().sourceConnected(mount),
                        () -> traffic.get().sourceBytes(),
                        () -> watch.answersPromptly() || traffic.get().feeds(main)));
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
                        () -> reachesReaders(config.recording().mount()),
                        FeedLimits.DEFAULTS.hold(),
                        archive::diskLevel,
                        () -> connection(config).map(Lineups::start),
                        () -> whyEnded(config),
                        archive::add)));
    }

    private Optional<RecorderConnection> connection(RelayConfig config) {
        return Optional.ofNullable(traffic.get().mounts().get(config.recording().mount()))
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

    /** Whether the mount has a source whose audio gets through, so that a reader's silence is its own. */
    private boolean reachesReaders(String mount) {
        ProxySnapshot now = traffic.get();
        return now.feeds(mount) || (watch.answersPromptly() && now.sourceConnected(mount));
    }

    /** What the supervisor is told of each child, in the order in which they depend on each other. */
    List<ChildSpec> specs(Lineup lineup) {
        return lineup.specs(watch, procFs);
    }
}
