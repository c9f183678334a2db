package org.relaysupervisor.archive;

import java.io.IOException;

/**
 * The disk that the spool is on, and a file there that keeps some of its room for us. Every call may block for as long as the disk
 * does; one at a time.
 */
interface Volume {
    /** Bytes that we may still write, as the file system says, beside what is reserved. */
    long usable() throws IOException;

    /** Bytes that are set aside now. */
    long reserved() throws IOException;

    /**
     * Sets so many bytes aside, at least 1 and not less than now.
     *
     * @return false when there is no room for them; what is set aside is then as before
     */
    boolean reserve(long bytes) throws IOException;

    /** Gives up all that is set aside. */
    void release() throws IOException;

    /** Whether so many bytes can really be had, by trying. */
    boolean takes(long bytes) throws IOException;
}
