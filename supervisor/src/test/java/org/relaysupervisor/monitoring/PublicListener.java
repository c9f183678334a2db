package org.relaysupervisor.monitoring;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;

/** Somebody who listens at a public address, keeps what came, and knows how long nothing came. */
final class PublicListener implements AutoCloseable {
    private final InputStream audio;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private final Thread reader = new Thread(this::listen, "public-listener");
    private long latest = System.nanoTime();
    private long longestGap;
    private volatile boolean ended;

    /** @throws IOException when there is no stream within some seconds */
    PublicListener(URI mount) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) mount.toURL().openConnection();
        connection.setConnectTimeout(5_000);
        connection.setReadTimeout(30_000);
        audio = connection.getInputStream();
        reader.setDaemon(true);
        reader.start();
    }

    private void listen() {
        byte[] buffer = new byte[8192];
        try {
            for (int length = audio.read(buffer); length >= 0; length = audio.read(buffer)) {
                keep(buffer, length);
            }
        } catch (IOException e) {
            // Closed by the test, or else isConnected tells.
        }
        ended = true;
    }

    private synchronized void keep(byte[] buffer, int length) {
        heard.write(buffer, 0, length);
        longestGap = Math.max(longestGap, System.nanoTime() - latest);
        latest = System.nanoTime();
    }

    /** Without a byte since the last call, the time until now included. */
    synchronized Duration longestGap() {
        long gap = Math.max(longestGap, System.nanoTime() - latest);
        longestGap = 0;
        return Duration.ofNanos(gap);
    }

    synchronized byte[] heard() {
        return heard.toByteArray();
    }

    boolean isConnected() {
        return !ended;
    }

    @Override
    public void close() throws IOException {
        audio.close();
    }
}
