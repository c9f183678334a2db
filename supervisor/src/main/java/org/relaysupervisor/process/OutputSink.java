package org.relaysupervisor.process;

/** Receives what the children print. */
@FunctionalInterface
public interface OutputSink {
    /** Which of the two streams a line came from. */
    enum Stream {
        OUT,
        ERR
    }

    /**
     * One line, without its end; control characters are escaped and its length is bounded. Called on the stream's reader thread;
     * it must not block, or the child will block on a full pipe.
     */
    void line(String child, Stream stream, String line);
}
