package org.relaysupervisor.shows;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.relaysupervisor.config.Nearest;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.RelayConfig.Profile;
import org.relaysupervisor.config.Secret;
import org.relaysupervisor.loop.Loop;

/** Which show is on: what an operator says, else what the calendar says, else the weekly times. On the loop unless said otherwise. */
public final class Shows implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Shows.class.getName());
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(31);
    private static final int LONGEST_NAME = 100;

    /** More than a clock is slewed in a second, so that it was set. */
    private static final Duration JUMP = Duration.ofSeconds(2);

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("EEE HH:mm", Locale.ENGLISH);

    private final Loop loop;
    private final Consumer<Optional<Show>> listener;
    private final KeptFile kept;
    private final FollowedCalendar calendar;
    private final Loop.Timer tick;

    private RelayConfig.Shows configured = new RelayConfig.Shows(ZoneId.of("UTC"), List.of(), Optional.empty());
    private Profiles profiles = new Profiles(List.of());
    private OperatorWord word;
    private Window window;
    private Schedule schedule = Schedule.EMPTY;
    private Optional<Show> current = Optional.empty();

    /** Between these two nothing changes by itself. */
    private Instant evaluated = Instant.MAX;

    private Instant nextChange = Instant.MIN;

    /** What the wall clock would show, had it never been set, at a monotonic reading of 0. */
    private Instant origin;

    private volatile View view = new View(true, Optional.empty(), Optional.empty(), Optional.empty());

    private record View(
            boolean known, Optional<Show> current, Optional<Show> next, Optional<FollowedCalendar.View> calendar) {}

    private Shows(Path directory, Loop loop, Executor worker, Consumer<Optional<Show>> listener) {
        this.loop = loop;
        this.listener = listener;
        this.kept = new KeptFile(directory.resolve("operator.json"));
        this.word = remembered();
        this.window = Window.around(loop.now());
        this.origin = origin();
        this.calendar = new FollowedCalendar(loop, worker, new KeptFile(directory.resolve("calendar")), this::rebuild);
        this.tick = loop.every(TICK, this::tick);
    }

    /**
     * Nothing is on before the first {@link #use}.
     *
     * @param stateDirectory of the daemon; a directory {@code shows} is made in it
     * @param worker reads the calendar, one thing after another; a reading may hold it up for as long as the disk or a name server
     * @param listener is told on the loop whenever another show is on than before, or none, and when the one that is on changes
     * @throws IOException when the directory can't be made
     */
    public static Shows open(Path stateDirectory, Loop loop, Executor worker, Consumer<Optional<Show>> listener)
            throws IOException {
        Path directory = stateDirectory.resolve("shows");
        Files.createDirectories(directory);
        return new Shows(directory, loop, worker, listener);
    }

    /**
     * Takes up a configuration, the first one or another.
     *
     * @param calendarAddress the secret, when the calendar's address is one and can be had
     */
    public void use(RelayConfig config, Optional<Secret> calendarAddress) {
        configured = config.shows();
        profiles = new Profiles(config.profiles());
        calendar.use(configured.calendar(), calendarAddress, configured.zone(), profiles);
        rebuild();
    }

    /** Any thread. */
    public ShowsSnapshot snapshot() {
        View published = view;
        return new ShowsSnapshot(
                published.known,
                published.current,
                published.next,
                published.calendar.map(state -> FollowedCalendar.state(state, loop)));
    }

    /**
     * The operator says that a show is on, until its time is over or it is ended. It takes the place of one started before.
     *
     * @param name text on one line, 1 to 100 characters
     * @param profile empty for each mount's own
     * @param expected labels of the kinds of dead air that are announced, besides those of the profile
     * @param length 1 s to 31 days; empty until it is ended
     * @return what to tell the operator
     * @throws IllegalArgumentException with one clear message; nothing has changed then
     */
    public String start(String name, Optional<String> profile, Set<String> expected, Optional<Duration> length) {
        requireName(name);
        profile.ifPresent(this::requireProfile);
        expected.forEach(Shows::requireKind);
        length.ifPresent(Shows::requireLength);
        Instant now = loop.now();
        Show show = new Show(name.strip(), profile, expected, now, length.map(now::plus), Show.Origin.OPERATOR);
        String kept = remember(word.starting(show));
        return "show \"" + show.name() + "\" is on" + until(show) + kept;
    }

    /**
     * The operator says that the show that is on is over; of a scheduled one, until its scheduled end.
     *
     * @return what to tell the operator
     * @throws IllegalArgumentException when no show is on
     */
    public String end() {
        evaluate();
        Show ended = current.orElseThrow(() -> new IllegalArgumentException("no show is on"));
        String kept = remember(word.ending(ended));
        String after = current.map(show ->
                        "; now \"" + show.name() + "\" is on (" + show.origin().label() + ")" + until(show))
                .orElse("");
        return "show \"" + ended.name() + "\" is ended" + after + kept;
    }

    private String until(Show show) {
        return show.end()
                .map(end -> " until " + end.atZone(configured.zone()).format(CLOCK))
                .orElse(" until it is ended");
    }

    private static void requireName(String name) {
        boolean speakable = name.codePoints().noneMatch(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029);
        if (name.isBlank() || name.codePointCount(0, name.length()) > LONGEST_NAME || !speakable) {
            throw new IllegalArgumentException("a show needs a name: 1 to " + LONGEST_NAME + " characters on one line");
        }
    }

    private void requireProfile(String name) {
        if (profiles.named(name).isEmpty()) {
            throw new IllegalArgumentException("there is no profile " + CalendarText.printable(name) + "; known are "
                    + String.join(", ", profiles.names()) + Nearest.hint(name, profiles.names()));
        }
    }

    private static void requireKind(String kind) {
        if (!Profile.KINDS.contains(kind)) {
            throw new IllegalArgumentException("there is no kind of dead air " + CalendarText.printable(kind)
                    + "; known are " + String.join(", ", Profile.KINDS) + Nearest.hint(kind, Profile.KINDS));
        }
    }

    private static void requireLength(Duration length) {
        if (length.compareTo(Duration.ofSeconds(1)) < 0 || length.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("a show can last from 1 s to 31 days; leave it out to end it by hand");
        }
    }

    private OperatorWord remembered() {
        try {
            Optional<byte[]> bytes = kept.read(OperatorWord.LARGEST);
            return bytes.isPresent() ? OperatorWord.of(bytes.get()).at(loop.now()) : OperatorWord.NONE;
        } catch (IOException e) {
            String aside = "it can't be set aside either";
            try {
                aside = "it is kept as " + kept.setAside();
            } catch (IOException stays) {
                e.addSuppressed(stays);
            }
            LOG.log(
                    Level.WARNING,
                    kept.path() + " is damaged (" + e.getMessage()
                            + "): what the operator said about shows is forgotten; " + aside);
            return OperatorWord.NONE;
        }
    }

    /** What was said counts even if it can't be written down. */
    private String remember(OperatorWord said) {
        word = said.at(loop.now());
        rebuild();
        try {
            kept.write(word.bytes());
            return "";
        } catch (IOException e) {
            LOG.log(Level.WARNING, "{0} can''t be written: {1}", kept.path(), e.getMessage());
            return "; a restart will forget this, since " + kept.path() + " can't be written: " + e.getMessage();
        }
    }

    private void tick() {
        Duration jump = Duration.between(origin, origin());
        if (jump.abs().compareTo(JUMP) > 0) {
            origin = origin();
            clockWasSet(jump);
        }
        calendar.tick();
        if (!window.serves(loop.now())) {
            rebuild();
        } else if (loop.now().isBefore(evaluated) || !loop.now().isBefore(nextChange)) {
            evaluate();
        }
    }

    private Instant origin() {
        return loop.now().minusNanos(loop.nanoTime());
    }

    private void clockWasSet(Duration by) {
        LOG.log(Level.INFO, "the clock was set by {0}", by.truncatedTo(ChronoUnit.SECONDS));
        if (word.on().isPresent()) {
            OperatorWord shifted = word.shifted(by);
            if (current.map(Show::origin).equals(Optional.of(Show.Origin.OPERATOR))) {
                current = shifted.on().map(this::withProfile);
            }
            remember(shifted);
        }
    }

    private void rebuild() {
        window = Window.around(loop.now());
        List<Show> shows = new ArrayList<>();
        word.on().map(this::withProfile).ifPresent(shows::add);
        shows.addAll(calendar.shows());
        shows.addAll(WeeklyTimes.within(window, configured, profiles));
        shows.removeIf(word::hasEnded);
        schedule = new Schedule(shows);
        evaluate();
    }

    /** A profile that the configuration no longer has is none. */
    private Show withProfile(Show said) {
        Optional<String> profile =
                said.profile().filter(name -> profiles.named(name).isPresent());
        return new Show(
                said.name(),
                profile,
                profiles.announced(profile, said.expected()),
                said.start(),
                said.end(),
                said.origin());
    }

    private void evaluate() {
        Instant now = loop.now();
        Optional<Show> before = current;
        current = schedule.at(now);
        evaluated = now;
        boolean known = now.isBefore(calendar.knownUntil());
        Instant change = schedule.nextChange(now);
        nextChange = known && calendar.knownUntil().isBefore(change) ? calendar.knownUntil() : change;
        view = new View(current.isPresent() || known, current, schedule.nextAfter(now), calendar.view());
        boolean same = current.isPresent() == before.isPresent()
                && (current.isEmpty() || OperatorWord.isSame(current.get(), before.get()));
        if (!same) {
            LOG.log(
                    Level.INFO,
                    current.map(show -> "show \"" + show.name() + "\" begins ("
                                    + show.origin().label() + ")")
                            .orElse("no show is on any more"));
        }
        if (!current.equals(before)) {
            listener.accept(current);
        }
    }

    @Override
    public void close() {
        tick.cancel();
        calendar.stop();
    }
}
