package org.relaysupervisor.admin;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The syntax of {@code relayctl drill}. */
final class DrillOptions {
    static final String DESCRIPTION =
            "Breaks the station on purpose, watches which alerts fire, repairs it, and prints a scorecard.";

    private static final String PROMETHEUS = "http://127.0.0.1:9090";
    private static final String ALERTMANAGER = "http://127.0.0.1:9093";
    private static final int LONGEST_SECONDS = 7_000;

    private DrillOptions() {}

    static CommandSpec verb(CommandSpec drill) {
        return drill.addPositional(
                        CommandModel.operand("NAME", "one of the list", "0..1").build())
                .addOption(CommandModel.flag("--list", "shows which drills there are, and which can't be had now"))
                .addOption(CommandModel.flag("--all", "all of the list, one after the other"))
                .addOption(CommandModel.flag("--json", "with --list: for programs"))
                .addOption(text("--for", "DURATION", "how long it stays broken; 8m when not given"))
                .addOption(text("--settle", "DURATION", "how long alerts may take to be resolved; 8m when not given"))
                .addOption(text("--expect", "ALERTS", "exactly what should fire, such as StreamDown; none for nothing"))
                .addOption(text("--prometheus", "URL", "on this machine; " + PROMETHEUS + " when not given; or none"))
                .addOption(
                        text("--alertmanager", "URL", "on this machine; " + ALERTMANAGER + " when not given; or none"))
                .addOption(CommandModel.value(
                                "--most-listeners", "N", "refused when more people listen; 0 when not given", int.class)
                        .build())
                .addOption(CommandModel.flag(
                        "--force", "although a show is on or near, people listen, or alerts fire already"));
    }

    private static OptionSpec text(String name, String label, String description) {
        return CommandModel.value(name, label, description, String.class).build();
    }

    static void read(ParseResult drill, Map<String, String> parameters) {
        boolean list = drill.matchedOptionValue("--list", false);
        boolean all = drill.matchedOptionValue("--all", false);
        boolean named = drill.hasMatchedPositional(0);
        if (Stream.of(list, all, named).filter(given -> given).count() != 1) {
            throw wrong(drill, "say which: NAME, --all or --list");
        }
        if (drill.hasMatchedOption("--json") && !list) {
            throw wrong(drill, "--json is for --list");
        }
        if (drill.hasMatchedOption("--expect") && all) {
            throw wrong(drill, "--expect is for one drill: each has alerts of its own");
        }
        if (list) {
            parameters.put("list", "1");
        }
        if (drill.matchedOptionValue("--force", false)) {
            parameters.put("force", "1");
        }
        time(drill, "--for").ifPresent(seconds -> parameters.put("seconds", seconds));
        time(drill, "--settle").ifPresent(seconds -> parameters.put("settle", seconds));
        Optional.ofNullable(drill.matchedOptionValue("--expect", (String) null))
                .ifPresent(names -> parameters.put("expect", names));
        address(drill, "prometheus", PROMETHEUS, parameters);
        address(drill, "alertmanager", ALERTMANAGER, parameters);
        int listeners = drill.matchedOptionValue("--most-listeners", 0);
        if (listeners < 0) {
            throw wrong(drill, "--most-listeners takes a number from 0 on");
        }
        parameters.put("listeners", Integer.toString(listeners));
    }

    private static Optional<String> time(ParseResult drill, String option) {
        return Optional.ofNullable(drill.matchedOptionValue(option, (String) null))
                .map(text -> {
                    long seconds = CommandModel.seconds(drill, option, text);
                    if (seconds > LONGEST_SECONDS) {
                        throw wrong(drill, option + " takes at most " + LONGEST_SECONDS + "s");
                    }
                    return Long.toString(seconds);
                });
    }

    private static void address(ParseResult drill, String name, String usual, Map<String, String> parameters) {
        String given = drill.matchedOptionValue("--" + name, usual);
        if (!isAddress(given)) {
            throw wrong(
                    drill,
                    "--" + name + " takes an address of this machine such as " + usual
                            + ", or none; one elsewhere is reached by a tunnel: ssh -L");
        }
        parameters.put(name, given);
    }

    private static boolean isAddress(String given) {
        return given.equals(AlertApis.NONE) || AlertApis.isOfThisMachine(given);
    }

    private static ParameterException wrong(ParseResult drill, String what) {
        return new ParameterException(drill.commandSpec().commandLine(), what);
    }
}
