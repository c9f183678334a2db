package org.relaysupervisor.process;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** In the place of a service manager: keeps what it is given by name, and passes it to the next life of a daemon in this process. */
public final class ImitatedManager implements AutoCloseable {
    /** Far above what this process has open; no two lives share numbers. */
    private static final AtomicInteger NEXT = new AtomicInteger(5_000);

    private static final long PID = 4711;
    private static final int DUPLICATE_FROM = 0;

    private final NotifySocket socket;
    private final Map<String, Integer> kept = new LinkedHashMap<>();
    private volatile boolean closed;

    public ImitatedManager(Path name) {
        socket = NotifySocket.bind(name.toString());
    }

    /** Its NOTIFY_SOCKET. */
    public String name() {
        return socket.name();
    }

    /** From now on does what it is told as soon as it is told; a daemon of its own would soon find the socket full. */
    public void readAlways() {
        Thread reader = new Thread(
                () -> {
                    while (!closed) {
                        socket.awaitMessage(100);
                        read();
                    }
                },
                "imitated-manager");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts a daemon, and passes it what is kept. */
    public synchronized Process start(List<String> command, Path output) {
        return ManagedProcess.start(command, output, kept, socket.name());
    }

    /** Does what it was told since the last time. */
    public synchronized void read() {
        if (closed) {
            return;
        }
        for (Optional<NotifySocket.Message> next = socket.nextMessage();
                next.isPresent();
                next = socket.nextMessage()) {
            List<String> lines = next.get().text().lines().toList();
            String name = lines.get(lines.size() - 1).replace("FDNAME=", "");
            if (lines.contains("FDSTORE=1")) {
                forget(name);
                kept.put(name, next.get().descriptor());
            } else if (lines.contains("FDSTOREREMOVE=1")) {
                forget(name);
            }
        }
    }

    private void forget(String name) {
        Integer descriptor = kept.remove(name);
        if (descriptor != null) {
            LibC.close(descriptor);
        }
    }

    public synchronized Set<String> kept() {
        return Set.copyOf(kept.keySet());
    }

    /** What a daemon that starts now is passed. */
    public DescriptorStore nextLife() {
        read();
        int first = NEXT.getAndAdd(1 + kept.size());
        int number = first;
        for (int descriptor : kept.values()) {
            if (LibC.fcntl(descriptor, DUPLICATE_FROM, number) != number) {
                throw new AssertionError("descriptor " + number + " is taken");
            }
            number++;
        }
        Map<String, String> environment = Map.of(
                "NOTIFY_SOCKET",
                socket.name(),
                "LISTEN_PID",
                Long.toString(PID),
                "LISTEN_FDS",
                Integer.toString(kept.size()),
                "LISTEN_FDNAMES",
                String.join(":", kept.keySet()));
        return DescriptorStore.open(environment, PID, ServiceNotifier.of(environment, PID), first);
    }

    @Override
    public synchronized void close() {
        read();
        closed = true;
        List.copyOf(kept.keySet()).forEach(this::forget);
        socket.close();
    }
}
