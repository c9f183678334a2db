package org.relaysupervisor.admin;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The whole of {@code relayctl}'s syntax, for help, for usage errors and for completion. It costs about a tenth of a second, so
 * {@link Invocation#read} comes first.
 */
final class CommandModel {
    static final String EXIT_CODES =
            "%nExit codes: 0 done, 1 refused or failed, 2 usage, 3 the daemon was not reached.%n";

    /** What {@code --expect} takes, for completion: the daemon, which has them as an enum, is another jar. */
    static final List<String> KINDS = List.of(
            "no_bytes",
            "digital_silence",
            "near_silence",
            "tone",
            "dead_channel",
            "antiphase",
            "level",
            "frozen_loop",
            "standby");

    private static final Pattern DURATION =
            Pattern.compile("(?:(\\d{1,4})d)?(?:(\\d{1,5})h)?(?:(\\d{1,6})m)?(?:(\\d{1,7})s)?");
    private static final int[] UNIT_SECONDS = {86_400, 3_600, 60, 1};

    private final CommandLine line;

    CommandModel() {
        CommandSpec root = CommandSpec.create().name("relayctl");
        root.usageMessage()
                .description("Shows and steers the relay-supervisor of this machine.")
                .footer(EXIT_CODES);
        describe(root);
        root.addSubcommand(
                "status",
                verb("Shows what is on the air, every child, the mounts and the recording.")
                        .addOption(flag("--json", "for programs")));
        root.addSubcommand("restart", verb("Stops a child and starts it again.").addPositional(child("1")));
        root.addSubcommand(
                "stop", verb("Stops a child until it is started again.").addPositional(child("1")));
        root.addSubcommand("start", verb("Starts a stopped child.").addPositional(child("1")));
        root.addSubcommand(
                "reload",
                verb("Reads relay.yaml again; on any problem nothing changes.")
                        .addOption(flag(
                                "--canary",
                                "only tries what Liquidsoap would be given, beside the one on the air, and says what would be"
                                        + " heard")));
        root.addSubcommand("logs", logs());
        root.addSubcommand("show", show());
        root.addSubcommand("recordings", recordings());
        root.addSubcommand(
                "doctor",
                verb("Checks before a show that recording will work: store, clock, disk, ports, calendar.")
                        .addOption(flag("--json", "for programs")));
        root.addSubcommand("drill", DrillOptions.verb(verb(DrillOptions.DESCRIPTION)));
        root.addSubcommand(
                "watch",
                verb("Shows levels, children, listeners and events live, until q or Ctrl-C.")
                        .addOption(value(
                                        "--interval",
                                        "SECONDS",
                                        "between two pictures, 0.2 to 60; 0.5 when not given",
                                        double.class)
                                .build()));
        root.addSubcommand(
                "check",
                verb("Checks a relay.yaml without touching the running relay.")
                        .addPositional(operand("FILE", "the file", "1").build()));
        root.addSubcommand("monitoring", monitoring());
        root.addSubcommand("version", verb("Shows the versions of relayctl and of the daemon."));
        root.addSubcommand(
                "completion",
                verb("Prints a completion script: source <(relayctl completion bash)")
                        .addPositional(operand("SHELL", "bash is the only one", "1")
                                .completionCandidates(List.of("bash"))
                                .build()));
        line = new CommandLine(root);
    }

    /** The verbs there are. */
    Iterable<String> verbs() {
        return line.getSubcommands().keySet();
    }

    /**
     * Understands what {@link Invocation#read} didn't, or says why not.
     *
     * @return what to do; empty when help was asked for, which is given
     * @throws ParameterException for a usage error, to be {@link #complain explained}
     */
    Optional<Invocation> parse(String[] arguments, PrintStream out) {
        ParseResult all = line.parseArgs(arguments);
        ParseResult verb = all;
        while (verb.hasSubcommand()) {
            if (verb.commandSpec().name().equals("recordings")) {
                requireListAlone(verb, verb.subcommand().commandSpec().name());
            }
            verb = verb.subcommand();
        }
        if (verb.isUsageHelpRequested() || all.isUsageHelpRequested()) {
            verb.commandSpec().commandLine().usage(out);
            return Optional.empty();
        }
        if (!all.hasSubcommand()) {
            throw new ParameterException(line, "say what to do: " + String.join(", ", verbs()));
        }
        if (List.of("show", "monitoring").contains(verb.commandSpec().name())) {
            throw new ParameterException(
                    verb.commandSpec().commandLine(),
                    "say which: "
                            + String.join(", ", verb.commandSpec().subcommands().keySet()));
        }
        String name = verb.commandSpec().qualifiedName().substring("relayctl ".length());
        Optional<String> operand = Optional.ofNullable(verb.matchedPositionalValue(0, null));
        if (name.equals("completion") && !operand.equals(Optional.of("bash"))) {
            throw new ParameterException(verb.commandSpec().commandLine(), "completion is there for bash only");
        }
        int lines =
                name.equals("logs") ? verb.matchedOptionValue("-n", Invocation.USUAL_LINES) : Invocation.USUAL_LINES;
        if (lines < 0 || lines > AdminApi.MOST_LINES) {
            throw new ParameterException(
                    verb.commandSpec().commandLine(), "-n takes a number from 0 to " + AdminApi.MOST_LINES);
        }
        Optional<String> socket = Optional.ofNullable(verb.matchedOptionValue("--socket", (Path) null))
                .or(() -> Optional.ofNullable(all.matchedOptionValue("--socket", (Path) null)))
                .map(Path::toString);
        boolean json = verb.matchedOptionValue("--json", false);
        return Optional.of(new Invocation(
                name, operand, socket, json, verb.matchedOptionValue("-f", false), lines, parameters(verb)));
    }

    /** What is told the daemon beside the operand, how often {@code watch} asks it, and where {@code fetch} writes. */
    private static Map<String, String> parameters(ParseResult verb) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (verb.commandSpec().name().equals("watch")) {
            parameters.put("interval", Integer.toString(interval(verb)));
        }
        if (verb.commandSpec().name().equals("drill")) {
            DrillOptions.read(verb, parameters);
            return parameters;
        }
        if (verb.matchedOptionValue("--stored", false)) {
            parameters.put("stored", "1");
        }
        if (verb.matchedOptionValue("--canary", false)) {
            parameters.put("canary", "1");
        }
        Optional.ofNullable(verb.matchedPositionalValue(1, (String) null))
                .ifPresent(file -> parameters.put("file", file));
        Optional.ofNullable(verb.matchedOptionValue("--config", (Path) null))
                .ifPresent(file -> parameters.put("config", file.toString()));
        Optional.ofNullable(verb.matchedOptionValue("--profile", (String) null))
                .ifPresent(profile -> parameters.put("profile", profile));
        Optional.ofNullable(verb.matchedOptionValue("--expect", (String[]) null))
                .ifPresent(kinds -> parameters.put("expect", String.join(",", kinds)));
        Optional.ofNullable(verb.matchedOptionValue("--for", (String) null))
                .ifPresent(text -> parameters.put("seconds", Long.toString(seconds(verb, "--for", text))));
        return parameters;
    }

    /** What the list takes, {@code verify} and {@code fetch} don't. */
    private static void requireListAlone(ParseResult verb, String name) {
        for (String option : List.of("--json", "--stored")) {
            if (verb.hasMatchedOption(option)) {
                throw new ParameterException(
                        verb.subcommand().commandSpec().commandLine(), option + " is for the list, not for " + name);
            }
        }
    }

    private static int interval(ParseResult verb) {
        double seconds = verb.matchedOptionValue("--interval", Watch.USUAL / 1000.0);
        if (!(seconds >= Watch.SHORTEST / 1000.0 && seconds <= Watch.LONGEST / 1000.0)) {
            throw new ParameterException(verb.commandSpec().commandLine(), "--interval takes seconds from 0.2 to 60");
        }
        return (int) Math.round(seconds * 1000);
    }

    static long seconds(ParseResult verb, String option, String text) {
        Matcher matcher = DURATION.matcher(text);
        long seconds = 0;
        if (matcher.matches()) {
            for (int unit = 0; unit < UNIT_SECONDS.length; unit++) {
                String digits = matcher.group(unit + 1);
                seconds += digits == null ? 0 : Long.parseLong(digits) * UNIT_SECONDS[unit];
            }
        }
        if (seconds < 1) {
            throw new ParameterException(
                    verb.commandSpec().commandLine(), option + " takes a time such as 90m, 1h30m or 45s, not " + text);
        }
        return seconds;
    }

    /** One line on what is wrong, and how the command goes. */
    static void complain(ParameterException problem, PrintStream err) {
        PrintWriter writer = new PrintWriter(err, true, StandardCharsets.UTF_8);
        writer.println("relayctl: " + Plain.text(problem.getMessage()));
        CommandLine.UnmatchedArgumentException.printSuggestions(problem, writer);
        writer.print(problem.getCommandLine().getHelp().synopsisHeading() + synopsis(problem.getCommandLine()));
        writer.println("Try: " + problem.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        writer.flush();
    }

    private static String synopsis(CommandLine command) {
        return command.getHelp().synopsis(0);
    }

    String completion() {
        return AutoComplete.bash("relayctl", line);
    }

    private static CommandSpec verb(String description) {
        CommandSpec spec = CommandSpec.create();
        spec.usageMessage().description(description);
        return describe(spec);
    }

    private static CommandSpec describe(CommandSpec spec) {
        spec.addOption(OptionSpec.builder("--socket")
                .paramLabel("PATH")
                .type(Path.class)
                .description("the daemon's control socket; else $RELAY_SOCKET, else " + Relayctl.USUAL_SOCKET)
                .build());
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("shows this")
                .build());
        return spec;
    }

    private static CommandSpec show() {
        CommandSpec show = verb("Says that programme is expected, or that it no longer is.");
        show.addSubcommand(
                "start",
                verb("Starts a show; it replaces one that was started before.")
                        .addPositional(
                                operand("NAME", "any text on one line", "1").build())
                        .addOption(value(
                                        "--profile",
                                        "NAME",
                                        "a profile of relay.yaml by which dead air is told",
                                        String.class)
                                .build())
                        .addOption(
                                value("--expect", "KIND", "dead air that is announced, and so is none", String[].class)
                                        .splitRegex(",")
                                        .completionCandidates(KINDS)
                                        .build())
                        .addOption(value("--for", "DURATION", "ends it by itself, after 90m for example", String.class)
                                .build()));
        show.addSubcommand("end", verb("Ends the show that was started."));
        show.addSubcommand(
                "status",
                verb("Shows which show is on and which comes next.").addOption(flag("--json", "for programs")));
        return show;
    }

    private static CommandSpec monitoring() {
        CommandSpec monitoring = verb("Makes what Prometheus, Alertmanager, Blackbox and Grafana need.");
        monitoring.addSubcommand(
                "render",
                verb("Writes it into a directory; files there that were changed by hand are left as they are.")
                        .addPositional(operand("DIR", "the directory, made if need be", "1")
                                .build())
                        .addOption(value("--config", "FILE", "else " + Rendering.USUAL_CONFIG, Path.class)
                                .build()));
        return monitoring;
    }

    private static CommandSpec recordings() {
        CommandSpec recordings = verb("Lists what was recorded, the newest first.")
                .addOption(flag("--json", "for programs"))
                .addOption(flag("--stored", "also those that only the store has: of other machines, or of long ago"));
        recordings.addSubcommand(
                "verify",
                verb("Reads recordings again from the store and proves each byte and each frame; exits with 1 on any flaw.")
                        .addPositional(operand("ID", "one of the list; all that are complete when not given", "0..1")
                                .build()));
        recordings.addSubcommand(
                "fetch",
                verb("Brings a recording back as one file, verified.")
                        .addPositional(operand("ID", "one of the list", "1").build())
                        .addPositional(operand(
                                        "FILE",
                                        "is made, never overwritten, and has its name only when it is whole; - for standard output",
                                        "1")
                                .index("1")
                                .build()));
        return recordings;
    }

    static OptionSpec.Builder value(String name, String label, String description, Class<?> type) {
        return OptionSpec.builder(name).paramLabel(label).type(type).description(description);
    }

    private static CommandSpec logs() {
        return verb("Shows what the children and the daemon printed last.")
                .addPositional(child("0..1"))
                .addOption(flag("-f", "goes on with what comes, until Ctrl-C", "--follow"))
                .addOption(OptionSpec.builder("-n", "--lines")
                        .paramLabel("N")
                        .type(int.class)
                        .description("begins with the last N lines; " + Invocation.USUAL_LINES + " when not given")
                        .build());
    }

    private static PositionalParamSpec child(String arity) {
        return operand("CHILD", "its name, as in relayctl status", arity).build();
    }

    static PositionalParamSpec.Builder operand(String label, String description, String arity) {
        return PositionalParamSpec.builder()
                .paramLabel(label)
                .type(String.class)
                .arity(arity)
                .required(!arity.startsWith("0"))
                .index("0")
                .description(description);
    }

    static OptionSpec flag(String name, String description, String... others) {
        String[] names = new String[others.length + 1];
        names[0] = name;
        System.arraycopy(others, 0, names, 1, others.length);
        return OptionSpec.builder(names)
                .type(boolean.class)
                .description(description)
                .build();
    }
}
