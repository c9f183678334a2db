package org.relaysupervisor.frames;

/**
 * One frame of MPEG audio or AAC with its header, or one Ogg page.
 *
 * @param bytes the whole frame; whoever has it must not write to it
 * @param samples per channel that it lasts; 0 for a header, and for an Ogg page in which no packet ends
 * @param format shared by all frames of a stream that has not changed
 */
public record Frame(byte[] bytes, Kind kind, int samples, AudioFormat format) {
    /** Where a frame stands in its stream. */
    public enum Kind {
        /** The first page of an Ogg stream. Header pages kept before it count no more. */
        FIRST_HEADER,
        /** A further header page, which a decoder needs before any audio. */
        HEADER,
        /** Audio; all that MPEG audio and AAC have. */
        AUDIO
    }

    /** How long it plays, in nanoseconds. */
    public long nanos() {
        return samples * 1_000_000_000L / format.sampleRate();
    }
}
