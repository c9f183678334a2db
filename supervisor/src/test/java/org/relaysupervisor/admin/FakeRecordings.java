package org.relaysupervisor.admin;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.relaysupervisor.archive.RecordingView;
import org.relaysupervisor.status.Archives;

/** Two recordings, of which the store alone has one; their audio is made up. */
final class FakeRecordings implements Recordings {
    /** More than all buffers on the way together. */
    static final int LENGTH = 8 << 20;

    final CountDownLatch interrupted = new CountDownLatch(1);
    volatile boolean whole = true;
    volatile boolean silent;

    static byte audio(int at) {
        return (byte) (at * 31 + (at >> 12));
    }

    @Override
    public List<RecordingView> list() {
        return List.of(Archives.EVENING);
    }

    @Override
    public List<RecordingView> listStored() {
        return List.of(Archives.EVENING, Archives.HOUR);
    }

    @Override
    public boolean verify(Optional<String> id, Consumer<String> line) throws InterruptedException {
        line.accept(id.orElse("all") + (whole ? ": whole" : ": 00003.mp3 differs in its second half"));
        awaitTheEnd();
        return whole;
    }

    @Override
    public void fetch(String id, OutputStream audio) throws IOException, InterruptedException {
        byte[] block = new byte[10_000];
        for (int at = 0; at < LENGTH; at += block.length) {
            int length = Math.min(block.length, LENGTH - at);
            for (int i = 0; i < length; i++) {
                block[i] = audio(at + i);
            }
            audio.write(block, 0, length);
        }
        awaitTheEnd();
        if (!whole) {
            throw new IOException("00003.mp3 is not what was recorded: half+half is no whole, says J\u00fcrgen");
        }
    }

    private void awaitTheEnd() throws InterruptedException {
        if (silent) {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        }
    }
}
