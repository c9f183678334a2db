package org.relaysupervisor.store;

import java.util.Locale;

/** A store didn't do what it was asked. The message says where, what, and what to do, and holds no secret. */
public final class StoreException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why; the values of the {@code reason} label. */
    public enum Reason {
        /** Wrong or missing credentials, or no right to do this: 401, 403. */
        AUTH(true),
        /** The bucket, or the directory, isn't there. */
        NO_BUCKET(true),
        /** This machine's clock is too far from the store's. */
        CLOCK_SKEW(true),
        /** 429, or 503 SlowDown. */
        THROTTLED(false),
        /** Any other 5xx, or an answer that makes no sense. */
        SERVER(false),
        /** No connection, a reset, a timeout, a truncated answer, a certificate that isn't trusted. */
        NETWORK(false),
        /** The bytes that arrived were not those that were sent. */
        CHECKSUM(false),
        /** Our own disk, or that of a directory store. */
        LOCAL_IO(false),
        /** Another object has the key. */
        CONFLICT(true);

        private final boolean permanent;

        Reason(boolean permanent) {
            this.permanent = permanent;
        }

        /** Whether it won't pass by itself: somebody has to do something. It is tried again all the same, slowly. */
        public boolean isPermanent() {
            return permanent;
        }

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Reason reason;

    public StoreException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public StoreException(Reason reason, String message) {
        this(reason, message, null);
    }

    public Reason reason() {
        return reason;
    }
}
