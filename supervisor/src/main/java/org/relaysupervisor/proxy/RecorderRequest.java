package org.relaysupervisor.proxy;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a recorder asks for. Nothing that it could say keeps it from recording: what is not understood counts as not said.
 *
 * @param session what it calls this connection; empty when it said nothing that can be used
 * @param after the number of the frame that it wants first; one that the feed has played or plays next, but perhaps not one that
 *     the ring still has
 * @param fault why something that it said counts for nothing, for the log
 */
record RecorderRequest(String session, Optional<Long> after, Optional<String> fault) {
    /** Names the connection: letters, digits, dots, dashes and underscores, 64 at most. */
    static final String SESSION = "X-Relay-Session";

    /** A feed's name, a space, and the number of the next frame wanted. */
    static final String AFTER = "X-Relay-After";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    /** 18 digits always fit into a long. */
    private static final Pattern POSITION = Pattern.compile("([A-Za-z0-9]{1,64}) +([0-9]{1,18})");

    /**
     * @param feed the name of the feed that it gets; a number in any other means nothing here
     * @param next the number of the frame that this feed will have next
     */
    static RecorderRequest of(RequestHead head, String feed, long next) {
        Optional<String> named = head.header(SESSION);
        Optional<String> session = named.filter(NAME.asMatchPredicate());
        Optional<Matcher> position = head.header(AFTER).map(POSITION::matcher).filter(Matcher::matches);
        Optional<Long> ours =
                position.filter(parts -> parts.group(1).equals(feed)).map(parts -> Long.valueOf(parts.group(2)));
        Optional<Long> after = ours.filter(frame -> frame <= next);
        Optional<String> fault = Optional.empty();
        if (named.isPresent() && session.isEmpty()) {
            fault = Optional.of(SESSION + " is not a name of 1 to 64 letters, digits, dots, dashes and underscores");
        } else if (head.header(AFTER).isPresent() && position.isEmpty()) {
            fault = Optional.of(AFTER + " is not a feed's name and a frame's number");
        } else if (ours.isPresent() && after.isEmpty()) {
            fault = Optional.of(AFTER + " names a frame that has not been played yet");
        }
        return new RecorderRequest(session.orElse(""), after, fault);
    }
}
