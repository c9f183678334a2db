package org.relaysupervisor.proxy;

import java.time.Duration;

/**
 * What a feed may take, and for how long it plays on while a child is away. All values are positive.
 *
 * @param hold how much audio is kept; a reader further behind is moved to newer audio
 * @param holdBytes the same in bytes, whichever is less
 * @param interval between two writes to the same reader
 * @param decoderLag a decoder that is further behind in play time, and had as long to take it, is moved to the newest frame
 * @param sourceSilence a source without a frame for this long is bridged; players have some 4 s in hand
 * @param sourceAway without a source and without a standby programme, listeners are kept waiting this long
 * @param resumption the same for those of an earlier daemon: its source, Liquidsoap, may have to be started as well
 * @param icecastStall Icecast may take nothing for this long before its connection is given up and made anew
 * @param icecastAway without Icecast, the feed goes on for this long
 * @param icecastAwayUnheard the same when nobody reads the feed
 * @param reopen before a second attempt to become Icecast's source again, or to bring it a title; doubles up to eight times as
 *     much
 * @param titleAnswer Icecast may take this long over a title
 */
public record FeedLimits(
        Duration hold,
        int holdBytes,
        Duration interval,
        Duration decoderLag,
        Duration sourceSilence,
        Duration sourceAway,
        Duration resumption,
        Duration icecastStall,
        Duration icecastAway,
        Duration icecastAwayUnheard,
        Duration reopen,
        Duration titleAnswer) {

    /** What the daemon runs with. */
    public static final FeedLimits DEFAULTS = new FeedLimits(
            Duration.ofSeconds(25),
            4 << 20,
            Duration.ofMillis(320),
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            Duration.ofMinutes(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5));
}
