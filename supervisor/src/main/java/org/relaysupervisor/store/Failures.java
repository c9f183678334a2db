package org.relaysupervisor.store;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.relaysupervisor.store.StoreException.Reason;

/** What went wrong with a file, told so that somebody can mend it. */
final class Failures {
    private Failures() {}

    /** Reading what was to be sent. */
    static StoreException ofSpool(Path file, IOException cause) throws InterruptedException {
        passOnInterrupt(cause);
        return new StoreException(Reason.LOCAL_IO, "reading " + file + ": " + text(cause), cause);
    }

    /** In a directory that is a store. */
    static StoreException ofDirectory(Path directory, Path file, IOException cause) throws InterruptedException {
        passOnInterrupt(cause);
        String place = "directory " + directory + ": " + file.getFileName() + ": ";
        if (cause instanceof AccessDeniedException) {
            return new StoreException(
                    Reason.AUTH,
                    place + "permission denied for the user " + System.getProperty("user.name")
                            + "; give it the right to read and write there",
                    cause);
        }
        return new StoreException(Reason.LOCAL_IO, place + text(cause) + advice(cause), cause);
    }

    private static String advice(IOException cause) {
        String text = text(cause).toLowerCase(Locale.ROOT);
        if (text.contains("no space left") || text.contains("quota")) {
            return "; make room on its disk, or name another directory";
        }
        if (text.contains("read-only")) {
            return "; its disk is mounted read-only: look for errors in the kernel's log, then mount it again";
        }
        return "; look at its disk and at the kernel's log";
    }

    /** A thread that is interrupted while it reads a file finds the file closed. */
    static void passOnInterrupt(IOException cause) throws InterruptedException {
        if (cause instanceof ClosedByInterruptException && Thread.interrupted()) {
            throw new InterruptedException("interrupted while reading or writing a file");
        }
    }

    static String text(IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return "no such file";
        }
        if (cause instanceof FileSystemException e && e.getReason() != null) {
            return e.getReason();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
