package org.relaysupervisor.proxy;

import io.netty.util.concurrent.Ticker;
import java.util.Optional;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.proxy.Ledger.Mark;
import org.relaysupervisor.proxy.ProxySnapshot.Loss;
import org.relaysupervisor.proxy.ProxySnapshot.RecorderConnection;

/** Everybody who reads a feed: its audience, and the children of ours, each in its own way. */
final class Readers {
    private final Feed feed;
    private final Pacer pacer;
    private final Keeping keeping;
    private final Audience audience;
    private final Taps taps;
    private final Recorders recorders;
    private final Ticker ticker;
    private long lastNanos;

    /** @param name the feed's */
    Readers(
            Feed feed,
            String path,
            String name,
            Mount mount,
            Meters meters,
            Pacer pacer,
            Keeping keeping,
            Ticker ticker,
            Clock clock) {
        this.feed = feed;
        this.pacer = pacer;
        this.keeping = keeping;
        this.ticker = ticker;
        audience = new Audience(meters);
        taps = new Taps(feed.ring(), mount, ticker);
        recorders = new Recorders(path, name, feed.ring(), mount, ticker, clock);
        lastNanos = ticker.nanoTime();
    }

    Audience audience() {
        return audience;
    }

    void serve(Client client, Role role, RequestHead request) {
        switch (role) {
            case DECODER -> taps.serve(client, feed.reply(false));
            case RECORDER -> recorders.serve(client, request, feed.reply(false));
            default -> listen(client, role, feed.titles().writerFor(request, feed.contentType()));
        }
    }

    private void listen(Client client, Role role, IcyWriter titles) {
        FeedListener listener = new FeedListener(feed, client, role, titles, audience.arrivals());
        audience.joined(listener);
        feed.publish();
        listener.start(feed.reply(titles != null), pacer, keeping);
    }

    /** One whom an earlier daemon has served; see {@link FeedListener#resume}. */
    void resume(Client client, Role role, Ledger.Line line, Mark from) {
        FeedListener listener =
                new FeedListener(feed, client, role, feed.titles().writerFrom(from), audience.arrivals());
        audience.joined(listener);
        listener.resume(line, from, pacer);
    }

    /** A listener's connection, which was kept, is closed. */
    void forget(Ledger.Line line, Client client) {
        keeping.end(line, client.channel());
    }

    /** It is about to be cut off. */
    void stalled(FeedListener listener) {
        audience.lost(listener, Loss.STALLED);
    }

    /** Has no effect the second time. */
    void left(FeedListener listener) {
        audience.left(listener);
        feed.publish();
    }

    /** There may be something new for those who have no turns of their own. */
    void turn() {
        taps.turn();
        recorders.turn();
    }

    /** How long the feed has been for nobody; decoders, who only measure what others hear, do not count. To be asked at every turn. */
    long absentNanos() {
        if (!audience.isEmpty() || !recorders.isEmpty()) {
            lastNanos = ticker.nanoTime();
        }
        return ticker.nanoTime() - lastNanos;
    }

    /** Closes every connection, for this cause. */
    void dismiss(Loss cause) {
        audience.dismiss(cause);
        taps.dismiss();
        recorders.dismiss();
    }

    /** Of the newest recorder. Any thread. */
    Optional<RecorderConnection> recorder() {
        return recorders.newest();
    }
}
