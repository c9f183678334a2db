package org.relaysupervisor.metrics;

import java.util.Locale;

/** The formats a scrape can have. */
enum Exposition {
    TEXT("text/plain; version=0.0.4; charset=utf-8"),
    OPENMETRICS("application/openmetrics-text; version=1.0.0; charset=utf-8");

    private final String contentType;

    Exposition(String contentType) {
        this.contentType = contentType;
    }

    String contentType() {
        return contentType;
    }

    /**
     * The format for a request's {@code Accept}. Who names OpenMetrics at all prefers it to the text format; Prometheus does, and
     * a browser or curl doesn't.
     */
    static Exposition accepted(String accept) {
        return accept.toLowerCase(Locale.ROOT).contains("application/openmetrics-text") ? OPENMETRICS : TEXT;
    }
}
