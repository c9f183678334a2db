package org.relaysupervisor.config;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * One of the two places in which a Liquidsoap can run, so that a second one can be tried beside the first. All that they must not share
 * is the lane's own: loopback address, process name, files. What they have in common is everything else, port numbers too.
 */
public enum Lane {
    /** Where the first one runs. */
    A(1, ""),
    B(2, "-b");

    private static final String LIQUIDSOAP = "liquidsoap";

    private final InetAddress address;
    private final InetAddress harbor;
    private final String suffix;

    Lane(int last, String suffix) {
        try {
            address = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
            harbor = InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) last});
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
        this.suffix = suffix;
    }

    public Lane other() {
        return this == A ? B : A;
    }

    /** On which the lane's source route listens; all of 127.0.0.0/8 is the loopback interface's. */
    public InetAddress address() {
        return address;
    }

    /** On which the lane's Liquidsoap takes DJs, whom the daemon passes on to it; the port is the source route's as well. */
    public InetAddress harbor() {
        return harbor;
    }

    /** The name of this lane's process, or the like. */
    public String named(String name) {
        return name + suffix;
    }

    /** The child whose process has this name: that of Liquidsoap is called otherwise in each lane, any other like its child. */
    public static String child(String process) {
        return process.equals(B.named(LIQUIDSOAP)) ? LIQUIDSOAP : process;
    }
}
