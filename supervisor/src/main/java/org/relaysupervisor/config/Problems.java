package org.relaysupervisor.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.relaysupervisor.config.Problem.Severity;

/** Collects what is wrong with one file, so that the operator sees all of it at once. */
final class Problems {
    /** More than anyone reads; a file that is something else entirely must not fill the log. */
    private static final int SHOWN_AT_MOST = 100;

    private final String file;
    private final List<Problem> found = new ArrayList<>();
    private final Set<Place> errors = new HashSet<>();

    Problems(String file) {
        this.file = file;
    }

    void error(Place place, String message) {
        errors.add(place);
        found.add(new Problem(file, place.line(), place.column(), Severity.ERROR, message));
    }

    void warn(Place place, String message) {
        found.add(new Problem(file, place.line(), place.column(), Severity.WARNING, message));
    }

    boolean hasErrorAt(Place place) {
        return errors.contains(place);
    }

    /** @return the warnings, when there is nothing worse */
    List<Problem> warningsOrThrow() throws InvalidConfigException {
        if (!errors.isEmpty()) {
            throw asException();
        }
        return inReadingOrder();
    }

    InvalidConfigException asException() {
        return new InvalidConfigException(inReadingOrder());
    }

    private List<Problem> inReadingOrder() {
        List<Problem> sorted = new ArrayList<>(found);
        sorted.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
        if (sorted.size() <= SHOWN_AT_MOST) {
            return List.copyOf(sorted);
        }
        Problem firstHidden = sorted.get(SHOWN_AT_MOST);
        List<Problem> shown = new ArrayList<>(sorted.subList(0, SHOWN_AT_MOST));
        shown.add(new Problem(
                file,
                firstHidden.line(),
                firstHidden.column(),
                Severity.ERROR,
                "and " + (sorted.size() - SHOWN_AT_MOST) + " more problems from here on"));
        return List.copyOf(shown);
    }
}
