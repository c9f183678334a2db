package org.relaysupervisor.admin;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.relaysupervisor.http.HttpServer;

/**
 * The operator's command. What a verb needs is loaded when it is used: its answer should be there within a tenth of a second, and
 * most of that is the start of the JVM.
 */
public final class Relayctl {
    static final int DONE = 0;
    static final int REFUSED = 1;
    static final int USAGE = 2;
    static final int UNREACHABLE = 3;

    static final String USUAL_SOCKET = "/run/relay-supervisor/control.sock";

    /** How long the daemon may be silent, in milliseconds; a command is given up by the daemon itself after a minute. */
    private static final long ASK_PATIENCE = 5_000;

    private static final long COMMAND_PATIENCE = 62_000;

    private static final long FOLLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    final PrintStream out;
    final PrintStream err;
    private final Check check;

    private Relayctl(PrintStream out, PrintStream err, Check check) {
        this.out = out;
        this.err = err;
        this.check = check;
    }

    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        int code = run(arguments, out, err, new InstalledCheck());
        out.flush();
        // Not System.exit: nothing of ours is left to be tidied up, and the JVM's own tidying takes milliseconds.
        Runtime.getRuntime().halt(code);
    }

    /** The whole command but for the JVM's end; the socket is from the arguments, {@code $RELAY_SOCKET}, or the usual one. */
    public static int run(String[] arguments, PrintStream out, PrintStream err, Check check) {
        Relayctl relayctl = new Relayctl(out, err, check);
        Optional<Invocation> daily = Invocation.read(arguments);
        return daily.isPresent() ? relayctl.perform(daily.get()) : RareInvocation.run(arguments, relayctl);
    }

    /** The check that is installed beside us; looked for when it is needed. */
    static final class InstalledCheck implements Check {
        @Override
        public int check(Path file, PrintStream out, PrintStream err) {
            Optional<Check> installed = ServiceLoader.load(Check.class).findFirst();
            if (installed.isEmpty()) {
                err.println("relayctl: this installation has no check");
                return REFUSED;
            }
            return installed.get().check(file, out, err);
        }
    }

    int perform(Invocation invocation) {
        String operand = invocation.operand().orElse("");
        ControlClient daemon = new ControlClient(socket(invocation));
        try {
            return switch (invocation.verb()) {
                case "status" -> print(daemon.ask("GET", viewTarget("/status", invocation), ASK_PATIENCE));
                case "restart", "stop", "start" -> {
                    String target = "/children/" + encode(operand) + "/" + invocation.verb() + "?format=text";
                    yield print(daemon.ask("POST", target, COMMAND_PATIENCE));
                }
                case "reload" -> {
                    String canary = invocation.parameters().containsKey("canary") ? "&canary=1" : "";
                    yield print(daemon.ask("POST", "/reload?format=text" + canary, COMMAND_PATIENCE));
                }
                case "logs" -> logs(daemon, invocation);
                case "show start" -> {
                    StringBuilder target = new StringBuilder("/show/start?format=text&name=").append(encode(operand));
                    invocation
                            .parameters()
                            .forEach((name, value) ->
                                    target.append('&').append(name).append('=').append(encode(value)));
                    yield print(daemon.ask("POST", target.toString(), COMMAND_PATIENCE));
                }
                case "show end" -> print(daemon.ask("POST", "/show/end?format=text", COMMAND_PATIENCE));
                case "show status" -> print(daemon.ask("GET", viewTarget("/show", invocation), ASK_PATIENCE));
                case "recordings" -> print(daemon.ask("GET", recordings(invocation), COMMAND_PATIENCE));
                case "recordings verify" -> verify(daemon, invocation);
                case "recordings fetch" ->
                    new Fetch(daemon, "/recordings/fetch?format=text&id=" + encode(operand), out, err)
                            .run(invocation.parameters().get("file"));
                case "doctor" -> {
                    ControlClient.Answer answer =
                            daemon.ask("POST", viewTarget("/doctor", invocation), COMMAND_PATIENCE);
                    boolean done = print(answer) == DONE
                            && answer.header(HttpServer.OUTCOME, "").equals(HttpServer.DONE);
                    yield done ? DONE : REFUSED;
                }
                case "drill" -> drill(daemon, invocation);
                case "watch" ->
                    Watch.run(daemon, Integer.parseInt(invocation.parameters().get("interval")), out, err);
                case "monitoring render" -> render(invocation);
                case "version" -> version(daemon);
                case "check" -> check.check(Path.of(operand), out, err);
                default -> {
                    out.print(new CommandModel().completion());
                    yield DONE;
                }
            };
        } catch (ControlClient.Unreachable e) {
            out.flush();
            err.println("relayctl: " + e.getMessage());
            return UNREACHABLE;
        }
    }

    private int render(Invocation invocation) {
        Optional<Rendering> installed = ServiceLoader.load(Rendering.class).findFirst();
        if (installed.isEmpty()) {
            err.println("relayctl: this installation has no monitoring");
            return REFUSED;
        }
        String config = invocation.parameters().getOrDefault("config", Rendering.USUAL_CONFIG);
        return installed
                .get()
                .render(Path.of(config), Path.of(invocation.operand().orElseThrow()), out, err);
    }

    private static Path socket(Invocation invocation) {
        if (invocation.socket().isPresent()) {
            return Path.of(invocation.socket().get());
        }
        String fromEnvironment = System.getenv("RELAY_SOCKET");
        return Path.of(fromEnvironment == null || fromEnvironment.isEmpty() ? USUAL_SOCKET : fromEnvironment);
    }

    private static String viewTarget(String path, Invocation invocation) {
        if (invocation.json()) {
            return path;
        }
        return Boolean.getBoolean("relay.color") ? path + "?format=text&color=1" : path + "?format=text";
    }

    private static String recordings(Invocation invocation) {
        String target = viewTarget("/recordings", invocation);
        boolean stored = invocation.parameters().containsKey("stored");
        return stored ? target + (invocation.json() ? "?stored=1" : "&stored=1") : target;
    }

    private int verify(ControlClient daemon, Invocation invocation) throws ControlClient.Unreachable {
        String id = invocation.operand().map(given -> "&id=" + encode(given)).orElse("");
        try {
            StreamedAnswer.Ending ending = daemon.stream("/recordings/verify?format=text" + id, new Fetch.Checked(out));
            if (ending.done()) {
                return DONE;
            }
            out.flush();
            err.println("relayctl: " + Plain.text(ending.message()));
        } catch (StreamedAnswer.OutputFailure e) {
            err.println("relayctl: the result can't be written: " + e.reason());
        }
        return REFUSED;
    }

    private int drill(ControlClient daemon, Invocation invocation) throws ControlClient.Unreachable {
        if (invocation.parameters().containsKey("list")) {
            return print(daemon.ask("GET", viewTarget("/drill", invocation), COMMAND_PATIENCE));
        }
        return new DrillCommand(daemon, invocation.parameters(), out, err).run(invocation.operand());
    }

    private int print(ControlClient.Answer answer) {
        byte[] body = answer.body();
        if (answer.status() < 300) {
            out.write(body, 0, body.length);
            return DONE;
        }
        out.flush();
        err.print("relayctl: ");
        err.write(body, 0, body.length);
        err.flush();
        return REFUSED;
    }

    private int logs(ControlClient daemon, Invocation invocation) throws ControlClient.Unreachable {
        String target = "/logs?format=text";
        if (invocation.operand().isPresent()) {
            target = target + "&child=" + encode(invocation.operand().get());
        }
        ControlClient.Answer answer = daemon.ask("GET", target + "&lines=" + invocation.lines(), ASK_PATIENCE);
        int code = print(answer);
        // Ends by Ctrl-C, or when nobody reads on: then the stream has an error.
        while (invocation.follow() && code == DONE && !out.checkError()) {
            LockSupport.parkNanos(FOLLOW_NANOS);
            String last = answer.header(AdminApi.SEQUENCE_HEADER, "0");
            answer = daemon.ask("GET", target + "&after=" + encode(last), ASK_PATIENCE);
            code = print(answer);
        }
        return code;
    }

    /** Our own version is told in any case. */
    private int version(ControlClient daemon) throws ControlClient.Unreachable {
        String own = Relayctl.class.getPackage().getImplementationVersion();
        out.println("relayctl " + (own == null ? "of an unknown version" : own));
        ControlClient.Answer answer = daemon.ask("GET", "/version?format=text", ASK_PATIENCE);
        if (answer.status() < 300) {
            out.print("relay-supervisor ");
        }
        return print(answer);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
