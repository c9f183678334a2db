package org.relaysupervisor.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.relaysupervisor.proxy.Ledger.Mark;

/** What a feed's listeners are told of what plays, and Icecast as well. Lives on the event loop. */
final class FeedTitles {
    private static final byte[] NOTHING = {};

    private final FrameRing ring;
    private final TitleCourier courier;
    private final Optional<RingCopy> copy;
    private final Titles titles = new Titles();

    /**
     * @param courier brings them to Icecast
     * @param copy has the newest for the next daemon
     */
    FeedTitles(FrameRing ring, TitleCourier courier, Optional<RingCopy> copy) {
        this.ring = ring;
        this.courier = courier;
        this.copy = copy;
    }

    /** Shows on what an earlier daemon has shown last, and Icecast has. */
    void resume() {
        byte[] request = copy.map(RingCopy::title).orElse(NOTHING);
        try {
            TitleUpdate.of(RequestHead.parse(new String(request, StandardCharsets.ISO_8859_1)))
                    .ifPresent(known -> {
                        titles.add(ring.tail(), known.text(), known.url());
                        courier.remember(request);
                    });
        } catch (MalformedHeadException e) {
            // None, or one that was being written: the next one is shown.
        }
    }

    /** Takes up a title, and sees to it that Icecast has it, now or later. */
    void update(TitleUpdate update, byte[] request) {
        take(update, request);
        courier.send(request);
    }

    /** Takes up a title that came with the audio. */
    void came(String text, String url) {
        if (!titles.newest().equals(Optional.of(text))) {
            titles.add(ring.head(), text, url);
        }
    }

    /** Takes up a title that Icecast has already. */
    void known(TitleUpdate update, byte[] request) {
        take(update, request);
        courier.remember(request);
    }

    private void take(TitleUpdate update, byte[] request) {
        titles.add(ring.head(), update.text(), update.url());
        copy.ifPresent(kept -> kept.title(request));
    }

    void icecastIsBack() {
        courier.icecastIsBack();
    }

    /** Drops what is about audio that the ring does not have any more. */
    void dropOld() {
        titles.dropBefore(ring.tail());
    }

    void clear() {
        titles.clear();
        courier.forget();
    }

    Optional<String> newest() {
        return titles.newest();
    }

    /** Null for a listener who did not ask for titles. */
    IcyWriter writerFor(RequestHead request, String contentType) {
        return IcyWriter.isWanted(request, contentType) ? new IcyWriter(titles) : null;
    }

    /** For one whom an earlier daemon has served; null when it did not ask for titles. */
    IcyWriter writerFrom(Mark mark) {
        boolean wanted = mark.untilTitle() != Mark.NO_TITLES;
        return wanted ? new IcyWriter(titles, mark.untilTitle(), mark.position()) : null;
    }
}
