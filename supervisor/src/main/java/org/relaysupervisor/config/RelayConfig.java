package org.relaysupervisor.config;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * {@code relay.yaml}, read and valid. Each record below is one section of the file under the same name; the file's comments say
 * what each value does. Paths are absolute: relative ones were resolved against the directory of the file.
 *
 * @param mounts what listeners can connect to; at least one, paths unique
 * @param inputs in order of preference; the standby programme always comes last and is not in this list
 * @param upstream where an edge fetches its mounts; empty on a primary, where they are made. An edge has no Icecast and no
 *     Liquidsoap, and what is said of them here means nothing then
 * @param profiles those of the file, and {@link Profile#MUSIC} unless the file has one of that name
 */
public record RelayConfig(
        Station station,
        List<Mount> mounts,
        List<Input> inputs,
        Standby standby,
        Silence silence,
        Listeners listeners,
        Front front,
        Harbor harbor,
        Icecast icecast,
        SourceRoute sourceRoute,
        Programs programs,
        Memory memory,
        Recording recording,
        Store store,
        Upload upload,
        PublicHls hls,
        Metrics metrics,
        Control control,
        Restart restart,
        Metering metering,
        List<Profile> profiles,
        Shows shows,
        Optional<Heartbeat> heartbeat,
        Passwords passwords,
        Optional<Upstream> upstream) {

    public RelayConfig {
        mounts = List.copyOf(mounts);
        inputs = List.copyOf(inputs);
        profiles = List.copyOf(profiles);
    }

    /** Whether this is a second relay, which fetches what another one makes. */
    public boolean isEdge() {
        return upstream.isPresent();
    }

    /** A profile of the file, or the one that is built in. */
    public Optional<Profile> profile(String name) {
        return profiles.stream().filter(profile -> profile.name().equals(name)).findFirst();
    }

    /** The one that the station advertises. */
    public Mount mainMount() {
        return mounts.stream().filter(Mount::main).findFirst().orElseThrow();
    }

    /** The one whose path stands in {@code recording.mount}; present in a file that was accepted. */
    public Optional<Mount> recordedMount() {
        return mounts.stream()
                .filter(mount -> mount.path().equals(recording.mount()))
                .findFirst();
    }

    /** Where a mount is heard on this machine. */
    public URI listenUrl(String mount) {
        return URI.create("http://" + reachable(listeners.bind()) + ":" + listeners.port() + mount);
    }

    /** Where the public hears a mount, by way of whatever is in front of us. */
    public URI publicUrl(String mount) {
        return listeners.publicUrl().map(url -> URI.create(url + mount)).orElseGet(() -> listenUrl(mount));
    }

    /** An address of this machine that reaches a socket bound to this one, as it is written in a URL. */
    public static String reachable(InetAddress bind) {
        if (bind instanceof Inet6Address) {
            return "[" + (bind.isAnyLocalAddress() ? "::1" : bind.getHostAddress()) + "]";
        }
        return bind.isAnyLocalAddress() ? "127.0.0.1" : bind.getHostAddress();
    }

    /** How the station presents itself to players and directories; any text. */
    public record Station(String name, String description, String genre, Optional<URI> url) {}

    /**
     * @param path begins with a slash, such as {@code /live}
     * @param bitrate in kbit/s
     * @param sampleRate in Hz
     * @param channels 1 or 2
     * @param main the mount the station advertises; exactly one mount is
     * @param listeners how they get it
     * @param profile the name of the profile by which dead air is told when no show has another
     */
    public record Mount(
            String path,
            Format format,
            int bitrate,
            int sampleRate,
            int channels,
            boolean main,
            Delivery listeners,
            String profile) {
        /** What its audio takes. */
        public int bytesPerSecond() {
            return bitrate * 1_000 / 8;
        }
    }

    /** How a mount comes to its listeners. */
    public enum Delivery {
        /** From our memory, so that they stay connected while Icecast or Liquidsoap is away. */
        FEED,
        /** Each by a connection to Icecast of its own, for what only Icecast can do with each listener. */
        ICECAST
    }

    /** The codecs a mount can have. */
    public enum Format {
        MP3("audio/mpeg", "mp3", "mp3", "mp3"),
        AAC("audio/aac", "aac", "aac", "adts"),
        OPUS("audio/ogg", "opus", "ogg", "ogg");

        private final String contentType;
        private final String extension;
        private final String demuxer;
        private final String muxer;

        Format(String contentType, String extension, String demuxer, String muxer) {
            this.contentType = contentType;
            this.extension = extension;
            this.demuxer = demuxer;
            this.muxer = muxer;
        }

        public String contentType() {
            return contentType;
        }

        /** Of files with such audio, without the dot. */
        public String extension() {
            return extension;
        }

        /** What ffmpeg calls the container when it reads it. */
        public String demuxer() {
            return demuxer;
        }

        /** What ffmpeg calls the container when it writes it. */
        public String muxer() {
            return muxer;
        }
    }

    /** Where programme comes from. */
    public sealed interface Input {
        /** Letters, digits, {@code _} and {@code -}; unique; never {@code standby}. */
        String name();
    }

    /**
     * A DJ's encoder connects to us.
     *
     * @param mount what the DJ's encoder calls the mount point, such as {@code /dj}
     * @param djs at least one
     */
    public record HarborInput(String name, String mount, List<Dj> djs) implements Input {
        public HarborInput {
            djs = List.copyOf(djs);
        }
    }

    /** @param user {@code source} is what most encoders send when they ask for a password only */
    public record Dj(String user, SecretSource password) {}

    /** We pull a URL that ffmpeg can open: RTMP, HTTP, HLS. */
    public record UrlInput(String name, URI url) implements Input {}

    /** A directory of audio files. */
    public record PlaylistInput(String name, Path directory, boolean shuffle) implements Input {}

    /** @param file what plays when nothing else does; empty for the programme that is shipped */
    public record Standby(Optional<Path> file) {}

    /**
     * When an input counts as silent.
     *
     * @param threshold in dBFS; quieter than this on every channel is silence
     * @param after this long silent, and the input is left
     * @param minimumNoise this long loud, and it is taken again
     */
    public record Silence(double threshold, Duration after, Duration minimumNoise) {}

    /**
     * The port that listeners (or the CDN in front of them) use.
     *
     * @param limit listeners at once, all mounts together; below {@link Icecast#clients()}
     * @param trustedFronts addresses whose {@code X-Forwarded-For} is believed
     * @param publicUrl where the public reaches us, without a path; empty when that is our own port
     * @param frontSecrets one of these must listeners bring in {@code X-Relay-Front} who don't come from this machine: the one that
     *     is in use, and perhaps the one that will be; empty when nothing need be brought
     */
    public record Listeners(
            InetAddress bind,
            int port,
            int limit,
            Set<InetAddress> trustedFronts,
            Optional<URI> publicUrl,
            List<SecretSource> frontSecrets) {
        public Listeners {
            trustedFronts = Set.copyOf(trustedFronts);
            frontSecrets = List.copyOf(frontSecrets);
        }
    }

    /**
     * What stands between the public and several machines like this one. The monitoring probes each part of it; the front itself is
     * {@link Listeners#publicUrl()}.
     *
     * @param hls the playlist that players of HLS fetch; empty when it isn't probed
     * @param origins the machines behind the front; empty when there is no front, or one for this machine only
     */
    public record Front(Optional<URI> hls, List<Origin> origins) {
        public Front {
            origins = List.copyOf(origins);
        }
    }

    /**
     * @param name unique among the origins
     * @param url with a path: a page that answers 200 while the origin can be heard and 503 while it can't; without one: its port for
     *     listeners; empty for this machine itself
     */
    public record Origin(String name, Optional<URI> url) {
        /** Whether its URL is that of a page. */
        public boolean hasPage() {
            return url.filter(address -> address.getRawPath().length() > 1).isPresent();
        }
    }

    /**
     * The primary of an edge.
     *
     * @param host a name, or an address without brackets
     * @param port its {@code listeners.port}
     * @param frontSecret one of its {@code listeners.frontSecrets}
     */
    public record Upstream(String host, int port, Optional<SecretSource> frontSecret) {}

    /** The port that the DJs' encoders use, for all harbor inputs. */
    public record Harbor(InetAddress bind, int port) {}

    /**
     * Icecast itself, on 127.0.0.1 only.
     *
     * @param clients connections of every kind at once: listeners, sources, recorder, metrics
     * @param burst in bytes, sent at once to a new listener
     * @param queue in bytes, how far a listener may fall behind before Icecast drops it
     */
    public record Icecast(int port, int clients, int burst, int queue, Duration sourceTimeout) {}

    /** The proxy's port that Liquidsoap streams to, on 127.0.0.1 only. */
    public record SourceRoute(int port) {}

    /** Names looked up in PATH, or absolute paths. */
    public record Programs(String icecast, String liquidsoap, String ffmpeg) {}

    /**
     * What each child may use, in bytes.
     *
     * @param restartOnLeak whether a child whose memory grows steadily is restarted at a quiet moment before it is killed
     */
    public record Memory(long icecast, long liquidsoap, long recorder, long decoder, boolean restartOnLeak) {
        /**
         * The limit of a child by the name of its process; each metered mount has a decoder, and each of them this limit. Whatever
         * else is started, for one task at a time, has that of the recorder.
         */
        public long of(String process) {
            String child = Lane.child(process);
            return switch (child) {
                case "icecast" -> icecast;
                case "liquidsoap" -> liquidsoap;
                default -> child.equals("decoder") || child.startsWith("decoder-") ? decoder : recorder;
            };
        }
    }

    /**
     * @param mount one in MP3 or AAC: what is recorded is counted and joined frame by frame
     * @param segment the length of each file
     * @param spool where recordings are until the store has them; empty for {@code spool} in the state directory
     * @param reserve in bytes, kept free on the spool's disk for when somebody else fills it
     */
    public record Recording(
            boolean enabled, String mount, Duration segment, Optional<Path> spool, long reserve, Hls hls) {
        /** What the recorder calls itself, and the proxy knows it by. */
        public static final String USER_AGENT = "relay-supervisor-recorder";
    }

    /** @param playlistLength segments in the live playlist */
    public record Hls(boolean enabled, Duration segment, int playlistLength) {}

    /**
     * The recorded mount as HLS for any audience, in a store that a web server or a Worker hands out.
     *
     * @param segment the length of each piece
     * @param playlistLength segments in the playlist
     * @param store where it goes; present when it is enabled
     */
    public record PublicHls(boolean enabled, Duration segment, int playlistLength, Optional<Store> store) {}

    /** Where finished recordings go and stay. */
    public sealed interface Store {}

    /** On this machine, such as on a mounted disk; empty for {@code recordings} in the state directory. */
    public record DirectoryStore(Optional<Path> directory) implements Store {}

    /**
     * A bucket that speaks S3, such as one of Cloudflare R2.
     *
     * @param endpoint http or https, without a path
     * @param region {@code auto} for R2
     * @param prefix before every key; empty, or ends with a slash
     * @param pathStyle whether the bucket stands in the path of a request's URL rather than in the host's name
     */
    public record S3Store(
            URI endpoint,
            String bucket,
            String region,
            String prefix,
            boolean pathStyle,
            SecretSource accessKey,
            SecretSource secretKey)
            implements Store {
        /** For people. */
        public String name() {
            return "bucket " + bucket + " at " + endpoint;
        }
    }

    /**
     * How finished recordings get to the store.
     *
     * @param bandwidth in bytes per second, all transfers together; empty for no limit
     * @param concurrency transfers at once
     * @param multipartAbove in bytes; larger files are sent in parts
     * @param part in bytes, at least 5 MiB: the length of each part but the last
     * @param keepLocal how long a file stays in the spool after it was verified in the store
     * @param lateAfter when the oldest file that waits is older than this, the upload is late
     */
    public record Upload(
            OptionalLong bandwidth,
            int concurrency,
            long multipartAbove,
            long part,
            Duration keepLocal,
            Duration lateAfter) {}

    /** The exposition port, on 127.0.0.1 only. */
    public record Metrics(int port) {}

    /**
     * The control socket.
     *
     * @param socket empty for {@code control.sock} in the runtime directory
     * @param group who may use it besides the owner; empty for the daemon's own group
     */
    public record Control(Optional<Path> socket, Optional<String> group) {}

    /** How dead children come back; the meaning of each value is that of the supervisor's restart policy. */
    public record Restart(
            Duration firstDelay,
            Duration maximumDelay,
            Duration resetAfter,
            int intensity,
            Duration window,
            Duration failedDelay) {}

    /**
     * Which mounts are listened to.
     *
     * @param mounts paths of configured mounts; empty when nothing is metered
     */
    public record Metering(List<String> mounts) {
        /** What our decoders call themselves, and the proxy knows them by. */
        public static final String USER_AGENT = "relay-supervisor-decoder";

        public Metering {
            mounts = List.copyOf(mounts);
        }
    }

    /**
     * What counts as dead air. The audio package says what each value means, and which are possible.
     *
     * @param name letters, digits, {@code _} and {@code -}; unique
     * @param holds how long each cause must last, by its label such as {@code left_dead}; one that is absent is never told
     * @param expected labels of the kinds, such as {@code digital_silence}, that are announced and so are no dead air
     */
    public record Profile(String name, Map<String, Duration> holds, Levels levels, Set<String> expected) {
        /** The name of the profile that every mount has unless the file says otherwise. */
        public static final String MUSIC = "music";

        /** The labels of all kinds of dead air. */
        public static final List<String> KINDS = List.of(
                "no_bytes",
                "digital_silence",
                "near_silence",
                "tone",
                "dead_channel",
                "antiphase",
                "level",
                "frozen_loop",
                "standby");

        public Profile {
            holds = Map.copyOf(holds);
            expected = Set.copyOf(expected);
        }
    }

    /**
     * @param digitalSilence dBFS, largest sample that is still digital silence
     * @param nearSilence momentary LUFS below which nothing is heard
     * @param audible dBFS RMS from which a channel, a tone or a DC offset counts
     * @param deadChannel dB by which a dead channel is below the other
     * @param antiphase correlation below which channels are in antiphase
     * @param clipped share of samples at full scale from which audio is clipped
     * @param target LUFS that the station aims at
     * @param above LU above the target that are too loud
     * @param below LU below the target that are too quiet
     */
    public record Levels(
            double digitalSilence,
            double nearSilence,
            double audible,
            double deadChannel,
            double antiphase,
            double clipped,
            double target,
            double above,
            double below) {}

    /**
     * When programme is expected.
     *
     * @param zone in which the weekly times are meant
     */
    public record Shows(ZoneId zone, List<WeeklyShow> weekly, Optional<Calendar> calendar) {
        public Shows {
            weekly = List.copyOf(weekly);
        }
    }

    /**
     * @param end after {@code start}, or else on the next day; equal times are 24 hours
     * @param profile of {@link RelayConfig#profiles}; empty for each mount's own
     */
    public record WeeklyShow(
            String name, Set<DayOfWeek> days, LocalTime start, LocalTime end, Optional<String> profile) {
        public WeeklyShow {
            days = Set.copyOf(days);
        }
    }

    /**
     * An iCalendar file. An event is a show; one whose categories name a profile has that profile.
     *
     * @param refresh how often it is read
     * @param staleAfter how old what was read may be, before this is shown and alerted
     */
    public record Calendar(CalendarSource source, Duration refresh, Duration staleAfter) {}

    /** Where a calendar is. */
    public sealed interface CalendarSource {}

    /** On this machine. */
    public record CalendarFile(Path file) implements CalendarSource {}

    /** An address that anybody may know. */
    public record CalendarUrl(URI url) implements CalendarSource {}

    /** An address that is a secret, as the private address of a calendar is. */
    public record SecretCalendarUrl(SecretSource url) implements CalendarSource {}

    /** What is told that this machine is alive, and how often. */
    public record Heartbeat(HeartbeatTarget target, Duration every) {}

    /** Where heartbeats go. */
    public sealed interface HeartbeatTarget {}

    /** An address that anybody may know. */
    public record HeartbeatUrl(URI url) implements HeartbeatTarget {}

    /** An address that is a secret: whoever has it can say that this machine is alive. */
    public record SecretHeartbeatUrl(SecretSource url) implements HeartbeatTarget {}

    /** Icecast's own. */
    public record Passwords(SecretSource source, SecretSource admin) {}
}
