package org.relaysupervisor;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The daemon's command line. Exit codes: 0 a clean stop, 1 it could not start or go on, 2 usage. */
public final class Main {
    private static final String USAGE = """
            usage: relay-supervisor --config FILE --state DIR

              --config FILE   the station's relay.yaml
              --state DIR     where the daemon keeps its state, passwords and recordings
              --version       print the version and exit
              --help          print this and exit
            """;

    private Main() {}

    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(arguments, out, err));
    }

    static int run(String[] arguments, PrintStream out, PrintStream err) {
        Path config = null;
        Path state = null;
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            switch (argument) {
                case "--help", "-h" -> {
                    out.print(USAGE);
                    return 0;
                }
                case "--version" -> {
                    out.println("relay-supervisor " + Version.current());
                    return 0;
                }
                case "--config", "--state" -> {
                    if (i + 1 == arguments.length) {
                        return usage(err, argument + " needs a value");
                    }
                    i++;
                    Path value = Path.of(arguments[i]).toAbsolutePath().normalize();
                    if (argument.equals("--config")) {
                        config = value;
                    } else {
                        state = value;
                    }
                }
                default -> {
                    return usage(err, "unknown argument " + argument);
                }
            }
        }
        if (config == null || state == null) {
            return usage(err, config == null ? "--config is missing" : "--state is missing");
        }
        return Daemon.run(config, state, out, err);
    }

    private static int usage(PrintStream err, String problem) {
        err.println("relay-supervisor: " + problem);
        err.print(USAGE);
        return 2;
    }
}
