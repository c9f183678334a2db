package org.relaysupervisor.proxy;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;

/** Finds out for whom a front asks. */
final class ClientAddress {
    private ClientAddress() {}

    /**
     * The nearest address that is not one of our fronts. Each front appends the peer it saw, so the list is believed from its end
     * and only as far as trusted fronts wrote it; what is not an address ends it.
     */
    static InetAddress of(InetAddress peer, RequestHead head, Set<InetAddress> trustedFronts) {
        InetAddress nearest = peer;
        List<String> forwarded =
                List.of(String.join(",", head.all("X-Forwarded-For")).split(",", -1));
        for (int i = forwarded.size() - 1; i >= 0 && trustedFronts.contains(nearest); i--) {
            byte[] bytes =
                    NetUtil.createByteArrayFromIpAddressString(forwarded.get(i).strip());
            if (bytes == null) {
                break;
            }
            nearest = address(bytes);
        }
        return nearest;
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address of " + bytes.length + " bytes", e);
        }
    }
}
