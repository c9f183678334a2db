package org.relaysupervisor.proof;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.relaysupervisor.proof.SwarmReport.Kind;

/** What a sampled listener hears on one connection, as a chain of frames. */
final class Hearing {
    private static final int FAULTS_KEPT = 20;

    private final Kind kind;
    private final int listener;
    private final Chain chain = new Chain();
    private final List<String> faults = new ArrayList<>();
    private final IcyStripper.Audio route;
    private final boolean icy;
    private byte[] bytes = new byte[65_536];
    private long now;

    /**
     * @param kind of listener
     * @param listener its number, the same for all its connections
     * @param frames as a hash each, in the order in which they were heard
     * @param heardAt when the last byte of each came, as System.nanoTime() has it
     * @param faults what was wrong with the stream itself: garbage between frames, ICY metadata out of phase
     */
    public record Heard(Kind kind, int listener, boolean icy, long[] frames, long[] heardAt, List<String> faults) {}

    Hearing(Kind kind, int listener, OptionalInt metadataInterval) {
        this.kind = kind;
        this.listener = listener;
        FrameWalker walker = new FrameWalker(frame -> chain.add(frame, now), this::fault);
        icy = metadataInterval.isPresent();
        route = icy
                ? new IcyStripper(metadataInterval.getAsInt(), walker::accept, this::fault)::accept
                : walker::accept;
    }

    private void fault(String what) {
        if (faults.size() < FAULTS_KEPT) {
            faults.add(what);
        }
    }

    void accept(ByteBuffer buffer, long at) {
        now = at;
        int length = buffer.remaining();
        buffer.get(bytes, 0, length);
        route.accept(bytes, 0, length);
    }

    Heard heard() {
        return new Heard(kind, listener, icy, chain.frames(), chain.times(), List.copyOf(faults));
    }
}
