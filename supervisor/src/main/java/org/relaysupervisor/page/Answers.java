package org.relaysupervisor.page;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.relaysupervisor.archive.ArchiveSnapshot;
import org.relaysupervisor.archive.ArchiveSnapshot.Disk;
import org.relaysupervisor.archive.RecordingView;
import org.relaysupervisor.audio.DeadAir;
import org.relaysupervisor.audio.DeadAirKind;
import org.relaysupervisor.audio.Loudness;
import org.relaysupervisor.metering.MeterSnapshot;
import org.relaysupervisor.metering.MeterSnapshot.State;
import org.relaysupervisor.programs.OnAir;
import org.relaysupervisor.proxy.ProxySnapshot.Bridge;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.status.SafeText;
import org.relaysupervisor.supervise.ChildSnapshot;
import org.relaysupervisor.supervise.ChildState;

/** The five questions, answered from one look at the station. */
final class Answers {
    /** Until then, that nothing plays is no surprise. */
    private static final Duration START = Duration.ofMinutes(1);

    private static final Duration STUCK = Duration.ofSeconds(5);

    /** In LUFS; quieter than what a listener calls quiet. */
    private static final double QUIET = -60;

    /** Characters of a title that are shown. */
    private static final int TITLE = 90;

    private final RelaySnapshot relay;

    private Answers(RelaySnapshot relay) {
        this.relay = relay;
    }

    /** In the order of the page. */
    static List<Answer> of(RelaySnapshot relay, History.Figures figures) {
        Answers answers = new Answers(relay);
        return List.of(
                answers.up(), answers.audible(), answers.listeners(figures), answers.recorded(), answers.uploaded());
    }

    private static Answer answer(String id, Mark mark, String text, String detail) {
        return new Answer(id, mark, Words.safe(text), Words.safe(Words.sentence(detail)));
    }

    private Answer up() {
        List<RelaySnapshot.Mount> mounts = relay.mounts();
        long playing = mounts.stream()
                .filter(mount -> mount.onAir() || mount.onStandby())
                .count();
        if (playing < mounts.size() || playing == 0) {
            return playing == 0 ? off() : inPart(playing);
        }
        if (relay.loop().currentTask().compareTo(STUCK) > 0) {
            return answer(
                    "up",
                    Mark.BAD,
                    "Yes, but unattended",
                    "the daemon has stood still for "
                            + Words.running(relay.loop().currentTask()) + ": nothing would be restarted");
        }
        Optional<String> trouble = trouble();
        if (mounts.stream().anyMatch(RelaySnapshot.Mount::onStandby)) {
            return answer("up", Mark.ATTENTION, "Yes, with the standby", trouble.orElse(whyNothingComes()));
        }
        if (trouble.isPresent()) {
            return answer("up", Mark.ATTENTION, "Yes, but not all runs", trouble.get());
        }
        if (mounts.stream().anyMatch(Answers::withoutIcecast)) {
            return answer("up", Mark.ATTENTION, "Yes, from memory", "Icecast is away; listeners don't notice");
        }
        return answer("up", Mark.GOOD, "Yes, on the air", "all programs run");
    }

    private static boolean withoutIcecast(RelaySnapshot.Mount mount) {
        return mount.feed()
                .filter(feed -> feed.bridges().containsKey(Bridge.FEED))
                .isPresent();
    }

    private Answer off() {
        boolean stopped = relay.children().stream()
                .map(RelaySnapshot.Child::state)
                .anyMatch(child -> !child.wanted() && streams(child));
        if (stopped) {
            return answer("up", Mark.BAD, "No, it was stopped", trouble().orElse(""));
        }
        boolean starts = relay.uptime().compareTo(START) < 0;
        return answer(
                "up",
                starts ? Mark.ATTENTION : Mark.BAD,
                starts ? "Not yet: it starts" : "No, off the air",
                trouble()
                        .orElseGet(() ->
                                relay.isEdge() ? whyNothingComes() : "all programs run, and no sound comes from them"));
    }

    private static boolean streams(ChildSnapshot child) {
        return child.name().equals("icecast") || child.name().equals("liquidsoap");
    }

    private Answer inPart(long playing) {
        List<String> missing = relay.mounts().stream()
                .filter(mount -> !mount.onAir() && !mount.onStandby())
                .map(RelaySnapshot.Mount::path)
                .toList();
        return answer(
                "up",
                Mark.BAD,
                "In part: " + playing + " of " + relay.mounts().size() + " streams",
                "off the air: " + Words.list(missing)
                        + trouble().map(why -> "; " + why).orElse(""));
    }

    /** Which programs don't run, and what they wait for. */
    private Optional<String> trouble() {
        List<String> all = relay.children().stream()
                .map(RelaySnapshot.Child::state)
                .filter(child -> child.state() != ChildState.UP)
                .map(child -> Words.child(child.name()) + ": " + Words.state(child.state(), child.wanted()))
                .toList();
        return all.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", all));
    }

    /** When all programs run. */
    private String whyNothingComes() {
        return relay.mounts().stream()
                .flatMap(mount -> mount.primary().stream())
                .flatMap(primary -> primary.problem().stream())
                .findFirst()
                .orElseGet(() -> "nothing comes from " + Words.source(relay));
    }

    private Answer audible() {
        Optional<DeadAir> worst = relay.mounts().stream()
                .flatMap(mount -> mount.meter().stream())
                .flatMap(Answers::dead)
                .filter(found -> found.kind() != DeadAirKind.STANDBY)
                .max(Comparator.comparing(DeadAir::duration));
        if (worst.isPresent()) {
            return answer(
                    "audible",
                    Mark.BAD,
                    "No: " + Words.heard(worst.get()),
                    "for " + Words.running(worst.get().duration()) + plays());
        }
        if (relay.mounts().stream().anyMatch(Answers::playsStandby)) {
            return standby();
        }
        List<RelaySnapshot.Mount> metered = relay.mounts().stream()
                .filter(mount -> mount.meter().isPresent())
                .toList();
        return metered.isEmpty()
                ? answer("audible", Mark.NEUTRAL, "Nobody measures it", "metering is off in the configuration")
                : heard(metered.get(0), metered.get(0).meter().get());
    }

    private static Stream<DeadAir> dead(MeterSnapshot meter) {
        return meter.deadAir().values().stream().filter(DeadAir::active);
    }

    private static boolean playsStandby(RelaySnapshot.Mount mount) {
        return mount.onStandby()
                || (mount.onAir()
                        && mount.onAirSource().filter(OnAir.STANDBY::equals).isPresent());
    }

    private Answer standby() {
        String why = relay.mounts().stream().anyMatch(RelaySnapshot.Mount::onStandby)
                ? whyNothingComes()
                : whyStandby(relay.onAir());
        return relay.shows()
                .current()
                .filter(show -> !show.expected().contains(DeadAirKind.STANDBY.label()))
                .map(show ->
                        answer("audible", Mark.BAD, "Only the standby", "not the show “" + show.name() + "”: " + why))
                .orElseGet(() -> answer("audible", Mark.ATTENTION, "Yes: the standby", why));
    }

    /** Such as {@code live: nobody is connected}. */
    static String whyStandby(Optional<OnAir> onAir) {
        List<String> inputs = new ArrayList<>();
        onAir.ifPresent(known -> known.inputs()
                .forEach((name, state) -> inputs.add(
                        switch (state) {
                            case SILENT -> "“" + name + "” is silent";
                            case AWAY -> "“" + name + "” is not there";
                            case READY -> "“" + name + "” is ready";
                        })));
        return inputs.isEmpty() ? "no input has sound" : String.join(", ", inputs);
    }

    private Answer heard(RelaySnapshot.Mount mount, MeterSnapshot meter) {
        if (meter.state() == State.UNAVAILABLE) {
            return answer(
                    "audible", Mark.ATTENTION, "Not known", meter.problem().orElse("it can't be measured"));
        }
        if (meter.state() == State.WAITING || meter.reading().isEmpty()) {
            return mount.onAir()
                    ? answer("audible", Mark.ATTENTION, "Not known yet", "no sound has been measured yet")
                    : answer("audible", Mark.BAD, "No", "no sound arrives");
        }
        double level = meter.reading().map(Loudness::shortTerm).orElse(Double.NaN);
        if (level < QUIET) {
            return answer("audible", Mark.ATTENTION, "Silence just now", "for too short a time yet to be dead air");
        }
        String loud = Double.isNaN(level) ? "" : ": " + Words.level(level) + " LUFS";
        String title =
                mount.title().map(text -> ": " + SafeText.cut(text, TITLE)).orElse("");
        return answer(
                "audible",
                Mark.GOOD,
                "Yes" + loud,
                mount.onAirSource()
                        .map(source -> "“" + source + "” plays" + title)
                        .orElse("sound is measured"));
    }

    private String plays() {
        return relay.onAir()
                .map(playing -> ", while “" + playing.source() + "” plays")
                .orElse("");
    }

    private Answer listeners(History.Figures figures) {
        int now =
                relay.mounts().stream().mapToInt(RelaySnapshot.Mount::listeners).sum();
        List<String> each = relay.mounts().stream()
                .filter(mount -> relay.mounts().size() > 1)
                .map(mount -> mount.path() + ": " + mount.listeners())
                .toList();
        float most = Math.max(now, figures.listeners().highest());
        Duration steps = History.STEP.multipliedBy(figures.listeners().high().length);
        Duration over = steps.compareTo(relay.uptime()) < 0 ? steps : relay.uptime();
        String peak = Float.isNaN(most) || over.isZero()
                ? ""
                : "at most " + Math.round(most) + " in the last " + Words.running(over);
        String detail = Stream.of(String.join(", ", each), peak)
                .filter(part -> !part.isEmpty())
                .reduce((one, other) -> one + "; " + other)
                .orElse("");
        return answer(
                "listeners",
                now > 0 ? Mark.GOOD : Mark.NEUTRAL,
                now > 0 ? Words.count(now, "listener", "listeners") : "Nobody at present",
                detail);
    }

    private Answer recorded() {
        Disk disk = relay.archive().disk();
        if (!relay.recording().enabled()) {
            return answer("recorded", Mark.NEUTRAL, "No, by choice", "recording is off in the configuration");
        }
        if (!relay.recording().active()) {
            return notRecorded(disk);
        }
        Optional<RecordingView> current = relay.archive().current();
        int gaps = current.map(RecordingView::gaps).orElse(0);
        String length = current.map(recording -> Words.running(recording.duration())
                        + recording.show().map(show -> " of “" + show + "”").orElse(" of this hour"))
                .orElse("its first minute");
        String whole = gaps == 0 ? length + ", without a gap" : length;
        Optional<String> room = lack(disk);
        if (gaps > 0) {
            String missing = Words.duration(current.map(RecordingView::missing).orElse(Duration.ZERO));
            return answer(
                    "recorded",
                    Mark.ATTENTION,
                    "Yes, with " + Words.count(gaps, "gap", "gaps"),
                    missing + " missing in " + whole
                            + room.map(lack -> "; " + lack).orElse(""));
        }
        return room.map(lack -> answer("recorded", Mark.ATTENTION, "Yes, but little room", lack))
                .orElseGet(() -> answer("recorded", Mark.GOOD, "Yes, all of it", whole));
    }

    private Answer notRecorded(Disk disk) {
        boolean playing = relay.mounts().stream()
                .filter(mount -> mount.path().equals(relay.recording().mount()))
                .anyMatch(mount -> mount.onAir() || mount.onStandby());
        boolean starts = relay.uptime().compareTo(START) < 0;
        boolean wanted = relay.children().stream()
                .map(RelaySnapshot.Child::state)
                .anyMatch(child -> child.name().equals("recorder") && child.wanted());
        String last = relay.recording()
                .lastGrowth()
                .map(at -> "last written " + ago(at))
                .orElse("nothing has been recorded yet");
        String why = lack(disk).map(lack -> lack + "; ").orElse("") + (wanted ? "" : "an operator stopped it; ") + last;
        if (!playing && wanted) {
            return answer(
                    "recorded",
                    starts ? Mark.ATTENTION : Mark.BAD,
                    "No",
                    "there is nothing on the air to record; " + last);
        }
        return answer(
                "recorded", starts && wanted ? Mark.ATTENTION : Mark.BAD, starts && wanted ? "Not yet" : "No", why);
    }

    private String ago(Instant then) {
        return Words.running(Duration.between(then, relay.now())) + " ago";
    }

    private static Optional<String> lack(Disk disk) {
        if (disk.trouble().isPresent()) {
            return disk.trouble().map(what -> "the recordings' disk: " + what);
        }
        return switch (disk.level()) {
            case AMPLE -> Optional.empty();
            case LOW -> Optional.of("the disk has only " + Words.size(disk.freeBytes()) + " left: make room");
            case RESERVE -> Optional.of("the disk is almost full, the reserve is in use: make room");
            case FULL -> Optional.of("the disk is full: make room");
        };
    }

    private Answer uploaded() {
        ArchiveSnapshot archive = relay.archive();
        String oldest = archive.oldestWaiting()
                .map(age -> ", the oldest for " + Words.running(age))
                .orElse("");
        String waiting = Words.count(archive.waiting(), "file waits", "files wait") + oldest + " ("
                + Words.size(archive.unverifiedBytes()) + ")";
        Optional<String> failure = archive.lastFailure();
        if (archive.uploadLate()) {
            return answer(
                    "uploaded",
                    Mark.BAD,
                    "No, it is late",
                    waiting + failure.map(why -> "; " + why).orElse(""));
        }
        if (failure.isPresent() && archive.waiting() > 0) {
            return answer("uploaded", Mark.ATTENTION, "It fails, and is tried again", waiting + "; " + failure.get());
        }
        if (archive.waiting() > 0) {
            return answer("uploaded", Mark.GOOD, "Yes, up to the last minutes", waiting);
        }
        boolean nothing = archive.uploadedBytes() == 0;
        if (nothing && !relay.recording().enabled()) {
            return answer("uploaded", Mark.NEUTRAL, "Nothing to upload", "");
        }
        return answer(
                "uploaded",
                Mark.GOOD,
                nothing ? "Nothing waits" : "Yes, all of it",
                (nothing
                                ? "the first file is not finished yet; it goes to "
                                : Words.size(archive.uploadedBytes()) + " since the start, to ")
                        + archive.store());
    }
}
