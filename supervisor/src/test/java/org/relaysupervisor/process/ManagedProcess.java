package org.relaysupervisor.process;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A daemon as a service manager starts it, with descriptors from 3 on; those of the JDK's processes are closed. */
final class ManagedProcess extends Process {
    private static final Children children = Native.load("c", Children.class);
    private static final int FIRST = 3;
    private static final int DUPLICATE_FROM = 0;
    /** No JVM of a test has so many open. */
    private static final int ASIDE = 6_000;

    private static final int APPEND = 0x400;

    private final int pid;
    private final CompletableFuture<Integer> status = new CompletableFuture<>();

    /** The few calls of libc that it takes. */
    public interface Children extends Library {
        int posix_spawn_file_actions_adddup2(Pointer actions, int from, int to);

        int waitpid(int pid, IntByReference status, int options);
    }

    private ManagedProcess(int pid) {
        this.pid = pid;
        Thread waiter = new Thread(this::await, "managed-" + pid);
        waiter.setDaemon(true);
        waiter.start();
    }

    /** @param kept by name; of the same process, they stay open there */
    static ManagedProcess start(List<String> command, Path output, Map<String, Integer> kept, String notifySocket) {
        Map<String, String> environment = new TreeMap<>(System.getenv());
        environment.put("NOTIFY_SOCKET", notifySocket);
        environment.put("LISTEN_FDS", Integer.toString(kept.size()));
        environment.put("LISTEN_FDNAMES", String.join(":", kept.keySet()));
        List<String> argv = new ArrayList<>(List.of("/bin/sh", "-c", "LISTEN_PID=$$ exec \"$@\"", "sh"));
        argv.addAll(command);
        List<Integer> aside = kept.values().stream()
                .map(descriptor -> LibC.fcntl(descriptor, DUPLICATE_FROM, ASIDE))
                .toList();
        try (Memory actions = new Memory(LibC.SPAWN_FILE_ACTIONS_BYTES);
                Memory attributes = new Memory(LibC.SPAWN_ATTRIBUTES_BYTES)) {
            LibC.posix_spawnattr_init(attributes);
            LibC.posix_spawn_file_actions_init(actions);
            open(actions, 0, Path.of("/dev/null"), LibC.O_RDONLY);
            open(actions, 1, output, LibC.O_WRONLY | LibC.O_CREAT | APPEND);
            children.posix_spawn_file_actions_adddup2(actions, 1, 2);
            int next = FIRST;
            for (int descriptor : aside) {
                children.posix_spawn_file_actions_adddup2(actions, descriptor, next);
                next++;
            }
            LibC.posix_spawn_file_actions_addclosefrom_np(actions, next);
            IntByReference pid = new IntByReference();
            int failed = LibC.posix_spawn(
                    pid.getPointer(),
                    LibC.string("/bin/sh"),
                    actions,
                    attributes,
                    LibC.strings(argv.toArray(String[]::new)),
                    LibC.strings(environment.entrySet().stream()
                            .map(variable -> variable.getKey() + "=" + variable.getValue())
                            .toArray(String[]::new)));
            LibC.posix_spawn_file_actions_destroy(actions);
            LibC.posix_spawnattr_destroy(attributes);
            if (failed != 0) {
                throw new AssertionError(command + ": " + LibC.errorName(failed));
            }
            return new ManagedProcess(pid.getValue());
        } finally {
            aside.forEach(LibC::close);
        }
    }

    private static void open(Memory actions, int descriptor, Path file, int flags) {
        LibC.posix_spawn_file_actions_addopen(actions, descriptor, LibC.string(file.toString()), flags, 0644);
    }

    private void await() {
        IntByReference answer = new IntByReference();
        while (children.waitpid(pid, answer, 0) != pid) {
            if (Native.getLastError() != LibC.EINTR) {
                status.completeExceptionally(new AssertionError("waitpid: " + Native.getLastError()));
                return;
            }
        }
        int ended = answer.getValue();
        status.complete((ended & 0x7f) == 0 ? ended >> 8 & 0xff : 128 + (ended & 0x7f));
    }

    @Override
    public long pid() {
        return pid;
    }

    @Override
    public boolean isAlive() {
        return !status.isDone();
    }

    @Override
    public int waitFor() throws InterruptedException {
        try {
            return status.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
        try {
            status.get(timeout, unit);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public int exitValue() {
        if (isAlive()) {
            throw new IllegalThreadStateException("it runs");
        }
        return status.join();
    }

    @Override
    public void destroy() {
        signal(LibC.SIGTERM);
    }

    @Override
    public Process destroyForcibly() {
        signal(LibC.SIGKILL);
        return this;
    }

    private void signal(int number) {
        if (isAlive()) {
            LibC.kill(pid, number);
        }
    }

    @Override
    public OutputStream getOutputStream() {
        return OutputStream.nullOutputStream();
    }

    @Override
    public InputStream getInputStream() {
        return InputStream.nullInputStream();
    }

    @Override
    public InputStream getErrorStream() {
        return InputStream.nullInputStream();
    }
}
