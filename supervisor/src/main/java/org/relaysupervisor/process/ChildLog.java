package org.relaysupervisor.process;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.relaysupervisor.loop.Clock;

/**
 * What the children print: masked, rate-limited, the newest of it kept in memory, all of it handed to the daemon's log. A child
 * that floods loses lines, which are counted; it never waits, and never holds up another. Safe from any thread.
 */
public final class ChildLog implements OutputSink {
    /** The name under which the daemon's own lines are kept beside the children's. */
    public static final String DAEMON = "daemon";

    /** Begins the names of the loggers that the children's lines go to; the child's name follows. */
    public static final String LOGGER_PREFIX = "child.";

    static final int LINES_KEPT = 1000;
    static final int CHARACTERS_KEPT = 256 * 1024;
    static final int BURST = 200;
    static final int LINES_PER_SECOND = 50;
    static final Duration SUMMARY_PERIOD = Duration.ofSeconds(10);

    private static final Pattern ALARMING = Pattern.compile(
            "(?i)\\b(e?rror|eror|warn(ing)?|fatal|fail(ed|ure)?|panic|exception|cannot|can't|unable|denied|abort(ed)?)\\b");

    private final Clock clock;
    private final UnaryOperator<String> mask;

    /** Guards the map and what is in it; nothing that waits is ever done under it. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<String, Kept> children = new TreeMap<>();
    private long sequence;

    public ChildLog(Clock clock, UnaryOperator<String> mask) {
        this.clock = clock;
        this.mask = mask;
    }

    /** One child's newest lines and its allowance. */
    private static final class Kept {
        private final Logger logger;
        private final ArrayDeque<Line> lines = new ArrayDeque<>();
        private int characters;
        private double allowance = BURST;
        private long allowanceAt;
        private long dropped;
        private long droppedInSummary;
        private long summaryAt;
        private String last;

        Kept(String child, long now) {
            logger = System.getLogger(LOGGER_PREFIX + child);
            allowanceAt = now;
            summaryAt = now;
        }

        boolean admit(long now) {
            allowance = Math.min(BURST, allowance + (now - allowanceAt) * 1e-9 * LINES_PER_SECOND);
            allowanceAt = now;
            if (allowance < 1) {
                dropped++;
                return false;
            }
            allowance--;
            return true;
        }

        void add(Line line) {
            lines.addLast(line);
            characters += line.text().length();
            while (lines.size() > LINES_KEPT || characters > CHARACTERS_KEPT) {
                characters -= lines.removeFirst().text().length();
            }
        }

        /** How many were dropped since the last summary, or zero when it is not yet time for the next. */
        long summary(long now) {
            long news = dropped - droppedInSummary;
            if (news == 0 || now - summaryAt < SUMMARY_PERIOD.toNanos()) {
                return 0;
            }
            droppedInSummary = dropped;
            summaryAt = now;
            return news;
        }
    }

    @Override
    public void line(String child, Stream stream, String line) {
        long now = clock.nanoTime();
        Logger logger;
        String masked;
        String summary = null;
        lock.lock();
        try {
            Kept kept = kept(child, now);
            logger = kept.logger;
            kept.last = line;
            if (!kept.admit(now)) {
                return;
            }
            long dropped = kept.summary(now);
            if (dropped > 0) {
                summary = dropped + " lines dropped: more than " + LINES_PER_SECOND + " a second";
                add(kept, child, summary);
            }
            masked = mask.apply(line);
            add(kept, child, masked);
        } finally {
            lock.unlock();
        }
        if (summary != null) {
            logger.log(Level.WARNING, summary);
        }
        boolean alarming = stream == Stream.ERR && ALARMING.matcher(masked).find();
        logger.log(alarming ? Level.WARNING : Level.INFO, masked);
    }

    /**
     * Keeps one of the daemon's own lines, already masked. For the daemon's log to call with everything it writes: what came from
     * a child is kept already and is passed over.
     */
    public void daemonLine(String logger, String line) {
        if (!logger.startsWith(LOGGER_PREFIX)) {
            lock.lock();
            try {
                add(kept(DAEMON, clock.nanoTime()), DAEMON, line);
            } finally {
                lock.unlock();
            }
        }
    }

    private Kept kept(String child, long now) {
        return children.computeIfAbsent(child, name -> new Kept(name, now));
    }

    private void add(Kept kept, String child, String text) {
        kept.add(new Line(++sequence, clock.now(), child, text));
    }

    /** The newest lines, oldest first, of one child or of all together with the daemon. */
    public List<Line> tail(Optional<String> child, int lines) {
        List<Line> all = after(0, child);
        return all.subList(Math.max(0, all.size() - Math.max(0, lines)), all.size());
    }

    /** The lines still kept that came after the one with this sequence number, oldest first. */
    public List<Line> after(long sequence, Optional<String> child) {
        lock.lock();
        try {
            Collection<Kept> wanted = child.isEmpty()
                    ? children.values()
                    : Optional.ofNullable(children.get(child.get())).stream().toList();
            return wanted.stream()
                    .flatMap(kept -> kept.lines.stream())
                    .filter(line -> line.sequence() > sequence)
                    .sorted(Comparator.comparingLong(Line::sequence))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** Lines dropped since the daemon's start because a child printed too many, by child. */
    public Map<String, Long> dropped() {
        lock.lock();
        try {
            return children.entrySet().stream()
                    .filter(entry -> !entry.getKey().equals(DAEMON))
                    .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> entry.getValue().dropped));
        } finally {
            lock.unlock();
        }
    }

    /** The last line that the child printed, kept or dropped; it often tells what an exit code doesn't. */
    public Optional<String> lastLine(String child) {
        String last;
        lock.lock();
        try {
            Kept kept = children.get(child);
            last = kept == null ? null : kept.last;
        } finally {
            lock.unlock();
        }
        return Optional.ofNullable(last).map(mask);
    }
}
