package org.relaysupervisor.station;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Arrays;

/** A listener that keeps what it hears. */
final class Tape implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final HttpURLConnection connection;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

    Tape(URI url) throws IOException {
        connection = (HttpURLConnection) url.toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        InputStream body = connection.getInputStream();
        Thread reader = new Thread(() -> listen(body), "tape");
        reader.setDaemon(true);
        reader.start();
    }

    private void listen(InputStream body) {
        byte[] bytes = new byte[4_096];
        try {
            for (int length = body.read(bytes); length >= 0; length = body.read(bytes)) {
                heard.write(bytes, 0, length);
            }
        } catch (IOException e) {
            if (heard.size() == 0) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Bytes heard so far. */
    int position() {
        return heard.size();
    }

    byte[] between(int from, int to) {
        return Arrays.copyOfRange(heard.toByteArray(), from, to);
    }

    @Override
    public void close() {
        connection.disconnect();
    }
}
