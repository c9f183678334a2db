package org.relaysupervisor.metering;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Mount;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.process.ProcessSpec;

/**
 * The ffmpeg that listens to one mount as any listener does and brings its samples to the meter.
 *
 * <p>{@link #prepare} belongs to the control loop; all else is safe from any thread.
 */
public final class Decoder {
    /** The name of the main mount's child, and what the others' begin with. */
    public static final String NAME = "decoder";

    /** A source that has sent nothing for longer than this leaves nothing to decode. */
    private static final Duration SOURCE_PAUSE = Duration.ofSeconds(1);

    private final RelayConfig config;
    private final Mount mount;
    private final Path socket;
    private final Path directory;
    private final Executables executables;
    private final Metering metering;

    // The probe's.
    private volatile long framesAtLastCheck;

    Decoder(RelayConfig config, Mount mount, Path socket, Path directory, Executables executables, Metering metering) {
        this.config = config;
        this.mount = mount;
        this.socket = socket;
        this.directory = directory;
        this.executables = executables;
        this.metering = metering;
    }

    /** The child's name: {@code decoder} for the main mount, {@code decoder-studio+one} for {@code /studio/one}. */
    public String name() {
        return mount.main() ? NAME : NAME + '-' + mount.path().substring(1).replace('/', '+');
    }

    /** The path of the mount it listens to. */
    public String mount() {
        return mount.path();
    }

    /**
     * Makes the socket that this start of ffmpeg will bring its samples to, and says how to start it.
     *
     * @throws IOException when ffmpeg is not installed or the socket can't be made; the message says what to do
     */
    public ProcessSpec prepare() throws IOException {
        Path ffmpeg = executables.ffmpeg(config.programs());
        intake().listen();
        return new ProcessSpec(
                name(), argv(ffmpeg), Map.of("PATH", executables.searchPath(), "LANG", "C.UTF-8"), directory);
    }

    /** All that ffmpeg is given, for comparison with another configuration's. */
    public String given() {
        return config.programs().ffmpeg() + '\n' + argv(Path.of("ffmpeg"));
    }

    private List<String> argv(Path ffmpeg) {
        return DecoderCommand.argv(ffmpeg, config, mount, socket);
    }

    /** A probe that passes once samples have come from this start, or while there is nothing to decode. */
    public void ready(long pid) throws IOException {
        long frames = intake().frames();
        if (frames == 0 && sourceSends()) {
            throw new IOException("has not decoded anything yet");
        }
        framesAtLastCheck = frames;
    }

    /** A probe that passes when samples have come since the last time it was asked, or while there is nothing to decode. */
    public void alive(long pid) throws IOException {
        long frames = intake().frames();
        boolean stands = frames == framesAtLastCheck && sourceSends();
        framesAtLastCheck = frames;
        if (stands) {
            throw new IOException("runs, but decodes nothing although the source sends");
        }
    }

    private boolean sourceSends() {
        return metering.heard(mount.path()).withoutBytes().compareTo(SOURCE_PAUSE) <= 0;
    }

    private Intake intake() throws IOException {
        return metering.intake(mount.path())
                .orElseThrow(() -> new IOException("the mount " + mount.path() + " is not metered"));
    }
}
