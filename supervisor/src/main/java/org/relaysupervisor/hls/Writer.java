package org.relaysupervisor.hls;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.relaysupervisor.files.DurableFile;

/**
 * How a playlist tells who wrote it: which machine, so that its next life goes on at once, and which life, so that of two machines with one
 * name, as of a copied disk, only one does.
 *
 * @param machine eight hexadecimal digits
 * @param life eight hexadecimal digits
 */
public record Writer(String machine, String life) {
    private static final Logger log = System.getLogger(Writer.class.getName());

    /** @param file where the machine's part is kept; made if it isn't there. A small file call */
    public static Writer of(Path file, RandomGenerator random) {
        return new Writer(machine(file, digits(random)), digits(random));
    }

    private static String machine(Path file, String fresh) {
        try {
            if (Files.exists(file)) {
                String known =
                        Files.readString(file, StandardCharsets.ISO_8859_1).strip();
                if (known.matches("[0-9a-f]{8}")) {
                    return known;
                }
            }
            DurableFile.replace(file, (fresh + "\n").getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            log.log(
                    Level.WARNING,
                    "{0} can''t be kept, so after the next start HLS goes on some seconds later: {1}",
                    file,
                    e.toString());
        }
        return fresh;
    }

    private static String digits(RandomGenerator random) {
        return HexFormat.of().toHexDigits(random.nextInt());
    }

    /** As it stands in the playlist. */
    String name() {
        return machine + "-" + life;
    }

    /**
     * Whether a playlist of this writer is ours to go on with at once.
     *
     * @param inThisLife whether we have written one in this life: then one of an earlier life is another machine's
     */
    boolean wrote(String writer, boolean inThisLife) {
        return inThisLife ? writer.equals(name()) : writer.startsWith(machine + "-");
    }
}
