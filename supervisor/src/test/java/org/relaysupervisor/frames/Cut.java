package org.relaysupervisor.frames;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What a parser made of a stream. */
record Cut(List<Frame> frames, long garbageBytes, long tagBytes) {
    static Cut of(String contentType, byte[] stream) {
        FrameParser parser = parser(contentType);
        List<Frame> frames = new ArrayList<>();
        parser.accept(stream, 0, stream.length, frames::add);
        return new Cut(frames, parser.garbageBytes(), parser.tagBytes());
    }

    /** The same stream in pieces of 1 to {@code longest} bytes. */
    static Cut inPieces(String contentType, byte[] stream, int longest, Random random) {
        FrameParser parser = parser(contentType);
        List<Frame> frames = new ArrayList<>();
        for (int from = 0; from < stream.length; ) {
            int length = Math.min(stream.length - from, 1 + random.nextInt(longest));
            byte[] piece = new byte[length + 2];
            System.arraycopy(stream, from, piece, 1, length);
            parser.accept(piece, 1, length, frames::add);
            from += length;
        }
        return new Cut(frames, parser.garbageBytes(), parser.tagBytes());
    }

    static FrameParser parser(String contentType) {
        return FrameParser.of(contentType).orElseThrow();
    }

    byte[] joined() {
        return join(frames.stream().map(Frame::bytes).toArray(byte[][]::new));
    }

    /** Everything about every frame, comparable. */
    List<String> described() {
        return frames.stream().map(Cut::describe).toList();
    }

    private static String describe(Frame frame) {
        return frame.kind() + " " + frame.samples() + " " + frame.format() + " "
                + java.util.Arrays.hashCode(frame.bytes());
    }

    long nanos() {
        return frames.stream().mapToLong(Frame::nanos).sum();
    }

    long samples() {
        return frames.stream().mapToLong(Frame::samples).sum();
    }

    /** Formats in the order of their coming, one per change. */
    List<AudioFormat> formats() {
        List<AudioFormat> formats = new ArrayList<>();
        for (Frame frame : frames) {
            if (formats.isEmpty() || !formats.get(formats.size() - 1).equals(frame.format())) {
                formats.add(frame.format());
            }
        }
        return formats;
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }
}
