package org.relaysupervisor.frames;

/**
 * What a decoder is set up for. A stream that changes any of it in the middle makes some players stop.
 *
 * @param codec such as {@code MPEG-1 layer III}, {@code AAC LC} or {@code Opus}
 * @param sampleRate in Hz
 * @param channels 1 or more
 */
public record AudioFormat(String codec, int sampleRate, int channels) {
    @Override
    public String toString() {
        return codec + ", " + sampleRate + " Hz, " + channels + (channels == 1 ? " channel" : " channels");
    }
}
