package org.relaysupervisor.proxy;

import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;

/** The decoders that hear a feed: one, as a rule. Whatever becomes of them costs the feed nothing. */
final class Taps {
    private final FrameRing ring;
    private final Mount mount;
    private final Ticker ticker;
    private final List<FeedTap> present = new ArrayList<>();

    Taps(FrameRing ring, Mount mount, Ticker ticker) {
        this.ring = ring;
        this.mount = mount;
        this.ticker = ticker;
    }

    void serve(Client client, Reply head) {
        FeedTap tap = new FeedTap(client, ring, mount, ticker);
        present.add(tap);
        client.channel().closeFuture().addListener(closed -> present.remove(tap));
        tap.start(head);
    }

    /** Gives each what is new. They wait for no turns of their own: what is heard late is measured late. */
    void turn() {
        for (FeedTap tap : List.copyOf(present)) {
            try {
                tap.turn();
            } catch (RuntimeException e) {
                tap.failed(e);
            }
        }
    }

    /** Closes every connection, once it has what was written. */
    void dismiss() {
        List<FeedTap> all = List.copyOf(present);
        present.clear();
        all.forEach(FeedTap::close);
    }
}
