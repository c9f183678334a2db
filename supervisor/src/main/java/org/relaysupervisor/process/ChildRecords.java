package org.relaysupervisor.process;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A file for each child process that lives, so that a daemon which was killed leaves its successor a list of what it left behind.
 * A process is known by pid, start time and boot id together: a pid alone may be anybody's by now. Safe from any thread; one
 * name is used by one process at a time.
 */
public final class ChildRecords {
    private static final Logger log = System.getLogger(ChildRecords.class.getName());
    private static final String SUFFIX = ".process";
    private static final Pattern FORMAT =
            Pattern.compile("pid=(\\d{1,10}) start=(\\d{1,18}) boot=(\\S+)(?: given=(\\S+))?\\n");

    private final Path directory;
    private final ProcFs procFs;
    private final String bootId;

    /**
     * A process that an earlier daemon started and did not live to stop.
     *
     * @param given empty when it is not to be taken over
     */
    record Ghost(String name, long pid, long startTime, Optional<Fingerprint> given) {}

    /** @throws IOException when /proc can't be read */
    public ChildRecords(Path directory, ProcFs procFs) throws IOException {
        this.directory = directory;
        this.procFs = procFs;
        this.bootId = procFs.bootId();
    }

    /** Records a process that was just started. A record that can't be written is logged: sound matters more. */
    void write(String name, long pid, Optional<Fingerprint> given) {
        OptionalLong startTime = procFs.startTime(pid);
        if (startTime.isEmpty()) {
            return;
        }
        try {
            // Not synced: after a crash of the machine the boot id makes it void anyhow.
            Path next = directory.resolve(name + SUFFIX + ".next");
            String last = given.map(of -> " given=" + of.hex()).orElse("");
            Files.writeString(next, "pid=" + pid + " start=" + startTime.getAsLong() + " boot=" + bootId + last + "\n");
            Files.move(next, file(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            log.log(
                    Level.WARNING,
                    name + " (pid " + pid + ") could not be recorded, so a daemon after a crash would not find it: "
                            + e);
        }
    }

    /** Forgets a process that has been reaped. */
    void remove(String name) {
        delete(file(name));
    }

    /** Every recorded process that is still the one recorded. */
    List<Ghost> ghosts() {
        List<Ghost> ghosts = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            files.forEach(file -> read(file, ghosts));
        } catch (IOException e) {
            log.log(Level.WARNING, "processes of an earlier daemon can't be looked for: " + e);
        }
        return ghosts;
    }

    /** The names of the recorded processes that live and that a later daemon may take over. */
    public Set<String> lasting() {
        return ghosts().stream()
                .filter(ghost -> ghost.given.isPresent())
                .map(Ghost::name)
                .collect(Collectors.toSet());
    }

    /**
     * Ends them, each with its whole session: first TERM, unless there is no grace, then KILL. Returns when they are gone, after at most {@code graceMillis}
     * and a second for each; what could not be killed is logged.
     */
    void end(List<Ghost> ghosts, long graceMillis) {
        if (!ghosts.isEmpty()) {
            new Ghosts(procFs).end(ghosts, graceMillis);
            ghosts.forEach(ghost -> delete(file(ghost.name)));
        }
    }

    /**
     * Ends every recorded process that is still the one recorded, see {@link #end}.
     *
     * @return how many there were
     */
    public int killGhosts(long graceMillis) {
        List<Ghost> ghosts = ghosts();
        end(ghosts, graceMillis);
        return ghosts.size();
    }

    private void read(Path file, List<Ghost> ghosts) {
        String name = file.getFileName().toString();
        name = name.substring(0, name.length() - SUFFIX.length());
        try {
            Matcher matcher = FORMAT.matcher(Files.readString(file));
            if (!matcher.matches()) {
                log.log(Level.WARNING, "{0} is damaged and was removed; is a {1} still running?", file, name);
                delete(file);
                return;
            }
            Ghost ghost = new Ghost(
                    name,
                    Long.parseLong(matcher.group(1)),
                    Long.parseLong(matcher.group(2)),
                    Optional.ofNullable(matcher.group(4)).flatMap(Fingerprint::parse));
            if (matcher.group(3).equals(bootId)
                    && procFs.startTime(ghost.pid).equals(OptionalLong.of(ghost.startTime))) {
                ghosts.add(ghost);
            } else {
                delete(file);
            }
        } catch (IOException e) {
            log.log(Level.WARNING, file + " can't be read and was removed: " + e);
            delete(file);
        }
    }

    private Path file(String name) {
        return directory.resolve(name + SUFFIX);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.log(Level.WARNING, file + " can't be removed: " + e);
        }
    }
}
