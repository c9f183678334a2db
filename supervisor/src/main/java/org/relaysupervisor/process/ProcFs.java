package org.relaysupervisor.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.function.BiConsumer;

/**
 * Reads what the kernel tells in /proc, without disturbing anybody. A process that is gone, or that the daemon may not look into,
 * gives an empty answer. Safe from any thread.
 */
public final class ProcFs {
    /** Ticks of CPU time a second in /proc, fixed by the kernel's interface to user space. */
    private static final long TICKS_PER_SECOND = 100;

    private static final String LISTEN = "0A";

    private final Path root;

    /** @param root {@code /proc}, or a directory that looks like it */
    public ProcFs(Path root) {
        this.root = root;
    }

    /**
     * Some fields of {@code /proc/PID/stat}.
     *
     * @param state R, S, D, T, Z and so on
     * @param group the process group's id
     * @param cpu user and system time used, without its children's
     * @param startTime ticks between the machine's boot and the start of the process: with the pid and the boot id, who it is
     */
    public record Stat(char state, long parent, long group, long session, Duration cpu, long startTime) {}

    /** Who listens on a port. */
    public record Holder(long pid, String command) {}

    /** A new one for each boot of the machine. */
    public String bootId() throws IOException {
        return Files.readString(root.resolve("sys/kernel/random/boot_id")).strip();
    }

    /** The user id that this process acts with. */
    public long ownUid() throws IOException {
        return Long.parseLong(status("self", "Uid:")
                .orElseThrow(() -> new IOException("no Uid in /proc/self/status"))
                .split("\\s+")[1]);
    }

    public Optional<Stat> stat(long pid) {
        try {
            // The command is any bytes at all, so it is read as Latin-1 and skipped up to its last parenthesis.
            String line = Files.readString(file(pid, "stat"), StandardCharsets.ISO_8859_1);
            String[] fields = line.substring(line.lastIndexOf(')') + 2).strip().split(" ");
            // fields[0] is field 3 of proc(5), the state.
            long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
            return Optional.of(new Stat(
                    fields[0].charAt(0),
                    Long.parseLong(fields[1]),
                    Long.parseLong(fields[2]),
                    Long.parseLong(fields[3]),
                    Duration.ofMillis(ticks * 1000 / TICKS_PER_SECOND),
                    Long.parseLong(fields[19])));
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    public OptionalLong startTime(long pid) {
        return stat(pid).map(stat -> OptionalLong.of(stat.startTime())).orElse(OptionalLong.empty());
    }

    /** For how long the process has run; zero when that can't be known. */
    public Duration age(long pid) {
        try {
            double uptime =
                    Double.parseDouble(Files.readString(root.resolve("uptime")).split(" ")[0]);
            double started = (double) startTime(pid).orElseThrow() / TICKS_PER_SECOND;
            return Duration.ofMillis(Math.max(0, Math.round((uptime - started) * 1000)));
        } catch (IOException | RuntimeException e) {
            return Duration.ZERO;
        }
    }

    /** CPU time used since its start, its children's not included. */
    public Optional<Duration> cpuTime(long pid) {
        return stat(pid).map(Stat::cpu);
    }

    /** Memory of the process that is in RAM now. */
    public OptionalLong residentBytes(long pid) {
        try {
            Optional<String> kilobytes = status(Long.toString(pid), "VmRSS:");
            // A zombie has no memory, and no such line.
            return kilobytes.isEmpty()
                    ? OptionalLong.empty()
                    : OptionalLong.of(1024 * Long.parseLong(kilobytes.get().split(" ")[0]));
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** Of the whole machine, in bytes. */
    public OptionalLong machineMemory() {
        return memory("MemTotal:");
    }

    /** What can be had without swapping, in bytes; empty when the kernel doesn't tell. */
    public OptionalLong availableMemory() {
        return memory("MemAvailable:");
    }

    private OptionalLong memory(String field) {
        try {
            for (String line : Files.readAllLines(root.resolve("meminfo"), StandardCharsets.ISO_8859_1)) {
                if (line.startsWith(field)) {
                    String kilobytes = line.substring(field.length()).strip().split(" ")[0];
                    return OptionalLong.of(1024 * Long.parseLong(kilobytes));
                }
            }
        } catch (IOException | NumberFormatException e) {
            // As good as not told.
        }
        return OptionalLong.empty();
    }

    /** Processes that live now, zombies included. */
    public List<Long> pids() {
        List<Long> pids = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root, "[1-9]*")) {
            entries.forEach(entry -> pids.add(Long.parseLong(entry.getFileName().toString())));
        } catch (IOException | DirectoryIteratorException | NumberFormatException e) {
            // What was seen so far is the answer.
        }
        return pids;
    }

    /** Whether this very process has a socket in state LISTEN on the TCP port, on any address. Connects to nothing. */
    public boolean listens(long pid, int port) throws IOException {
        Set<String> sockets = listeningSockets(port);
        return !sockets.isEmpty() && holdsAny(pid, sockets);
    }

    /** Where a process listens by TCP. Empty also when the process is another user's. */
    public List<InetSocketAddress> listeningAddresses(long pid) throws IOException {
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (Listening socket : listening()) {
            if (holdsAny(pid, Set.of(socket.descriptor()))) {
                addresses.add(socket.address());
            }
        }
        return addresses;
    }

    /**
     * The process that listens on the TCP port. Best effort: empty when nobody does and when the holder belongs to another user.
     * Looks at every process, so it is for error messages.
     */
    public Optional<Holder> holder(int port) {
        try {
            Set<String> sockets = listeningSockets(port);
            return sockets.isEmpty()
                    ? Optional.empty()
                    : pids().stream()
                            .filter(pid -> holdsAny(pid, sockets))
                            .findFirst()
                            .map(pid -> new Holder(pid, command(pid)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Refuses a port that somebody listens on, whoever it is.
     *
     * @param setting in the configuration, such as {@code icecast.port}
     * @throws IOException naming the setting, and the process when it is the same user's
     */
    public void requireFree(String setting, int port) throws IOException {
        if (!listeningSockets(port).isEmpty()) {
            String who = holder(port)
                    .map(holder -> holder.command() + " (pid " + holder.pid() + ")")
                    .orElse("another user's program");
            throw new IOException(setting + ": port " + port + " is taken by " + who
                    + ": stop it, or choose another port in relay.yaml");
        }
    }

    /** The same of a port on an address. */
    public void requireFree(String setting, InetAddress address, int port) throws IOException {
        for (Listening socket : listening()) {
            InetAddress taken = socket.address().getAddress();
            boolean there = taken.equals(address) || taken.isAnyLocalAddress();
            if (there && socket.address().getPort() == port) {
                throw new IOException(setting + ": port " + port + " on " + address.getHostAddress()
                        + " is taken by another program: stop it, or choose another port in relay.yaml");
            }
        }
    }

    private String command(long pid) {
        try {
            return Files.readString(file(pid, "comm")).strip();
        } catch (IOException e) {
            return "a process";
        }
    }

    private Set<String> listeningSockets(int port) throws IOException {
        Set<String> sockets = new HashSet<>();
        String hexadecimal = Integer.toHexString(port).toUpperCase(Locale.ROOT);
        String localPort = ":" + "0".repeat(4 - hexadecimal.length()) + hexadecimal;
        eachListening((local, inode) -> {
            if (local.endsWith(localPort)) {
                sockets.add("socket:[" + inode + "]");
            }
        });
        return sockets;
    }

    /** @param descriptor what a link in {@code /proc/PID/fd} to it reads */
    private record Listening(InetSocketAddress address, String descriptor) {}

    private List<Listening> listening() throws IOException {
        List<Listening> all = new ArrayList<>();
        eachListening((local, inode) -> all.add(new Listening(address(local), "socket:[" + inode + "]")));
        return all;
    }

    /** Hexadecimal words of four bytes, each with its lowest byte first, then the port. */
    private static InetSocketAddress address(String local) {
        int colon = local.indexOf(':');
        byte[] bytes = new byte[colon / 2];
        for (int i = 0; i < bytes.length; i++) {
            int at = 2 * (i / 4 * 4 + 3 - i % 4);
            bytes[i] = (byte) Integer.parseInt(local.substring(at, at + 2), 16);
        }
        try {
            int port = Integer.parseInt(local.substring(colon + 1), 16);
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not an address of /proc/net: " + local, e);
        }
    }

    /** @param each told the local address and the inode of every listening socket */
    private void eachListening(BiConsumer<String, String> each) throws IOException {
        eachListening(root.resolve("net/tcp"), each);
        Path tcp6 = root.resolve("net/tcp6");
        // Absent where the kernel has no IPv6.
        if (Files.exists(tcp6)) {
            eachListening(tcp6, each);
        }
    }

    private static void eachListening(Path table, BiConsumer<String, String> each) throws IOException {
        try (BufferedReader rows = Files.newBufferedReader(table)) {
            rows.readLine();
            // The kernel lists listening sockets first, so thousands of listeners' connections need not be read.
            for (String row = rows.readLine(); row != null; row = rows.readLine()) {
                // Not by a regular expression: this is on the way of every restart.
                List<String> fields = fields(row);
                if (fields.size() < 10 || !fields.get(3).equals(LISTEN)) {
                    return;
                }
                each.accept(fields.get(1), fields.get(9));
            }
        }
    }

    private static List<String> fields(String row) {
        List<String> fields = new ArrayList<>();
        StringTokenizer tokens = new StringTokenizer(row);
        while (tokens.hasMoreTokens()) {
            fields.add(tokens.nextToken());
        }
        return fields;
    }

    private boolean holdsAny(long pid, Set<String> sockets) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(file(pid, "fd"))) {
            for (Path descriptor : descriptors) {
                if (isOneOf(descriptor, sockets)) {
                    return true;
                }
            }
            return false;
        } catch (IOException | DirectoryIteratorException e) {
            return false;
        }
    }

    private static boolean isOneOf(Path descriptor, Set<String> sockets) {
        try {
            return sockets.contains(Files.readSymbolicLink(descriptor).toString());
        } catch (IOException e) {
            // Closed since the directory was read.
            return false;
        }
    }

    private Optional<String> status(String process, String key) throws IOException {
        Path file = root.resolve(process).resolve("status");
        for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
            if (line.startsWith(key)) {
                return Optional.of(line.substring(key.length()).strip());
            }
        }
        return Optional.empty();
    }

    private Path file(long pid, String name) {
        return root.resolve(Long.toString(pid)).resolve(name);
    }
}
