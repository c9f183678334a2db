package org.relaysupervisor.log;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * The daemon's log: all that is logged through {@code System.Logger} or java.util.logging, written by one thread,
 * {@code relay-log}, behind a bounded queue. A caller never waits and never sees a failure; what is lost is counted.
 */
public final class DaemonLog implements AutoCloseable {
    static final int QUEUE_CAPACITY = 2000;

    private static final Duration CLOSING = Duration.ofSeconds(1);

    private final ArrayBlockingQueue<Entry> queue = new ArrayBlockingQueue<>(QUEUE_CAPACITY);
    private final OutputStream out;
    private final boolean journal;
    private final QueueHandler handler = new QueueHandler();
    private final Thread writer = new Thread(this::write, "relay-log");
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong failedWrites = new AtomicLong();
    private volatile UnaryOperator<String> mask = UnaryOperator.identity();
    private volatile BiConsumer<String, String> listener = (logger, line) -> {};
    private volatile boolean closed;

    /** Written by the writer alone: how many of {@link #dropped} the log has been told of. */
    private long droppedInLog;

    /** A record as it was when it was logged, since the objects in its parameters may change. */
    private record Entry(Instant at, Level level, String logger, String message, Throwable thrown) {}

    private DaemonLog(OutputStream out, boolean journal) {
        this.out = out;
        this.journal = journal;
        writer.setDaemon(true);
    }

    /**
     * Takes over java.util.logging, and so System.Logger, for the whole JVM.
     *
     * @param out where lines go; it should not buffer
     * @param journal whether the reader is systemd's journal, which wants {@code <6>} before each line and adds the time itself
     */
    public static DaemonLog install(OutputStream out, boolean journal) {
        DaemonLog log = new DaemonLog(out, journal);
        LogManager.getLogManager().reset();
        Logger.getLogger("").setLevel(Level.INFO);
        Logger.getLogger("").addHandler(log.handler);
        log.writer.start();
        return log;
    }

    /**
     * Whether standard error is connected to the journal.
     *
     * @param journalStream the variable {@code JOURNAL_STREAM}, or null; it alone proves nothing, for a shell in a terminal may have
     *     inherited it
     */
    public static boolean standardErrorIsJournal(String journalStream) {
        if (journalStream == null) {
            return false;
        }
        try {
            var attributes = Files.readAttributes(Path.of("/proc/self/fd/2"), "unix:dev,ino");
            return journalStream.equals(attributes.get("dev") + ":" + attributes.get("ino"));
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** What each line goes through before it is written anywhere, so that no secret gets out. */
    public void mask(UnaryOperator<String> secrets) {
        mask = secrets;
    }

    /** Gets every line that is written: the logger's name, and the line, masked. Called on the thread {@code relay-log}. */
    public void listener(BiConsumer<String, String> loggerAndLine) {
        listener = loggerAndLine;
    }

    /** Records lost because the writer didn't keep up, or after the end. */
    public long dropped() {
        return dropped.get();
    }

    /** Lines lost because they could not be written: disk full, reader gone. */
    public long failedWrites() {
        return failedWrites.get();
    }

    /** Writes what is queued, for a second at most; what is logged later is lost and counted. */
    @Override
    public void close() {
        closed = true;
        Logger.getLogger("").removeHandler(handler);
        try {
            writer.join(CLOSING.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        writer.interrupt();
    }

    private void write() {
        try {
            while (!closed || !queue.isEmpty()) {
                Entry entry = queue.poll(500, TimeUnit.MILLISECONDS);
                if (entry != null) {
                    write(entry);
                }
                reportDropped(entry == null ? Instant.now() : entry.at);
            }
        } catch (InterruptedException e) {
            dropped.addAndGet(queue.size());
        }
    }

    private void reportDropped(Instant at) {
        long lost = dropped.get() - droppedInLog;
        if (lost > 0) {
            droppedInLog += lost;
            write(new Entry(at, Level.WARNING, DaemonLog.class.getName(), lost + " log records were dropped", null));
        }
    }

    private void write(Entry entry) {
        String source = source(entry.logger);
        StringBuilder block = new StringBuilder();
        for (String line : text(entry).split("\\R")) {
            String masked = masked(line);
            if (journal) {
                block.append('<').append(priority(entry.level)).append('>');
            } else {
                block.append(entry.at.truncatedTo(ChronoUnit.SECONDS))
                        .append(' ')
                        .append(name(entry.level))
                        .append(' ');
            }
            block.append(source).append(": ").append(masked).append('\n');
            tell(entry.logger, source + ": " + masked);
        }
        try {
            out.write(block.toString().getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            failedWrites.incrementAndGet();
        }
    }

    private String masked(String line) {
        try {
            return mask.apply(line);
        } catch (RuntimeException e) {
            // Better no line than one with a secret in it.
            return "(a line that could not be masked)";
        }
    }

    private void tell(String logger, String line) {
        try {
            listener.accept(logger, line);
        } catch (RuntimeException e) {
            failedWrites.incrementAndGet();
        }
    }

    private static String text(Entry entry) {
        if (entry.thrown == null) {
            return entry.message;
        }
        StringWriter text = new StringWriter();
        text.append(entry.message).append('\n');
        entry.thrown.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    /** The part of a logger's name that tells an operator most: the package of our classes, the name of a child. */
    static String source(String logger) {
        String[] parts = logger.split("\\.");
        for (int i = parts.length - 1; i >= 0; i--) {
            if (!parts[i].isEmpty() && !Character.isUpperCase(parts[i].charAt(0))) {
                return parts[i];
            }
        }
        return logger.isEmpty() ? "daemon" : logger;
    }

    /** As syslog(3) numbers them: 3 error, 4 warning, 6 info, 7 debug. */
    private static int priority(Level level) {
        return switch (name(level).strip()) {
            case "ERROR" -> 3;
            case "WARN" -> 4;
            case "INFO" -> 6;
            default -> 7;
        };
    }

    private static String name(Level level) {
        if (level.intValue() >= Level.SEVERE.intValue()) {
            return "ERROR";
        }
        if (level.intValue() >= Level.WARNING.intValue()) {
            return "WARN ";
        }
        return level.intValue() >= Level.INFO.intValue() ? "INFO " : "DEBUG";
    }

    private final class QueueHandler extends Handler {
        private final Formatter parameters = new Formatter() {
            @Override
            public String format(LogRecord logged) {
                return formatMessage(logged);
            }
        };

        @Override
        public void publish(LogRecord logged) {
            String logger = logged.getLoggerName() == null ? "" : logged.getLoggerName();
            String message = String.valueOf(parameters.format(logged));
            Entry entry = new Entry(logged.getInstant(), logged.getLevel(), logger, message, logged.getThrown());
            if (closed || !queue.offer(entry)) {
                dropped.incrementAndGet();
            }
        }

        @Override
        public void flush() {
            // Each record is flushed as it is written.
        }

        /** The LogManager's shutdown hook takes all handlers away while the daemon's own is still stopping children. */
        @Override
        public void close() {
            if (!closed) {
                Logger.getLogger("").addHandler(this);
            }
        }
    }
}
