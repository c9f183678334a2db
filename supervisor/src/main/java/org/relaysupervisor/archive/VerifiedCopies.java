package org.relaysupervisor.archive;

/** Files on the spool's disk that are also in the store, which was verified: all that may be deleted to make room. On the loop. */
public interface VerifiedCopies {
    /** How many bytes of the disk they take, without those that are being deleted. */
    long bytes();

    /**
     * Begins to delete them, the oldest first, on a thread of the archive's own, until so many bytes are free or none is left.
     *
     * @return how many bytes will be free when that is done
     */
    long free(long bytes);
}
