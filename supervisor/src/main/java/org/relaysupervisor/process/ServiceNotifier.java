package org.relaysupervisor.process;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells the service manager how this daemon is, as sd_notify(3) says: one datagram a message, to the socket named in
 * {@code NOTIFY_SOCKET}. Where there is none, every call does nothing. No call blocks, and none fails: what could not be sent is
 * counted, and the first is logged. Safe from any thread.
 */
public final class ServiceNotifier implements AutoCloseable {
    private static final Logger log = System.getLogger(ServiceNotifier.class.getName());

    /** sun_path of a sockaddr_un; unix(7). */
    private static final int LONGEST_ADDRESS = 108;

    private static final int FAMILY_BYTES = 2;

    /** Closed, or never opened. */
    private static final int NONE = -1;

    private final byte[] address;
    private final Optional<Duration> watchdog;
    private final AtomicLong failures = new AtomicLong();
    private volatile int socket = NONE;

    private ServiceNotifier(byte[] address, Optional<Duration> watchdog) {
        this.address = address;
        this.watchdog = watchdog;
    }

    /**
     * @param environment the daemon's own: {@code NOTIFY_SOCKET}, {@code WATCHDOG_USEC} and {@code WATCHDOG_PID} are looked at
     * @param pid this process, for which alone a watchdog is meant
     */
    public static ServiceNotifier of(Map<String, String> environment, long pid) {
        String name = environment.getOrDefault("NOTIFY_SOCKET", "");
        if (name.isEmpty()) {
            return new ServiceNotifier(new byte[0], Optional.empty());
        }
        byte[] address = name.getBytes(StandardCharsets.UTF_8);
        if ((address[0] != '/' && address[0] != '@') || address.length >= LONGEST_ADDRESS) {
            log.log(
                    Level.WARNING,
                    "NOTIFY_SOCKET is neither an absolute path nor an abstract name of less than " + LONGEST_ADDRESS
                            + " bytes: the service manager is told nothing");
            return new ServiceNotifier(new byte[0], Optional.empty());
        }
        if (address[0] == '@') {
            address[0] = 0;
        }
        ServiceNotifier notifier = new ServiceNotifier(address, watchdog(environment, pid));
        notifier.open();
        return notifier;
    }

    private static Optional<Duration> watchdog(Map<String, String> environment, long pid) {
        String meant = environment.getOrDefault("WATCHDOG_PID", "");
        if (!meant.isEmpty() && !meant.equals(Long.toString(pid))) {
            return Optional.empty();
        }
        try {
            long micros = Long.parseLong(environment.getOrDefault("WATCHDOG_USEC", "0"));
            return micros > 0 ? Optional.of(Duration.of(micros, ChronoUnit.MICROS)) : Optional.empty();
        } catch (NumberFormatException e) {
            log.log(Level.WARNING, "WATCHDOG_USEC is not a number: no watchdog is fed");
            return Optional.empty();
        }
    }

    private void open() {
        int opened = LibC.socket(LibC.AF_UNIX, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK, 0);
        if (opened < 0) {
            failed();
        }
        socket = opened;
    }

    /** Whether there is a service manager that listens. */
    public boolean isHeard() {
        return socket != NONE;
    }

    /** The time within which {@link #alive} must be called again and again; empty when nobody watches. */
    public Optional<Duration> watchdog() {
        return watchdog;
    }

    /** Start-up or a reload is done. */
    public void ready(String status) {
        send("READY=1\nSTATUS=" + oneLine(status));
    }

    /** What {@code systemctl status} shows. */
    public void status(String status) {
        send("STATUS=" + oneLine(status));
    }

    /** Feeds the watchdog. */
    public void alive() {
        send("WATCHDOG=1");
    }

    /** A reload begins; {@link #ready} ends it. */
    public void reloading() {
        send("RELOADING=1\nMONOTONIC_USEC=" + monotonicMicros());
    }

    /** The daemon goes. */
    public void stopping(String status) {
        send("STOPPING=1\nSTATUS=" + oneLine(status));
    }

    /** Start-up or stop takes longer: the manager gives it at least this long from now on. */
    public void extendTimeout(Duration more) {
        send("EXTEND_TIMEOUT_USEC=" + TimeUnit.NANOSECONDS.toMicros(more.toNanos()));
    }

    /** Messages that could not be sent. */
    public long failures() {
        return failures.get();
    }

    private static String oneLine(String text) {
        return text.replace('\n', ' ');
    }

    private void send(String message) {
        int fd = socket;
        if (fd == NONE) {
            return;
        }
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        try (Memory to = new Memory(FAMILY_BYTES + address.length)) {
            to.setShort(0, (short) LibC.AF_UNIX);
            to.write(FAMILY_BYTES, address, 0, address.length);
            int flags = LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL;
            if (LibC.sendto(fd, bytes, bytes.length, flags, to, FAMILY_BYTES + address.length) < 0) {
                failed();
            }
        }
    }

    private void failed() {
        String error = LibC.errorName(Native.getLastError());
        if (failures.getAndIncrement() == 0) {
            log.log(Level.WARNING, "the service manager could not be told how the daemon is: {0}", error);
        }
    }

    /** CLOCK_MONOTONIC itself: the manager compares it with its own reading. */
    private static long monotonicMicros() {
        try (Memory time = new Memory(16)) {
            LibC.clock_gettime(LibC.CLOCK_MONOTONIC, time);
            return time.getLong(0) * 1_000_000 + time.getLong(8) / 1000;
        }
    }

    @Override
    public void close() {
        int fd = socket;
        socket = NONE;
        if (fd != NONE) {
            LibC.close(fd);
        }
    }
}
