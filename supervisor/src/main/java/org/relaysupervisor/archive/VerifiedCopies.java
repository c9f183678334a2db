package org.relaysupervisor.archive;

/** Files on the spool's disk that are also in the store, which was verified: all that may be deleted to make room. On the loop. */
public interface VerifiedCopies {
    /** How many bytes of the disk they take. */
    long bytes();

    /** Begins to delete them on another thread, the oldest first, until so many bytes are free or none is left. */
    void free(long bytes);
}
