package org.relaysupervisor.proxy;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.relaysupervisor.config.Secret;

/**
 * Who may come to the port for listeners when the station hides behind a front: whoever knows a secret, and whoever is on this
 * machine itself.
 *
 * @param secrets the one in use and, while it is being changed, the one that comes; none when everybody may come
 */
record Front(List<Secret> secrets) {
    /** The header that carries the secret. */
    static final String HEADER = "X-Relay-Front";

    /** What those who speak for others say of them. */
    private static final List<String> FORWARDING = List.of("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via");

    boolean admits(Client client, RequestHead head) {
        return secrets.isEmpty() || isProven(head) || isDirect(client, head);
    }

    /** Whether the request has a secret of ours. */
    boolean isProven(RequestHead head) {
        return secrets.stream().anyMatch(secret -> Credentials.same(Optional.of(secret.reveal()), head.header(HEADER)));
    }

    /** By loopback, or by an address of this machine, which then both ends have. */
    private static boolean isHere(Client client) {
        return client.peer().isLoopbackAddress()
                || (client.channel().localAddress() instanceof InetSocketAddress local
                        && client.peer().equals(local.getAddress()));
    }

    /** Whether somebody on this machine asks for themselves. */
    static boolean isDirect(Client client, RequestHead head) {
        return isHere(client)
                && FORWARDING.stream().allMatch(name -> head.header(name).isEmpty());
    }
}
