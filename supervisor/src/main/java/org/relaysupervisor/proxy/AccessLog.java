package org.relaysupervisor.proxy;

/** Where a line goes when a listener's connection has ended. */
public interface AccessLog {
    /** Never blocks and never fails; a line that finds no room is dropped and counted. The line has no line end. */
    void append(String line);

    /** Lines dropped since the start. Any thread. */
    long dropped();
}
