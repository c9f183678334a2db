package org.relaysupervisor.store;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * How a file is cut into parts, all of one length except the last, which is not longer: R2 takes no others.
 *
 * @param length of the file, more than 0 bytes
 * @param partLength in bytes
 */
record Parts(long length, long partLength) {
    private static final int MOST = 10_000;
    private static final long MEBIBYTE = 1024 * 1024;

    /** More lengths than this are not tried when it is unknown what an object was sent in. */
    private static final int MOST_GUESSES = 16;

    Parts {
        if (length <= 0 || partLength <= 0) {
            throw new IllegalArgumentException(length + " bytes in parts of " + partLength);
        }
    }

    /** Longer parts than wanted when there would be more than S3 takes. */
    static Parts of(long length, long wanted) {
        long least = (length + MOST - 1) / MOST;
        return new Parts(length, Math.max(wanted, roundUp(least)));
    }

    /** The cuts into so many parts that a sender may have chosen: the wanted one first, then whole mebibytes. */
    static List<Parts> guesses(long length, long wanted, int count) {
        List<Parts> guesses = new ArrayList<>();
        if (length <= 0 || count < 1) {
            return guesses;
        }
        Parts usual = of(length, wanted);
        if (usual.count() == count) {
            guesses.add(usual);
        }
        long partLength = roundUp((length + count - 1) / count);
        while (guesses.size() < MOST_GUESSES && new Parts(length, partLength).count() == count) {
            if (partLength != usual.partLength()) {
                guesses.add(new Parts(length, partLength));
            }
            partLength += MEBIBYTE;
        }
        return guesses;
    }

    int count() {
        return Math.toIntExact((length + partLength - 1) / partLength);
    }

    /** @param number from 1 */
    long begin(int number) {
        return (number - 1) * partLength;
    }

    long lengthOf(int number) {
        return Math.min(partLength, length - begin(number));
    }

    /** What S3 stores call the ETag of an object that was sent in these parts. */
    String eTag(Path file) throws IOException {
        MessageDigest all = Digests.md5();
        for (int number = 1; number <= count(); number++) {
            MessageDigest md5 = Digests.md5();
            try (FileSection section = FileSection.toRead(file, begin(number), lengthOf(number))) {
                Digests.read(section, md5);
            }
            all.update(md5.digest());
        }
        return Digests.hex(all.digest()) + "-" + count();
    }

    private static long roundUp(long bytes) {
        return (bytes + MEBIBYTE - 1) / MEBIBYTE * MEBIBYTE;
    }
}
