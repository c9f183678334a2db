package org.relaysupervisor.config;

/**
 * One thing wrong in the configuration file.
 *
 * @param file the file's name as the operator gave it
 * @param line from 1; 0 when the problem is the whole file's
 * @param column from 1
 * @param severity errors stop a start or a reload, warnings don't
 * @param message what is wrong, what is allowed
 */
public record Problem(String file, int line, int column, Severity severity, String message) {
    /** How bad it is. */
    public enum Severity {
        ERROR,
        WARNING
    }

    @Override
    public String toString() {
        String where = line == 0 ? file : file + ":" + line + ":" + column;
        return where + ": " + (severity == Severity.WARNING ? "warning: " : "") + message;
    }
}
