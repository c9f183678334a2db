package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The public side: GET, HEAD and OPTIONS on configured mounts, and nothing else. Paths are compared as they were sent, so no
 * other spelling of a path leads to Icecast.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class ListenerRoute implements RequestHandler {
    private final Policy policy;
    private final Mounts mounts;
    private final Upstream upstream;
    private final PendingConnections pending;
    private final Meters meters;
    private final Map<Role, Integer> serving = new EnumMap<>(Role.class);

    ListenerRoute(Policy policy, Mounts mounts, Upstream upstream, PendingConnections pending, Meters meters) {
        this.policy = policy;
        this.mounts = mounts;
        this.upstream = upstream;
        this.pending = pending;
        this.meters = meters;
    }

    @Override
    public void request(Client client, RequestHead head, ByteBuf received, int headLength) {
        client.requested(head, ClientAddress.of(client.peer(), head, policy.trustedFronts()));
        // Whatever followed the head is dropped here: to Icecast goes one request and not a byte more.
        ByteBuf request = received.writerIndex(headLength);
        if (!policy.front().admits(client, head)) {
            request.release();
            client.refuse(Refusal.NOT_BY_FRONT, Reply.notByFront());
            return;
        }
        Mount mount = mounts.find(head.path());
        if (mount == null) {
            request.release();
            refuseAddress(client, head);
        } else if (head.announcesBody()) {
            request.release();
            client.refuse(Refusal.BAD_REQUEST, Reply.badRequest("a listener's request has no body"));
        } else if (head.method().equals("GET")) {
            listen(client, head, mount, request);
        } else {
            request.release();
            answer(client, head, mount);
        }
    }

    private static void refuseAddress(Client client, RequestHead head) {
        if (!head.target().startsWith("/")) {
            client.refuse(Refusal.BAD_REQUEST, Reply.badRequest("the target is not a path"));
        } else if (head.path().startsWith("/admin") || head.path().startsWith("/status")) {
            client.refuse(Refusal.FORBIDDEN_PATH, Reply.forbidden());
        } else {
            client.refuse(Refusal.FORBIDDEN_PATH, Reply.notFound());
        }
    }

    /** What needs no Icecast: it would say 400 to HEAD, and nothing at all to OPTIONS. */
    private void answer(Client client, RequestHead head, Mount mount) {
        switch (head.method()) {
            case "OPTIONS" -> client.answer(Reply.crossOrigin());
            case "HEAD" -> {
                if (mount.onAir() && (mount.feed().isOn() || policy.icecastAvailable())) {
                    client.answer(mount.live());
                } else if (policy.icecastAvailable()) {
                    client.answer(Reply.noSource());
                } else {
                    client.refuse(Refusal.UPSTREAM_DOWN, Reply.upstreamDown());
                }
            }
            default -> client.refuse(Refusal.METHOD, Reply.methodNotAllowed());
        }
    }

    private void listen(Client client, RequestHead head, Mount mount, ByteBuf request) {
        Role role = roleOf(client, head);
        if (!mount.feed().isOn() && !policy.icecastAvailable()) {
            request.release();
            client.refuse(Refusal.UPSTREAM_DOWN, Reply.upstreamDown());
        } else if (role == Role.LISTENER && serving(role) >= policy.listenerLimit()) {
            request.release();
            client.refuse(Refusal.LIMIT, Reply.listenersFull());
        } else {
            serve(client, head, role, mount, request);
        }
    }

    private void serve(Client client, RequestHead head, Role role, Mount mount, ByteBuf request) {
        pending.remove(client);
        count(client, role, mount);
        if (mount.feed().isOn()) {
            request.release();
            mount.feed().readers().serve(client, role, head);
        } else {
            ByteBuf only = Unpooled.wrappedBuffer(RequestHead.asOnlyRequest(ByteBufUtil.getBytes(request)));
            request.release();
            new ListenerPassThrough(client, mount, role, only, meters, policy.limits()).start(upstream);
        }
    }

    /** One whom an earlier daemon has answered is here as any other; a limit that has been lowered meanwhile is not for it. */
    void count(Client client, Role role, Mount mount) {
        serving.merge(role, 1, Integer::sum);
        mount.connected(role);
        client.channel().closeFuture().addListener(closed -> {
            serving.merge(role, -1, Integer::sum);
            mount.disconnected(role);
        });
    }

    /**
     * A child of ours or a probe has a place outside the listener limit, while those places last; then it is a listener as any
     * other, and so is an edge that knows the secret. Our children come straight from this machine: what a front on this machine passes on is not ours, whatever it calls itself.
     */
    private Role roleOf(Client client, RequestHead head) {
        ProxyLimits limits = policy.limits();
        Optional<String> agent = head.header("User-Agent");
        boolean local = client.peer().isLoopbackAddress();
        boolean direct = Front.isDirect(client, head);
        if (direct
                && agent.filter(ProxySettings.RECORDER_USER_AGENT::equals).isPresent()
                && serving(Role.RECORDER) < limits.recorderConnections()) {
            return Role.RECORDER;
        }
        if (direct
                && agent.filter(ProxySettings.DECODER_USER_AGENT::equals).isPresent()
                && serving(Role.DECODER) < limits.decoderConnections()) {
            return Role.DECODER;
        }
        if (agent.filter(Primary.USER_AGENT::equals).isPresent()
                && policy.front().isProven(head)
                && serving(Role.EDGE) < limits.edgeConnections()) {
            return Role.EDGE;
        }
        boolean known = local || policy.trustedFronts().contains(client.peer());
        if (known
                && agent.filter(ListenerRoute::isProbe).isPresent()
                && serving(Role.PROBE) < limits.probeConnections()) {
            return Role.PROBE;
        }
        return Role.LISTENER;
    }

    private static boolean isProbe(String agent) {
        return agent.startsWith("Blackbox") || agent.startsWith("Prometheus");
    }

    private int serving(Role role) {
        return serving.getOrDefault(role, 0);
    }
}
