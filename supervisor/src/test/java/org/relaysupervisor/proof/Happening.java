package org.relaysupervisor.proof;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What an event did to those who listened.
 *
 * @param relay the listeners of the relay
 * @param haproxy the listeners of HAProxy before the same Icecast; empty when there are none
 * @param sampled how many steady listeners of the relay were followed frame by frame
 * @param equal how many of those kept their connection, and heard the source's frames and nothing else, to the last
 * @param faults what was wrong with the others, and with those that joined meanwhile
 * @param standbyAfter until the last of the followed heard the first frame of standby; empty when one heard none
 * @param programmeAfter until the last of the followed heard the first frame that the source sent after the event; empty when
 *     the source was not the event's victim
 */
record Happening(
        Event event,
        SwarmReport relay,
        Optional<SwarmReport> haproxy,
        int sampled,
        int equal,
        List<String> faults,
        Optional<Duration> standbyAfter,
        Optional<Duration> programmeAfter) {}
