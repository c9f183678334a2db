package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.util.Optional;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.frames.FrameParser;
import org.relaysupervisor.proxy.Ledger.Line;

/**
 * From a source to Icecast: audio for a configured mount, and title updates. Everything is answered or refused at once: a source
 * that is left waiting stands still, and Liquidsoap's clock with it. Who may send is for Icecast to say.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class SourceRoute implements RequestHandler {
    private final Lane lane;
    private final Policy policy;
    private final Mounts mounts;
    private final Upstream upstream;
    private final PendingConnections pending;
    private final Meters meters;
    private final Keeping keeping;
    private int serving;

    /** @param lane whose sources come by it */
    SourceRoute(
            Lane lane,
            Policy policy,
            Mounts mounts,
            Upstream upstream,
            PendingConnections pending,
            Meters meters,
            Keeping keeping) {
        this.lane = lane;
        this.policy = policy;
        this.mounts = mounts;
        this.upstream = upstream;
        this.pending = pending;
        this.meters = meters;
        this.keeping = keeping;
    }

    @Override
    public void request(Client client, RequestHead head, ByteBuf received, int headLength) {
        client.requested(head, client.peer());
        boolean source = head.method().equals("SOURCE") || head.method().equals("PUT");
        Mount mount = mounts.find(head.path());
        if (source && mount != null) {
            source(client, head, mount, received, headLength);
        } else if (head.method().equals("GET") && head.path().equals(TitleUpdate.PATH)) {
            title(client, head, received, headLength);
        } else {
            received.release();
            if (source) {
                client.refuse(Refusal.FORBIDDEN_PATH, Reply.onlySources(404, "Not Found"));
            } else if (head.method().equals("GET")) {
                client.refuse(Refusal.FORBIDDEN_PATH, Reply.onlySources(403, "Forbidden"));
            } else {
                client.refuse(Refusal.METHOD, Reply.onlySources(405, "Method Not Allowed"));
            }
        }
    }

    private void source(Client client, RequestHead head, Mount mount, ByteBuf received, int headLength) {
        Feed feed = mount.feed();
        // Icecast doesn't take chunks apart either, and frames can't be told while their sizes stand between them.
        Optional<FrameParser> parser = head.header("Transfer-Encoding").isPresent()
                ? Optional.empty()
                : mount.parserFor(head.header("Content-Type"));
        if (policy.lane() != lane) {
            beside(client, head, mount, parser, received, headLength);
            return;
        }
        if (feed.isOccupied() || feed.icecast().isAsking()) {
            received.release();
            client.refuse(Refusal.MOUNT_IN_USE, Reply.mountInUse());
            return;
        }
        if (feed.isOn() && feed.isOwned() && !feed.knows(head)) {
            received.release();
            client.refuse(Refusal.UNAUTHORIZED, Reply.unauthorized());
            return;
        }
        if (feed.isOn() && (parser.isEmpty() || !feed.carries(head))) {
            // The station's format has changed: what its listeners hear can't go on.
            feed.stop();
        }
        if (feed.isOn() && feed.isOwned()) {
            takeOver(client, head, mount, parser.orElseThrow(), received, headLength);
        } else if (mayServe(client, received)) {
            serve(client);
            if (parser.isPresent()) {
                FeedSource source = feedSource(client, head, mount, parser.get(), received, headLength);
                source.ask();
                received.release();
            } else {
                new SourcePassThrough(
                                client,
                                Optional.of(mount),
                                received,
                                headLength,
                                meters,
                                policy.limits(),
                                keeping,
                                () -> {})
                        .start(upstream);
            }
        }
    }

    /** From the lane that is not heard. Whoever can't take over is not let in at all. */
    private void beside(
            Client client,
            RequestHead head,
            Mount mount,
            Optional<FrameParser> parser,
            ByteBuf received,
            int headLength) {
        if (parser.isPresent() && mount.feed().takesBeside(head)) {
            serve(client);
            feedSource(client, head, mount, parser.get(), received, headLength).rehearse();
            received.release();
        } else {
            received.release();
            client.refuse(Refusal.MOUNT_IN_USE, Reply.mountInUse());
        }
    }

    private void takeOver(
            Client client, RequestHead head, Mount mount, FrameParser parser, ByteBuf received, int headLength) {
        serve(client);
        feedSource(client, head, mount, parser, received, headLength).takeOver();
        received.release();
    }

    private FeedSource feedSource(
            Client client, RequestHead head, Mount mount, FrameParser parser, ByteBuf received, int headLength) {
        byte[] early = bytes(received, headLength, received.readableBytes() - headLength);
        byte[] headBytes = bytes(received, 0, headLength);
        return new FeedSource(client, head, headBytes, mount.feed(), mount, parser, keeping, early);
    }

    /** Goes on with one that an earlier daemon had let in; its mount's feed is on. */
    void resume(Client client, Mount mount, FrameParser parser, Line line) {
        RequestHead head = client.head().orElseThrow();
        count(client);
        new FeedSource(client, head, line.requestBytes(), mount.feed(), mount, parser, keeping, new byte[0])
                .resume(line);
    }

    private static byte[] bytes(ByteBuf received, int from, int length) {
        return ByteBufUtil.getBytes(received, from, length);
    }

    /** The same of one that is passed on to Icecast. */
    void resume(Client client, Mount mount, Line line, Channel icecast) {
        count(client);
        new SourcePassThrough(
                        client,
                        Optional.of(mount),
                        Unpooled.EMPTY_BUFFER,
                        0,
                        meters,
                        policy.limits(),
                        keeping,
                        () -> {})
                .resume(line, icecast);
    }

    /** A title for a feed is ours to show and to bring to Icecast; any other goes to Icecast as it came. */
    private void title(Client client, RequestHead head, ByteBuf received, int headLength) {
        Optional<TitleUpdate> update = TitleUpdate.of(head);
        Optional<Feed> feed =
                update.map(known -> mounts.find(known.mount())).map(Mount::feed).filter(Feed::isOn);
        // Without what came behind it: a second request would pass unseen.
        byte[] request = RequestHead.asOnlyRequest(bytes(received, 0, headLength));
        if (policy.lane() != lane) {
            feed.filter(known -> known.takesBeside(head))
                    .ifPresent(known -> known.understudy().title(update.orElseThrow(), request));
            received.release();
            client.answer(Reply.titleTaken());
        } else if (feed.isPresent() && feed.get().knows(head)) {
            meters.titleUpdates.increment();
            feed.get().titles().update(update.get(), request);
            received.release();
            client.answer(Reply.titleTaken());
        } else if (mayServe(client, received)) {
            serve(client);
            meters.titleUpdates.increment();
            received.release();
            ByteBuf only = Unpooled.wrappedBuffer(request);
            Runnable taken =
                    () -> feed.filter(Feed::isOn).ifPresent(on -> on.titles().known(update.get(), request));
            new SourcePassThrough(
                            client, Optional.empty(), only, request.length, meters, policy.limits(), keeping, taken)
                    .start(upstream);
        }
    }

    /** Refuses when Icecast is away, or busy enough; what was received is released then. */
    private boolean mayServe(Client client, ByteBuf received) {
        boolean overloaded = serving >= policy.limits().sourceConnections();
        if (policy.icecastAvailable() && !overloaded) {
            return true;
        }
        received.release();
        if (overloaded) {
            client.refuse(Refusal.OVERLOAD, Reply.overloaded());
        } else {
            client.refuse(Refusal.UPSTREAM_DOWN, Reply.upstreamDown());
        }
        return false;
    }

    private void serve(Client client) {
        pending.remove(client);
        count(client);
    }

    private void count(Client client) {
        serving++;
        client.channel().closeFuture().addListener(closed -> serving--);
    }
}
