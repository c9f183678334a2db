package org.relaysupervisor.config;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.relaysupervisor.config.RelayConfig.Format;
import org.relaysupervisor.config.RelayConfig.Mount;

/** Which sample rates and bitrates each codec has: an encoder that is asked for another one fails only when it starts. */
final class Codecs {
    private static final List<Integer> COMMON_RATES = List.of(16000, 22050, 24000, 32000, 44100, 48000);
    private static final List<Integer> OPUS_RATES = List.of(8000, 12000, 16000, 24000, 48000);

    /** MPEG-1 Layer III, 32 kHz and above; MPEG-2 Layer III below that. */
    private static final List<Integer> MPEG1_BITRATES =
            List.of(32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320);

    private static final List<Integer> MPEG2_BITRATES =
            List.of(8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160);

    private static final int LOWEST_MPEG1_RATE = 32000;
    private static final int AAC_MOST = 320;

    /** An AAC frame of 1024 samples has at most 6144 bits per channel. */
    private static final int AAC_BITS_PER_SAMPLE = 6;

    private static final int OPUS_MOST_PER_CHANNEL = 255;

    private Codecs() {}

    static int defaultSampleRate(Format format) {
        return format == Format.OPUS ? 48000 : 44100;
    }

    static int defaultBitrate(Format format) {
        return format == Format.OPUS ? 96 : 128;
    }

    /** Records what is wrong with the mount's figures in the section that it was read from. */
    static void check(Section section, Mount mount) {
        List<Integer> rates = mount.format() == Format.OPUS ? OPUS_RATES : COMMON_RATES;
        if (!rates.contains(mount.sampleRate())) {
            section.error("sample_rate", "must be one of " + join(rates) + " (Hz) for " + name(mount.format()));
        } else if (section.isSound("bitrate")) {
            checkBitrate(section, mount);
        }
    }

    private static void checkBitrate(Section section, Mount mount) {
        switch (mount.format()) {
            case MP3 -> {
                List<Integer> bitrates = mount.sampleRate() >= LOWEST_MPEG1_RATE ? MPEG1_BITRATES : MPEG2_BITRATES;
                if (!bitrates.contains(mount.bitrate())) {
                    section.error(
                            "bitrate",
                            "must be one of " + join(bitrates) + " (kbit/s) for mp3 at " + mount.sampleRate() + " Hz");
                }
            }
            case AAC ->
                checkRange(
                        section,
                        mount,
                        16,
                        Math.min(AAC_MOST, AAC_BITS_PER_SAMPLE * mount.sampleRate() * mount.channels() / 1000));
            case OPUS -> checkRange(section, mount, 6, OPUS_MOST_PER_CHANNEL * mount.channels());
        }
    }

    private static void checkRange(Section section, Mount mount, int least, int most) {
        if (mount.bitrate() < least || mount.bitrate() > most) {
            section.error(
                    "bitrate",
                    "must be from " + least + " to " + most + " (kbit/s) for " + name(mount.format()) + " at "
                            + mount.sampleRate() + " Hz and " + mount.channels() + " channel(s)");
        }
    }

    private static String name(Format format) {
        return format.name().toLowerCase(Locale.ROOT);
    }

    private static String join(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
