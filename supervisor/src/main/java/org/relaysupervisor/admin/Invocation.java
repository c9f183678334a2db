package org.relaysupervisor.admin;

import java.util.Map;
import java.util.Optional;

/**
 * One understood command line of {@code relayctl}.
 *
 * @param operand the child, file or shell it is about
 * @param lines of the log to begin with
 * @param parameters what else was said, by name
 */
record Invocation(
        String verb,
        Optional<String> operand,
        Optional<String> socket,
        boolean json,
        boolean follow,
        int lines,
        Map<String, String> parameters) {
    static final int USUAL_LINES = 50;

    /** What each verb takes beside {@code --socket}. */
    enum Operand {
        NONE,
        OPTIONAL,
        REQUIRED;

        boolean fits(int operands) {
            return operands <= (this == NONE ? 0 : 1) && operands >= (this == REQUIRED ? 1 : 0);
        }
    }

    static Operand operandOf(String verb) {
        return switch (verb) {
            case "restart", "stop", "start", "check", "completion" -> Operand.REQUIRED;
            case "logs" -> Operand.OPTIONAL;
            default -> Operand.NONE;
        };
    }

    /**
     * Reads what is typed every day in a tenth of the time that picocli takes to load. Empty for all else: requests for help,
     * mistakes, and rare spellings, which {@link CommandModel} knows.
     */
    static Optional<Invocation> read(String[] arguments) {
        String verb = null;
        String operand = null;
        String socket = null;
        boolean json = false;
        boolean follow = false;
        int lines = USUAL_LINES;
        int operands = 0;
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            boolean hasValue = i + 1 < arguments.length && !arguments[i + 1].startsWith("-");
            if (argument.equals("--socket") && hasValue && socket == null) {
                socket = arguments[++i];
            } else if (verb == null && isVerb(argument)) {
                verb = argument;
            } else if (argument.equals("--json") && "status".equals(verb) && !json) {
                json = true;
            } else if (argument.equals("-f") && "logs".equals(verb) && !follow) {
                follow = true;
            } else if (argument.equals("-n") && "logs".equals(verb) && hasValue && lines == USUAL_LINES) {
                lines = lines(arguments[++i]);
            } else if (verb != null && !argument.isEmpty() && !argument.startsWith("-")) {
                operand = argument;
                operands++;
            } else {
                return Optional.empty();
            }
        }
        boolean whole = verb != null && operandOf(verb).fits(operands) && lines >= 0;
        if (!whole || (verb.equals("completion") && !operand.equals("bash"))) {
            return Optional.empty();
        }
        return Optional.of(new Invocation(
                verb, Optional.ofNullable(operand), Optional.ofNullable(socket), json, follow, lines, Map.of()));
    }

    /** Whether it is typed every day; the others are left to the model. */
    static boolean isVerb(String word) {
        return switch (word) {
            case "status", "restart", "stop", "start", "reload", "logs", "check", "version", "completion" -> true;
            default -> false;
        };
    }

    /** Negative for what is no such number. */
    private static int lines(String text) {
        try {
            int lines = Integer.parseInt(text);
            return lines <= AdminApi.MOST_LINES ? lines : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
