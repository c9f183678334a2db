package org.relaysupervisor.proof;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.relaysupervisor.proof.SwarmReport.Kind;
import org.relaysupervisor.proof.SwarmReport.Outcome;

/** One listener, through all its connections. Of the swarm's thread. */
final class Listener {
    private static final int SMALL_RECEIVE_BUFFER = 32_768;

    /** Of the largest buffer, far more than a small receive buffer holds. */
    private static final int READS_TO_THE_END = 4;

    final Kind kind;
    private final int number;
    private final boolean icy;
    private final boolean sampled;
    private final List<Hearing> hearings = new ArrayList<>();

    private SocketChannel channel;
    private ReplyHead head;
    private Hearing hearing;
    private boolean heard;
    private long connectedAt;
    private long lastAudioAt;
    /** When the connection that the server closed had audio last; empty when no outage lasts. */
    private OptionalLong outageSince = OptionalLong.empty();

    private int closed;
    private int refused;
    private int status;
    private long bytes;
    private long longestSilence;
    private OptionalLong firstByte = OptionalLong.empty();
    private OptionalLong outage = OptionalLong.empty();

    Listener(Kind kind, int number, boolean icy, boolean sampled) {
        this.kind = kind;
        this.number = number;
        this.icy = icy;
        this.sampled = sampled;
    }

    /** So that nobody need look after it. */
    boolean comesAndGoes() {
        return kind == Kind.CHURNING || kind == Kind.STALLING;
    }

    boolean isConnected() {
        return channel != null;
    }

    boolean hasAudio() {
        return channel != null && heard;
    }

    void connect(Selector selector, SocketAddress server) {
        connectedAt = System.nanoTime();
        head = new ReplyHead();
        hearing = null;
        heard = false;
        try {
            channel = SocketChannel.open();
            channel.configureBlocking(false);
            if (kind == Kind.SLOW || kind == Kind.STALLING) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_RECEIVE_BUFFER);
            }
            channel.register(selector, SelectionKey.OP_CONNECT, this);
            channel.connect(server);
        } catch (IOException e) {
            refuse();
        }
    }

    /** Sends the request; a slow listener then reads when it's told to, not when something is there. */
    void finishConnect(SelectionKey key, String mount) {
        try {
            channel.finishConnect();
            key.interestOps(kind == Kind.SLOW ? 0 : SelectionKey.OP_READ);
            // An empty send buffer takes so few bytes at once.
            channel.write(ReplyHead.request(mount, icy));
        } catch (IOException e) {
            refuse();
        }
    }

    /** Reads once, as much as the buffer takes. */
    void read(ByteBuffer buffer) {
        if (channel == null || !channel.isConnected()) {
            return;
        }
        buffer.clear();
        int count;
        try {
            count = channel.read(buffer);
        } catch (IOException e) {
            count = -1;
        }
        if (count < 0) {
            closedByServer();
        } else if (count > 0) {
            buffer.flip();
            take(buffer);
        }
    }

    /** As {@link #read}, but at most {@code limit} bytes. */
    void read(ByteBuffer buffer, int limit) {
        read(buffer.duplicate().clear().limit(limit).slice());
    }

    private void take(ByteBuffer buffer) {
        if (!head.complete()) {
            head.accept(buffer);
            if (head.complete()) {
                status = head.status();
                if (status != 200) {
                    refuse();
                    return;
                }
                if (sampled) {
                    hearing = new Hearing(kind, number, head.metadataInterval());
                    hearings.add(hearing);
                }
            }
        }
        if (buffer.hasRemaining()) {
            audio(buffer);
        }
    }

    private void audio(ByteBuffer buffer) {
        long now = System.nanoTime();
        if (heard) {
            longestSilence = Math.max(longestSilence, now - lastAudioAt);
        } else {
            heard = true;
            firstByte = OptionalLong.of(now - connectedAt);
            if (outageSince.isPresent()) {
                outage = OptionalLong.of(now - outageSince.getAsLong());
                outageSince = OptionalLong.empty();
            }
        }
        lastAudioAt = now;
        bytes += buffer.remaining();
        if (hearing != null) {
            hearing.accept(buffer, now);
        }
    }

    private void closedByServer() {
        if (heard) {
            closed++;
            outageSince = OptionalLong.of(lastAudioAt);
            disconnect();
        } else {
            refuse();
        }
    }

    private void refuse() {
        refused++;
        disconnect();
    }

    /** Of its own will. */
    void leave() {
        disconnect();
        outageSince = OptionalLong.empty();
    }

    /** Leaves what comes to the kernels, ours and the server's. */
    void stopReading(Selector selector) {
        if (hasAudio()) {
            channel.keyFor(selector).interestOps(0);
        }
    }

    /** As {@link #leave}, but first sees whether the server has closed the connection; only reading tells. */
    void leave(ByteBuffer buffer) {
        for (int reads = 0; hasAudio() && reads < READS_TO_THE_END; reads++) {
            read(buffer);
        }
        leave();
    }

    private void disconnect() {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // It is gone either way.
            }
            channel = null;
        }
    }

    List<Hearing> hearings() {
        return hearings;
    }

    /** What happened since the last time that this was asked. */
    Outcome outcome(long now) {
        long silence = hasAudio() ? Math.max(longestSilence, now - lastAudioAt) : longestSilence;
        Outcome outcome =
                new Outcome(kind, icy, hasAudio(), closed, refused, status, bytes, silence, firstByte, outage);
        closed = 0;
        refused = 0;
        bytes = 0;
        longestSilence = 0;
        firstByte = OptionalLong.empty();
        outage = OptionalLong.empty();
        return outcome;
    }
}
