package org.relaysupervisor.frames;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Cuts one stream of bytes into frames, whatever pieces it comes in. Memory is bounded by a few frames of the largest size: 12 KB
 * for MPEG audio, 33 KB for AAC, 131 KB for Ogg. Never throws, whatever it is given: what belongs to no frame is skipped and
 * counted, in time that is linear in the bytes. For one thread at a time.
 */
public interface FrameParser {
    /**
     * A new parser for a stream that announces this content type, parameters allowed; empty when such streams are not understood.
     */
    static Optional<FrameParser> of(String contentType) {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return switch (type) {
            case "audio/mpeg",
                    "audio/mpeg3",
                    "audio/mpg",
                    "audio/mp1",
                    "audio/mp2",
                    "audio/mp3",
                    "audio/mpa",
                    "audio/x-mpeg",
                    "audio/x-mpeg-3",
                    "audio/x-mpeg3",
                    "audio/x-mpegaudio",
                    "audio/x-mpg",
                    "audio/x-mp2",
                    "audio/x-mp3" -> Optional.of(new SyncedFrames(new MpegSyntax()));
            case "audio/aac",
                    "audio/aacp",
                    "audio/adts",
                    "audio/mp4a-adts",
                    "audio/vnd.dlna.adts",
                    "audio/x-aac",
                    "audio/x-aacp",
                    "audio/x-adts",
                    "audio/x-hx-aac-adts" -> Optional.of(new SyncedFrames(new AdtsSyntax()));
            case "application/ogg",
                    "application/x-ogg",
                    "audio/ogg",
                    "audio/opus",
                    "audio/speex",
                    "audio/vorbis",
                    "audio/x-ogg",
                    "audio/x-opus+ogg",
                    "audio/x-speex+ogg",
                    "audio/x-vorbis+ogg",
                    "audio/x-flac+ogg" -> Optional.of(new OggFrames());
            default -> Optional.empty();
        };
    }

    /**
     * Takes the next bytes, and hands on each frame that they complete, in order. A frame is handed on with its last byte: not
     * only when the next one comes, except while the stream's first frames are looked for.
     */
    void accept(byte[] bytes, int offset, int length, Consumer<Frame> frames);

    /**
     * Says that no more bytes come. Hands on whole frames that were held back only because later ones were to confirm them: the one or two
     * of a very short stream. What is left is the beginning of a frame.
     */
    void end(Consumer<Frame> frames);

    /** Bytes skipped because they belong to no frame: garbage, or what was left of a frame that was cut off. */
    long garbageBytes();

    /** Bytes skipped because they are not audio, though rightly there: ID3 tags, Xing, Info and VBRI headers. */
    long tagBytes();
}
