package org.relaysupervisor.process;

import com.sun.jna.Native;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Descriptors that the service manager keeps over the end of this process, and passes to the next one of the service: its file descriptor
 * store, see {@code FileDescriptorStoreMax=} in systemd.service(5). Each has a name. Where there is no such manager nothing was
 * passed, and nothing is kept. No call blocks. Safe from any thread.
 */
public final class DescriptorStore {
    private static final Logger log = System.getLogger(DescriptorStore.class.getName());

    /** Of what is passed; sd_listen_fds(3). */
    private static final int FIRST = 3;

    /** Of what is passed: more than any manager is asked to keep. */
    private static final int MOST = 1 << 16;

    private final ServiceNotifier notifier;
    private final TreeMap<String, Integer> passed = new TreeMap<>();

    private DescriptorStore(ServiceNotifier notifier) {
        this.notifier = notifier;
    }

    /** One where nothing was passed, and nothing is kept. */
    public static DescriptorStore none() {
        return new DescriptorStore(ServiceNotifier.of(Map.of(), 0));
    }

    /**
     * Takes note of what was passed, and sees to it that no child inherits it.
     *
     * @param environment the daemon's own: {@code LISTEN_FDS}, {@code LISTEN_PID} and {@code LISTEN_FDNAMES} are looked at
     * @param pid this process, for which alone it is meant
     * @param notifier to the manager that keeps them
     */
    public static DescriptorStore open(Map<String, String> environment, long pid, ServiceNotifier notifier) {
        return open(environment, pid, notifier, FIRST);
    }

    /** @param first the number of the first that was passed */
    static DescriptorStore open(Map<String, String> environment, long pid, ServiceNotifier notifier, int first) {
        DescriptorStore store = new DescriptorStore(notifier);
        if (environment.getOrDefault("LISTEN_PID", "").equals(Long.toString(pid))) {
            store.receive(
                    first,
                    environment.getOrDefault("LISTEN_FDS", ""),
                    environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1));
        }
        return store;
    }

    private void receive(int first, String number, String[] names) {
        int count = number.matches("\\d{1,6}") ? Integer.parseInt(number) : -1;
        if (count < 0 || count > MOST) {
            log.log(Level.WARNING, "LISTEN_FDS is not a number of descriptors: what was passed is not used");
            return;
        }
        Set<String> twice = new HashSet<>();
        int unusable = 0;
        for (int i = 0; i < count; i++) {
            int descriptor = first + i;
            if (LibC.fcntl(descriptor, LibC.F_SETFD, LibC.FD_CLOEXEC) != 0) {
                unusable++;
            } else if (names.length != count || !ServiceNotifier.isName(names[i])) {
                unusable++;
                LibC.close(descriptor);
            } else if (passed.putIfAbsent(names[i], descriptor) != null) {
                twice.add(names[i]);
                LibC.close(descriptor);
            }
        }
        twice.forEach(this::drop);
        if (unusable + twice.size() > 0) {
            log.log(
                    Level.WARNING,
                    "of " + count + " descriptors that the service manager passed, " + (unusable + twice.size())
                            + " have no name of their own or are not open: they are not used");
        }
    }

    /** Whether there is a manager that may keep something. */
    public boolean isOffered() {
        return notifier.isHeard();
    }

    /** What was passed by this name, once: from now on the caller's to close. The manager keeps its own until it is to forget it. */
    public synchronized OptionalInt take(String name) {
        Integer descriptor = passed.remove(name);
        return descriptor == null ? OptionalInt.empty() : OptionalInt.of(descriptor);
    }

    /** The same of all whose names begin so. */
    public synchronized SortedMap<String, Integer> takeAll(String prefix) {
        SortedMap<String, Integer> from = passed.subMap(prefix, prefix + Character.MAX_VALUE);
        SortedMap<String, Integer> taken = new TreeMap<>(from);
        from.clear();
        return taken;
    }

    /**
     * What was passed by this name, if it is a socket that listens on this address; any other is closed, here and by the manager, or the
     * address would stay taken by nobody.
     */
    public OptionalInt takeListening(String name, InetSocketAddress address) {
        OptionalInt descriptor = take(name);
        if (descriptor.isPresent() && !new TcpSocket(descriptor.getAsInt()).listensOn(address)) {
            LibC.close(descriptor.getAsInt());
            forget(name);
            return OptionalInt.empty();
        }
        return descriptor;
    }

    /** Has the manager keep it; the caller's own stays open. Returns whether it was told. */
    public boolean keep(String name, int descriptor) {
        return notifier.keep(name, descriptor);
    }

    /** Has the manager close what it keeps by this name. Returns whether it was told. */
    public boolean forget(String name) {
        return notifier.forget(name);
    }

    /** Closes what was passed by this name, or taken, and has it forgotten. */
    private void drop(String name) {
        take(name).ifPresent(LibC::close);
        forget(name);
    }

    /** What nobody has taken is not known to this version of the daemon, or to its configuration: it is closed and forgotten. */
    public void dropRest() {
        List<String> rest;
        synchronized (this) {
            rest = List.copyOf(passed.keySet());
        }
        if (!rest.isEmpty()) {
            log.log(Level.INFO, "descriptors of an earlier daemon that are not used any more are closed: {0}", rest);
            rest.forEach(this::drop);
        }
    }

    /**
     * Memory that outlives this process: what was passed by this name or, when that is none of this size, new memory that is all zeros and
     * kept by this name from now on. It ends when the manager has forgotten it and no process has it mapped. Empty where it can't be kept.
     */
    public Optional<MappedByteBuffer> memory(String name, int bytes) {
        if (!isOffered()) {
            return Optional.empty();
        }
        try {
            OptionalInt descriptor = take(name);
            if (descriptor.isPresent()) {
                Optional<MappedByteBuffer> inherited = mapped(descriptor.getAsInt(), bytes);
                if (inherited.isPresent()) {
                    return inherited;
                }
                forget(name);
            }
            return fresh(name, bytes);
        } catch (IOException e) {
            log.log(Level.WARNING, "no memory that outlives the daemon: {0}", e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<MappedByteBuffer> fresh(String name, int bytes) throws IOException {
        int descriptor = LibC.memfd_create(LibC.string(name), LibC.MFD_CLOEXEC);
        if (descriptor < 0 || LibC.ftruncate(descriptor, bytes) != 0) {
            String error = LibC.errorName(Native.getLastError());
            if (descriptor >= 0) {
                LibC.close(descriptor);
            }
            throw new IOException(name + ": " + error);
        }
        if (!keep(name, descriptor)) {
            LibC.close(descriptor);
            return Optional.empty();
        }
        return mapped(descriptor, bytes);
    }

    /** Closes the descriptor: the mapping needs it no more. Empty when it is of another size. */
    private static Optional<MappedByteBuffer> mapped(int descriptor, int bytes) throws IOException {
        Path file = Path.of("/proc/self/fd", Integer.toString(descriptor));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.size() == bytes ? Optional.of(channel.map(MapMode.READ_WRITE, 0, bytes)) : Optional.empty();
        } finally {
            LibC.close(descriptor);
        }
    }
}
