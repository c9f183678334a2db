package org.relaysupervisor.proxy;

/** Where a feed's frames come from. Lives on the event loop, but for {@link #isConnected}. */
interface AudioSource {
    /** Takes what has come; it reaches the feed now or soon. */
    void read();

    /** The feed does not want it any more, or has heard nothing for too long. */
    void cutOff(Refusal reason);

    /** Whether somebody is there who may send. Any thread. */
    boolean isConnected();
}
