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

    /** Of a kept descriptor; sd_notify(3). */
    private static final int LONGEST_NAME = 255;

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

    /**
     * Has the manager keep a descriptor over the end of this process, which goes on using its own. The next process of the service is
     * passed it.
     *
     * @param name printable, without a colon, at most 255 characters
     * @return whether it was sent; what the manager makes of it is not told
     */
    boolean keep(String name, int descriptor) {
        return send("FDSTORE=1\nFDNAME=" + requireName(name), descriptor);
    }

    /** Has the manager close what it keeps by this name. Returns whether that was sent. */
    boolean forget(String name) {
        return send("FDSTOREREMOVE=1\nFDNAME=" + requireName(name), NONE);
    }

    private static String requireName(String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException("not a name for a kept descriptor: " + LineSplitter.printable(name));
        }
        return name;
    }

    /** Whether a descriptor may have this name. */
    static boolean isName(String text) {
        return !text.isEmpty()
                && text.length() <= LONGEST_NAME
                && text.chars().allMatch(c -> c >= ' ' && c < 0x7f && c != ':');
    }

    /** Messages that could not be sent. */
    public long failures() {
        return failures.get();
    }

    private static String oneLine(String text) {
        return text.replace('\n', ' ');
    }

    private void send(String message) {
        send(message, NONE);
    }

    /** @param passed goes along with the message, unless it is {@link #NONE} */
    private boolean send(String message, int passed) {
        int fd = socket;
        if (fd == NONE) {
            return false;
        }
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        try (Memory to = new Memory(FAMILY_BYTES + address.length);
                Memory text = new Memory(bytes.length);
                Memory vector = new Memory(LibC.VECTOR_BYTES);
                Memory control = new Memory(LibC.CONTROL_BYTES);
                Memory header = new Memory(LibC.MESSAGE_BYTES)) {
            to.setShort(0, (short) LibC.AF_UNIX);
            to.write(FAMILY_BYTES, address, 0, address.length);
            text.write(0, bytes, 0, bytes.length);
            vector.setPointer(0, text);
            vector.setLong(8, bytes.length);
            header.clear();
            header.setPointer(LibC.MESSAGE_NAME, to);
            header.setInt(LibC.MESSAGE_NAME_BYTES, FAMILY_BYTES + address.length);
            header.setPointer(LibC.MESSAGE_VECTORS, vector);
            header.setLong(LibC.MESSAGE_VECTOR_COUNT, 1);
            if (passed != NONE) {
                control.clear();
                control.setLong(0, LibC.CONTROL_LENGTH);
                control.setInt(LibC.CONTROL_LEVEL, LibC.SOL_SOCKET);
                control.setInt(LibC.CONTROL_TYPE, LibC.SCM_RIGHTS);
                control.setInt(LibC.CONTROL_DATA, passed);
                header.setPointer(LibC.MESSAGE_CONTROL, control);
                header.setLong(LibC.MESSAGE_CONTROL_BYTES, LibC.CONTROL_BYTES);
            }
            boolean sent = LibC.sendmsg(fd, header, LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL) >= 0;
            if (!sent) {
                failed();
            }
            return sent;
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
