package org.relaysupervisor.proof;

/** What is done to a station that records. */
enum RecordingEvent {
    KILL_DAEMON("kill -9 of the daemon"),
    KILL_RECORDER("kill -9 of ffmpeg"),
    KILL_EVERYTHING("kill -9 of the daemon and all its children");

    final String label;

    RecordingEvent(String label) {
        this.label = label;
    }
}
