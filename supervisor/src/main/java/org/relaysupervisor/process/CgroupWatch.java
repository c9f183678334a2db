package org.relaysupervisor.process;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/** Tells when the kernel changed memory.events of a child's group, by inotify. A group that is removed is forgotten by itself. */
public final class CgroupWatch implements Closeable {
    private static final Logger log = System.getLogger(CgroupWatch.class.getName());
    private static final Set<Path> WATCHED = Set.of(Path.of("memory.events"), Path.of("cgroup.events"));

    private final WatchService changes;
    private final Consumer<String> listener;

    private CgroupWatch(WatchService changes, Consumer<String> listener) {
        this.changes = changes;
        this.listener = listener;
    }

    /**
     * @param threads for one, which waits for the kernel
     * @param listener told a group's name, on that thread
     */
    public static CgroupWatch open(ThreadFactory threads, Consumer<String> listener) throws IOException {
        CgroupWatch watch = new CgroupWatch(FileSystems.getDefault().newWatchService(), listener);
        threads.newThread(watch::run).start();
        return watch;
    }

    /** From now on. Nothing happens when the group isn't there. */
    public void follow(Cgroup group) {
        try {
            group.directory().register(changes, StandardWatchEventKinds.ENTRY_MODIFY);
        } catch (IOException | ClosedWatchServiceException e) {
            log.log(Level.DEBUG, group.directory() + " can't be watched: " + e);
        }
    }

    private void run() {
        try {
            while (true) {
                WatchKey key = changes.take();
                boolean changed = key.pollEvents().stream()
                        .anyMatch(event -> event.context() instanceof Path file && WATCHED.contains(file));
                if (changed && key.watchable() instanceof Path group) {
                    listener.accept(group.getFileName().toString());
                }
                key.reset();
            }
        } catch (InterruptedException | ClosedWatchServiceException e) {
            log.log(Level.DEBUG, "the groups of the children are no longer watched");
        }
    }

    @Override
    public void close() throws IOException {
        changes.close();
    }
}
