package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import java.util.Optional;

/**
 * From a source to Icecast: audio for a configured mount, and title updates. Everything is answered or refused at once: a source
 * that is left waiting stands still, and Liquidsoap's clock with it. Who may send is for Icecast to say.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class SourceRoute implements RequestHandler {
    private static final String TITLE_UPDATE = "/admin/metadata";

    private final Policy policy;
    private final Mounts mounts;
    private final Upstream upstream;
    private final PendingConnections pending;
    private final Meters meters;
    private int serving;

    SourceRoute(Policy policy, Mounts mounts, Upstream upstream, PendingConnections pending, Meters meters) {
        this.policy = policy;
        this.mounts = mounts;
        this.upstream = upstream;
        this.pending = pending;
        this.meters = meters;
    }

    @Override
    public void request(Client client, RequestHead head, ByteBuf received, int headLength) {
        client.requested(head, client.peer());
        boolean source = head.method().equals("SOURCE") || head.method().equals("PUT");
        Mount mount = mounts.find(head.path());
        if (source && mount != null) {
            serve(client, Optional.of(mount), received, headLength);
        } else if (head.method().equals("GET") && head.path().equals(TITLE_UPDATE)) {
            serve(client, Optional.empty(), received, headLength);
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

    /** @param mount empty for a title update */
    private void serve(Client client, Optional<Mount> mount, ByteBuf received, int headLength) {
        ProxyLimits limits = policy.limits();
        if (!policy.icecastAvailable()) {
            received.release();
            client.refuse(Refusal.UPSTREAM_DOWN, Reply.upstreamDown());
            return;
        }
        if (serving >= limits.sourceConnections()) {
            received.release();
            client.refuse(Refusal.OVERLOAD, Reply.overloaded());
            return;
        }
        pending.remove(client);
        serving++;
        client.channel().closeFuture().addListener(closed -> serving--);
        if (mount.isEmpty()) {
            meters.titleUpdates.increment();
            received.writerIndex(headLength);
        }
        new SourcePassThrough(client, mount, received, headLength, meters, limits).start(upstream);
    }
}
