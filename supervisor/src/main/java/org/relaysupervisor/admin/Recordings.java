package org.relaysupervisor.admin;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.relaysupervisor.archive.RecordingView;

/** What was recorded. Each call blocks, for as long as reading from the store takes; a connection that is gone interrupts it. */
public interface Recordings {
    /** Those that this machine knows of, the newest first. */
    List<RecordingView> list() throws IOException;

    /** Also those that only the store has. */
    List<RecordingView> listStored() throws IOException, InterruptedException;

    /**
     * Reads a recording again from the store, or all that are complete, and proves each byte and that each frame follows the one before.
     *
     * @param line is given one line per recording, and of what is wrong
     * @return whether all is well
     */
    boolean verify(Optional<String> id, Consumer<String> line) throws IOException, InterruptedException;

    /**
     * Writes a recording's audio, joined, verified while it is read; from the spool where that still has it.
     *
     * @throws IOException when there is none of this id, or it can't be had whole; the message says what to do
     */
    void fetch(String id, OutputStream audio) throws IOException, InterruptedException;
}
