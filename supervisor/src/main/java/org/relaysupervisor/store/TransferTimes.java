package org.relaysupervisor.store;

import java.util.List;

/**
 * How long transfers took: a histogram.
 *
 * @param bounds upper ones in seconds, ascending
 * @param counts of transfers within each bound and above the one before; one more than bounds, for all that took longer
 * @param sum in seconds
 */
public record TransferTimes(List<Double> bounds, List<Long> counts, double sum) {
    public TransferTimes {
        bounds = List.copyOf(bounds);
        counts = List.copyOf(counts);
    }
}
