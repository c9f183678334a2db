package org.relaysupervisor.admin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.relaysupervisor.admin.TextPage.Cell;
import org.relaysupervisor.admin.TextPage.Colour;
import org.relaysupervisor.archive.ArchiveSnapshot;
import org.relaysupervisor.archive.DiskLevel;
import org.relaysupervisor.archive.RecordingView;
import org.relaysupervisor.status.RelaySnapshot;
import org.relaysupervisor.status.SafeText;

/** What is recorded, and how it gets to the store, for people: two lines when all is well. */
final class RecordingText {
    /** A disk that is full later than this is not worth a word. */
    private static final double FAR = Duration.ofDays(30).toSeconds();

    private RecordingText() {}

    static void add(RelaySnapshot relay, TextPage page) {
        page.add("Recording: ")
                .add(headline(relay, TextPage.WIDTH - "Recording: ".length()))
                .add("\n");
        ArchiveSnapshot archive = relay.archive();
        page.note(archive.uploadLate() ? Colour.BAD : Colour.PLAIN, upload(archive));
        archive.lastFailure().ifPresent(failure -> page.advice(Colour.BAD, "upload: " + failure));
        trouble(archive.disk()).ifPresent(trouble -> page.note(Colour.BAD, trouble));
    }

    /** The recording that goes on, or that there is none; at most that wide. */
    static Cell headline(RelaySnapshot relay, int width) {
        if (!relay.recording().enabled()) {
            return Cell.of("off");
        }
        if (relay.recording().active()) {
            return relay.archive()
                    .current()
                    .map(recording -> current(recording, width))
                    .orElseGet(() -> new Cell(SafeText.cut("on, its first file is being written", width), Colour.GOOD));
        }
        String last = relay.recording()
                .lastGrowth()
                .map(at -> ", last written " + Plain.ago(at, relay.now()))
                .orElse("");
        return new Cell(SafeText.cut("NOT RECORDING" + last, width), Colour.BAD);
    }

    private static Cell current(RecordingView recording, int width) {
        String length = Plain.duration(recording.duration()) + ", " + gaps(recording) + ": ";
        return new Cell(
                SafeText.cut(Plain.text(length + recording.id()), width),
                recording.gaps() == 0 ? Colour.GOOD : Colour.CHANGING);
    }

    static String gaps(RecordingView recording) {
        return switch (recording.gaps()) {
            case 0 -> "no gaps";
            case 1 -> "1 gap (" + missing(recording.missing()) + ")";
            default -> recording.gaps() + " gaps (" + missing(recording.missing()) + ")";
        };
    }

    /** Gaps are mostly shorter than a second. */
    private static String missing(Duration missing) {
        return missing.toSeconds() < 1 ? missing.toMillis() + "ms" : Plain.duration(missing);
    }

    /** The store comes last: its name may be long. */
    private static String upload(ArchiveSnapshot archive) {
        String disk = archive.disk().level() == DiskLevel.AMPLE ? "; disk: " + room(archive.disk()) : "";
        return waiting(archive) + disk + "; store: " + archive.store();
    }

    private static String waiting(ArchiveSnapshot archive) {
        if (archive.waiting() == 0) {
            return "all is stored";
        }
        String oldest = archive.oldestWaiting()
                .map(age -> ", oldest " + Plain.duration(age))
                .orElse("");
        return (archive.uploadLate() ? "UPLOAD LATE: " : "") + archive.waiting()
                + (archive.waiting() == 1 ? " file waits (" : " files wait (") + Plain.bytes(archive.unverifiedBytes())
                + oldest + ")";
    }

    /** Empty while there is enough. */
    private static Optional<String> trouble(ArchiveSnapshot.Disk disk) {
        return disk.trouble().map(what -> "THE SPOOL'S DISK " + what).or(() -> lack(disk));
    }

    private static Optional<String> lack(ArchiveSnapshot.Disk disk) {
        return switch (disk.level()) {
            case AMPLE -> Optional.empty();
            case LOW -> Optional.of("DISK LOW: " + room(disk) + "; what is stored is deleted early: make room");
            case RESERVE -> Optional.of("DISK ALMOST FULL: " + room(disk) + "; the reserve is in use: make room");
            case FULL -> Optional.of("DISK FULL: nothing is recorded until there is room: make some");
        };
    }

    private static String room(ArchiveSnapshot.Disk disk) {
        return Plain.bytes(disk.freeBytes()) + " free" + full(disk);
    }

    private static String full(ArchiveSnapshot.Disk disk) {
        double seconds = disk.secondsUntilFull().orElse(Double.POSITIVE_INFINITY);
        return seconds > FAR ? "" : ", full in " + Plain.duration(Duration.ofSeconds((long) seconds));
    }

    /** The recordings there are, as a table; of what is whole and stored no word more than needed. */
    static String list(List<RecordingView> recordings, boolean colour) {
        if (recordings.isEmpty()) {
            return "no recordings\n";
        }
        List<List<Cell>> rows = new ArrayList<>();
        rows.add(TextPage.row("STATE", "LENGTH", "SIZE", "MISSING", "RECORDING"));
        for (RecordingView recording : recordings) {
            String missing = recording.gaps() == 0 ? "-" : missing(recording.missing());
            rows.add(List.of(
                    state(recording),
                    Cell.of(Plain.duration(recording.duration())),
                    Cell.of(Plain.bytes(recording.bytes())),
                    new Cell(missing, recording.gaps() == 0 ? Colour.PLAIN : Colour.CHANGING),
                    // Never cut, even past the margin: it is there to be copied.
                    Cell.of(recording.id())));
        }
        return new TextPage(colour).tableUncut(rows).toString();
    }

    private static Cell state(RecordingView recording) {
        return switch (recording.state()) {
            case RECORDING -> new Cell(recording.state().label(), Colour.GOOD);
            case UPLOADING ->
                new Cell(
                        recording.state().label() + " " + recording.stored() + "/" + recording.segments(),
                        Colour.CHANGING);
            case STORED -> Cell.of(recording.state().label());
        };
    }

    /** The ids that are most like one there is none of, best first. */
    static List<String> nearest(String id, Stream<String> ids) {
        record Distance(String id, int edits) {}
        return ids.map(known -> new Distance(known, edits(id, known)))
                .sorted((one, other) -> Integer.compare(one.edits(), other.edits()))
                .limit(3)
                .map(Distance::id)
                .toList();
    }

    /** What Levenshtein counts; letters that are only added are cheap, as the beginning of an id is typed more often than a wrong one. */
    private static int edits(String typed, String known) {
        int[] row = new int[known.length() + 1];
        for (int column = 0; column <= known.length(); column++) {
            row[column] = column;
        }
        for (int i = 1; i <= typed.length(); i++) {
            int diagonal = row[0];
            row[0] = i * 4;
            for (int j = 1; j <= known.length(); j++) {
                int change = diagonal + (typed.charAt(i - 1) == known.charAt(j - 1) ? 0 : 4);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j] + 4, row[j - 1] + 1));
            }
        }
        return row[known.length()];
    }
}
