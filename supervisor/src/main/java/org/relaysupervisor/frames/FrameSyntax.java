package org.relaysupervisor.frames;

/**
 * How frames look that each begin with a header saying how long they are. A header is given as one number, its first byte the
 * most significant: so nothing is allocated for the many bytes that only look like one.
 */
interface FrameSyntax {
    /** In bytes, 8 at most. */
    int headerLength();

    /** In bytes, header included. */
    int longestFrame();

    /** In bytes, header included; 0 when this is no header. */
    int length(long header);

    /** Per channel; only for a header. */
    int samples(long header);

    /** Only for a header. */
    AudioFormat format(long header);

    /** Whether both are headers of one stream: their formats are equal. The first one is known to be a header. */
    boolean agree(long header, long other);

    /** Whether the frame with this header has no audio, only facts about the file. */
    boolean isInformation(long header, byte[] frame);
}
