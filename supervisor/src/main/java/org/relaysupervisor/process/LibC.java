package org.relaysupervisor.process;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import jnr.constants.platform.Errno;

/**
 * The few calls of glibc 2.34 or later that this package makes. The numbers are Linux's own and the same on x86_64 and aarch64.
 * Functions return as in C; {@code Native.getLastError()} is the errno, except for the posix_spawn family, which returns it.
 */
final class LibC {
    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;

    static final short POSIX_SPAWN_SETSIGDEF = 0x04;
    static final short POSIX_SPAWN_SETSIGMASK = 0x08;
    static final short POSIX_SPAWN_SETSID = 0x80;

    static final int P_PID = 1;
    static final int WEXITED = 0x4;
    static final int WNOWAIT = 0x1000000;
    static final int CLD_EXITED = 1;
    static final int CLD_DUMPED = 3;

    static final int SIGHUP = 1;
    static final int SIGKILL = 9;
    static final int SIGTERM = 15;
    static final int SIGCHLD = 17;
    static final int SIGCONT = 18;
    static final int SIGSTOP = 19;

    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int ESRCH = 3;
    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    static final int EEXIST = 17;
    static final int ENOEXEC = 8;
    static final int ENOSPC = 28;
    static final int EDQUOT = 122;

    static final long SYS_PIDFD_SEND_SIGNAL = 424;
    static final long SYS_PIDFD_OPEN = 434;
    static final short POLLIN = 1;

    static final int AF_UNIX = 1;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_NONBLOCK = 0x800;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int MSG_DONTWAIT = 0x40;
    static final int MSG_NOSIGNAL = 0x4000;
    static final int CLOCK_MONOTONIC = 1;

    static final int F_SETFD = 2;
    static final int FD_CLOEXEC = 1;
    static final int MFD_CLOEXEC = 1;
    static final int AF_UNSPEC = 0;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int SOL_SOCKET = 1;
    static final int SCM_RIGHTS = 1;
    static final int SO_TYPE = 3;
    static final int SO_ACCEPTCONN = 30;
    static final int SOCK_STREAM = 1;
    static final int IPPROTO_TCP = 6;
    static final int TCP_INFO = 11;
    static final int TCP_ESTABLISHED = 1;
    static final int SHUT_RDWR = 2;
    static final long SIOCOUTQ = 0x5411;

    /** Offsets in struct tcp_info, the same since Linux 4.1; the state is its first byte. */
    static final int TCP_INFO_BYTES_ACKED = 120;

    static final int TCP_INFO_BYTES = 256;

    /** Larger than any sockaddr. */
    static final int SOCKET_ADDRESS_BYTES = 128;

    /** struct msghdr, iovec and cmsghdr with one descriptor on a 64-bit system: their sizes, and the offsets of their fields. */
    static final int MESSAGE_BYTES = 56;

    static final int MESSAGE_NAME = 0;
    static final int MESSAGE_NAME_BYTES = 8;
    static final int MESSAGE_VECTORS = 16;
    static final int MESSAGE_VECTOR_COUNT = 24;
    static final int MESSAGE_CONTROL = 32;
    static final int MESSAGE_CONTROL_BYTES = 40;
    static final int VECTOR_BYTES = 16;
    static final int CONTROL_BYTES = 24;
    static final int CONTROL_LENGTH = 20;
    static final int CONTROL_LEVEL = 8;
    static final int CONTROL_TYPE = 12;
    static final int CONTROL_DATA = 16;

    /** Sizes are upper bounds: glibc's own are 336, 80, 128 and 128 bytes. */
    static final int SPAWN_ATTRIBUTES_BYTES = 512;

    static final int SPAWN_FILE_ACTIONS_BYTES = 256;
    static final int SIGNAL_SET_BYTES = 128;
    static final int SIGNAL_INFO_BYTES = 128;

    /** Offsets in siginfo_t of a 64-bit system. */
    static final int SI_CODE = 8;

    static final int SI_STATUS = 24;

    /** An upper bound as well: of 120 bytes, the first 8 of which are the file system's type. */
    static final int STATFS_BYTES = 256;

    static final long TMPFS_MAGIC = 0x01021994L;
    static final long RAMFS_MAGIC = 0x858458F6L;

    private LibC() {}

    static {
        Native.register(LibC.class, NativeLibrary.getInstance("libc.so.6"));
    }

    static native int posix_spawn(
            Pointer pid, Pointer path, Pointer fileActions, Pointer attributes, Pointer argv, Pointer environment);

    static native int posix_spawnattr_init(Pointer attributes);

    static native int posix_spawnattr_destroy(Pointer attributes);

    static native int posix_spawnattr_setflags(Pointer attributes, short flags);

    static native int posix_spawnattr_setsigdefault(Pointer attributes, Pointer signals);

    static native int posix_spawnattr_setsigmask(Pointer attributes, Pointer signals);

    static native int posix_spawn_file_actions_init(Pointer actions);

    static native int posix_spawn_file_actions_destroy(Pointer actions);

    static native int posix_spawn_file_actions_addopen(Pointer actions, int fd, Pointer path, int flags, int mode);

    static native int posix_spawn_file_actions_addchdir_np(Pointer actions, Pointer path);

    static native int posix_spawn_file_actions_addclosefrom_np(Pointer actions, int from);

    static native int sigfillset(Pointer signals);

    static native int sigemptyset(Pointer signals);

    static native Pointer signal(int signal, Pointer handler);

    static native int waitid(int type, int id, Pointer info, int options);

    static native int kill(int pid, int signal);

    static native int mkfifo(Pointer path, int mode);

    static native int open(Pointer path, int flags, int mode);

    static native int statfs(Pointer path, Pointer answer);

    /** Returns the errno. Where the file system has no such thing, glibc writes into each block. */
    static native int posix_fallocate(int fd, long offset, long length);

    static native int ftruncate(int fd, long length);

    static native long write(int fd, byte[] bytes, long count);

    static native int close(int fd);

    static native int socket(int domain, int type, int protocol);

    static native long sendmsg(int fd, Pointer message, int flags);

    static native long recvmsg(int fd, Pointer message, int flags);

    static native int shutdown(int fd, int how);

    static native int connect(int fd, Pointer address, int addressBytes);

    static native int getsockname(int fd, Pointer address, Pointer addressBytes);

    static native int getsockopt(int fd, int level, int option, Pointer value, Pointer valueBytes);

    /** Variadic in C, as is the next; an argument that is an int or a pointer is passed in the same way on both processors. */
    static native int fcntl(int fd, int command, int argument);

    static native int ioctl(int fd, long request, Pointer argument);

    static native int memfd_create(Pointer name, int flags);

    static native int clock_gettime(int clock, Pointer time);

    static native int poll(Pointer descriptors, long count, int timeoutMillis);

    static native long syscall(long number, long first, long second, long third, long fourth);

    /** A C string in memory of its own, freed when it is no longer reachable. */
    static Memory string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Memory memory = new Memory(bytes.length + 1L);
        memory.write(0, bytes, 0, bytes.length);
        memory.setByte(bytes.length, (byte) 0);
        return memory;
    }

    /** A {@code char *[]} that ends with a null pointer. */
    static StringArray strings(String[] texts) {
        return new StringArray(texts, StandardCharsets.UTF_8.name());
    }

    /** The symbolic name and the text of an errno: {@code "EACCES (Permission denied)"}. */
    static String errorName(int errno) {
        Errno known = Errno.valueOf(errno);
        return known == Errno.__UNKNOWN_CONSTANT__ ? "errno " + errno : known.name() + " (" + known + ")";
    }

    /** An exception for the call that has just failed on this thread. */
    static IOException failure(String what) {
        return new IOException(what + ": " + errorName(Native.getLastError()));
    }
}
