package org.relaysupervisor.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.relaysupervisor.config.Problem.Severity;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** Collects the problems of one file with their places. */
final class Reports {
    private final String file;
    private final List<Problem> problems = new ArrayList<>();

    Reports(String file) {
        this.file = file;
    }

    void error(Node at, String message) {
        add(at.getStartMark(), Severity.ERROR, message);
    }

    void warning(Node at, String message) {
        add(at.getStartMark(), Severity.WARNING, message);
    }

    void error(Optional<Mark> at, String message) {
        add(at, Severity.ERROR, message);
    }

    void errorOfFile(String message) {
        add(Optional.empty(), Severity.ERROR, message);
    }

    void warningOfFile(String message) {
        add(Optional.empty(), Severity.WARNING, message);
    }

    private void add(Optional<Mark> at, Severity severity, String message) {
        int line = at.map(mark -> mark.getLine() + 1).orElse(0);
        int column = at.map(mark -> mark.getColumn() + 1).orElse(0);
        problems.add(new Problem(file, line, column, severity, message));
    }

    /** Whether no error was reported within the node so far. */
    boolean isClean(Optional<? extends Node> node) {
        int from = node.flatMap(Node::getStartMark).map(Mark::getLine).orElse(0);
        int to = node.flatMap(Node::getEndMark).map(Mark::getLine).orElse(Integer.MAX_VALUE - 1);
        return errors().stream().noneMatch(problem -> problem.line() > from && problem.line() <= to + 1);
    }

    List<Problem> errors() {
        return sorted(Severity.ERROR);
    }

    List<Problem> warnings() {
        return sorted(Severity.WARNING);
    }

    private List<Problem> sorted(Severity severity) {
        return problems.stream()
                .filter(problem -> problem.severity() == severity)
                .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
                .toList();
    }
}
