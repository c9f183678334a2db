package org.relaysupervisor.admin;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executors;
import org.relaysupervisor.admin.StreamedAnswer.Ending;
import org.relaysupervisor.admin.StreamedAnswer.OutputFailure;

/**
 * {@code relayctl recordings fetch}: writes a recording as the operator's own user. A file has its name only when it is whole, and none that is there
 * is touched.
 */
final class Fetch {
    static final String STANDARD_OUTPUT = "-";

    private final ControlClient daemon;
    private final String target;
    private final PrintStream out;
    private final PrintStream err;

    /** @param target what the daemon is asked for */
    Fetch(ControlClient daemon, String target, PrintStream out, PrintStream err) {
        this.daemon = daemon;
        this.target = target;
        this.out = out;
        this.err = err;
    }

    int run(String file) throws ControlClient.Unreachable {
        try {
            return file.equals(STANDARD_OUTPUT) ? toStandardOutput() : toFile(Path.of(file));
        } catch (OutputFailure e) {
            return refuse("cannot write " + file + ": " + e.reason());
        } catch (FileAlreadyExistsException e) {
            return refuse(e.getFile() + " is there already and is left as it is: move it away, or choose another name");
        } catch (NoSuchFileException e) {
            return refuse("there is no directory for " + e.getFile());
        } catch (IOException e) {
            return refuse("cannot write " + file + ": " + e.getMessage());
        }
    }

    private int toStandardOutput() throws ControlClient.Unreachable, OutputFailure {
        Ending ending = daemon.stream(target, new Checked(out));
        return ending.done() ? Relayctl.DONE : refuse(ending.message() + "; what was written is not to be used");
    }

    private int toFile(Path file) throws ControlClient.Unreachable, OutputFailure, IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        Path part = Path.of(file + ".part");
        FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        // Ctrl-C ends the JVM; otherwise the name would be taken when the command is given again.
        Thread cleaning = Executors.defaultThreadFactory().newThread(() -> delete(part));
        Runtime.getRuntime().addShutdownHook(cleaning);
        try (channel) {
            Ending ending = daemon.stream(target, Channels.newOutputStream(channel));
            if (!ending.done()) {
                return refuse(ending.message());
            }
            channel.force(true);
            long size = channel.size();
            publish(part, file);
            out.println(Plain.text(file.toString()) + ": " + Plain.bytes(size) + ", each byte verified");
            return Relayctl.DONE;
        } finally {
            delete(part);
            Runtime.getRuntime().removeShutdownHook(cleaning);
        }
    }

    /** By a link, which fails when the name is taken meanwhile; a rename would replace that file. */
    private static void publish(Path part, Path file) throws IOException {
        try {
            Files.createLink(file, part);
        } catch (FileAlreadyExistsException e) {
            throw new FileAlreadyExistsException(file.toString());
        } catch (IOException | UnsupportedOperationException e) {
            // A file system without links, as on a USB stick.
            Files.move(part, file);
        }
    }

    private static void delete(Path part) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            // It is of no use, and its name says so.
        }
    }

    private int refuse(String message) {
        out.flush();
        err.println("relayctl: " + Plain.text(message));
        return Relayctl.REFUSED;
    }

    /** A print stream keeps its failures to itself. */
    static final class Checked extends OutputStream {
        private final PrintStream to;

        Checked(PrintStream to) {
            this.to = to;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            to.write(bytes, offset, length);
            flush();
        }

        @Override
        public void flush() throws IOException {
            if (to.checkError()) {
                throw new IOException("nobody reads it");
            }
        }
    }
}
