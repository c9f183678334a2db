package org.relaysupervisor.admin;

import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.relaysupervisor.archive.RecordingView;
import org.relaysupervisor.http.HttpCall;
import org.relaysupervisor.http.HttpHandler;
import org.relaysupervisor.http.HttpReply;
import org.relaysupervisor.http.HttpServer;
import org.relaysupervisor.status.Finding;
import org.relaysupervisor.status.RelaySnapshot;

/**
 * The control protocol: JSON for programs and, with {@code format=text}, finished text for {@code relayctl}, which then only
 * prints. Safe from any thread.
 */
public final class AdminApi implements HttpHandler {
    /** The number of the newest line in an answer of {@code /logs}, to ask {@code after=} it. */
    static final String SEQUENCE_HEADER = "X-Sequence";

    static final int MOST_LINES = 10_000;
    private static final int USUAL_LINES = 50;

    private final Supplier<RelaySnapshot> status;
    private final Commands commands;
    private final Logs logs;
    private final RecordingCalls recordings;
    private final Checkup checkup;

    /** @param status makes a fresh snapshot at each call, without waiting for the control loop */
    public AdminApi(
            Supplier<RelaySnapshot> status, Commands commands, Logs logs, Recordings recordings, Checkup checkup) {
        this.status = status;
        this.commands = commands;
        this.logs = logs;
        this.recordings = new RecordingCalls(recordings);
        this.checkup = checkup;
    }

    @Override
    public HttpReply handle(HttpCall call) throws IOException, InterruptedException {
        try {
            return answer(call);
        } catch (Refused refused) {
            return message(call, refused.status(), "error", refused.getMessage());
        }
    }

    private HttpReply answer(HttpCall call) throws IOException, InterruptedException {
        String path = call.path();
        if (path.startsWith("/children/")) {
            return command(call, path.substring("/children/".length()));
        }
        switch (path) {
            case "/status" -> {
                require(call, "GET");
                return status(call);
            }
            case "/logs" -> {
                require(call, "GET");
                return logs(call);
            }
            case "/version" -> {
                require(call, "GET");
                return message(call, 200, "version", status.get().version());
            }
            case "/reload" -> {
                require(call, "POST");
                boolean canary = call.parameter("canary").equals(Optional.of("1"));
                return outcome(call, canary ? commands.canary() : commands.reload());
            }
            case "/watch" -> {
                require(call, "GET");
                return watch(call);
            }
            case "/show" -> {
                require(call, "GET");
                return show(call);
            }
            case "/show/start" -> {
                require(call, "POST");
                return outcome(
                        call,
                        commands.startShow(
                                ShowCalls.name(call),
                                call.parameter("profile"),
                                ShowCalls.expected(call),
                                ShowCalls.duration(call)));
            }
            case "/show/end" -> {
                require(call, "POST");
                return outcome(call, commands.endShow());
            }
            case "/recordings" -> {
                require(call, "GET");
                return recordings(call);
            }
            case "/recordings/verify" -> {
                require(call, "GET");
                return recordings.verify(call);
            }
            case "/recordings/fetch" -> {
                require(call, "GET");
                return recordings.fetch(call);
            }
            case "/doctor" -> {
                require(call, "POST");
                return doctor(call);
            }
            case "/drill" -> {
                require(call, "GET");
                return drills(call);
            }
            case "/drill/start" -> {
                require(call, "POST");
                return outcome(
                        call,
                        commands.startDrill(
                                Refused.required(call, "name"),
                                DrillCalls.longest(call),
                                DrillCalls.mostListeners(call),
                                DrillCalls.force(call)));
            }
            case "/drill/renew" -> {
                require(call, "POST");
                return outcome(call, commands.renewDrill(Refused.required(call, "id")));
            }
            case "/drill/end" -> {
                require(call, "POST");
                return outcome(call, commands.endDrill(Refused.required(call, "id")));
            }
            default ->
                throw new Refused(
                        404,
                        "there is no " + path
                                + "; there are /status, /logs, /version, /reload, /show, /show/start, /show/end, /recordings, /recordings/verify,"
                                + " /recordings/fetch, /doctor, /drill, /drill/start, /drill/renew, /drill/end and /children/NAME/restart, stop and start");
        }
    }

    private HttpReply status(HttpCall call) throws IOException {
        RelaySnapshot relay = status.get();
        if (isText(call)) {
            return HttpReply.text(200, StatusText.render(relay, isColoured(call)));
        }
        return HttpReply.json(200, StatusJson.render(relay));
    }

    private HttpReply watch(HttpCall call) {
        Canvas canvas = new Canvas(
                Refused.number(call, "columns", 20, 1_000).orElse(80L).intValue(),
                Refused.number(call, "rows", 4, 500).orElse(24L).intValue(),
                call.parameter("ascii").equals(Optional.of("1")),
                isColoured(call));
        List<Logs.LogLine> events = logs.tail(Optional.of(Logs.DAEMON), canvas.rows());
        return HttpReply.text(200, String.join("\n", WatchPage.render(status.get(), events, canvas)) + "\n");
    }

    private HttpReply show(HttpCall call) throws IOException {
        RelaySnapshot relay = status.get();
        return isText(call)
                ? HttpReply.text(200, ShowText.render(relay, isColoured(call)))
                : HttpReply.json(200, StatusJson.compose(HeardJson.shows(relay.shows())));
    }

    private HttpReply drills(HttpCall call) throws IOException {
        return isText(call)
                ? HttpReply.text(200, DrillCalls.text(commands.drills(), isColoured(call)))
                : HttpReply.json(200, StatusJson.compose(DrillCalls.json(commands.drills())));
    }

    private HttpReply recordings(HttpCall call) throws IOException, InterruptedException {
        List<RecordingView> found = recordings.list(call);
        return isText(call)
                ? HttpReply.text(200, RecordingText.list(found, isColoured(call)))
                : HttpReply.json(200, StatusJson.compose(RecordingJson.list(found)));
    }

    /** Done unless something failed: a warning can be lived with. */
    private HttpReply doctor(HttpCall call) throws IOException, InterruptedException {
        List<Finding> findings = checkup.examine();
        boolean failed = findings.stream().anyMatch(finding -> finding.level() == Finding.Level.FAILED);
        HttpReply reply = isText(call)
                ? HttpReply.text(200, DoctorText.render(findings, isColoured(call)))
                : HttpReply.json(200, StatusJson.compose(RecordingJson.findings(findings)));
        return reply.withHeader(HttpServer.OUTCOME, failed ? HttpServer.FAILED : HttpServer.DONE);
    }

    private HttpReply command(HttpCall call, String childAndVerb) throws IOException, InterruptedException {
        int slash = childAndVerb.lastIndexOf('/');
        String verb = childAndVerb.substring(slash + 1);
        if (slash < 0 || !List.of("restart", "stop", "start").contains(verb)) {
            throw new Refused(404, "a child can be asked for /restart, /stop or /start");
        }
        require(call, "POST");
        String child = known(childAndVerb.substring(0, slash), children());
        return outcome(
                call,
                switch (verb) {
                    case "restart" -> commands.restart(child);
                    case "stop" -> commands.stop(child);
                    default -> commands.start(child);
                });
    }

    private HttpReply logs(HttpCall call) {
        Optional<String> child = call.parameter("child")
                .map(name -> known(
                        name,
                        Stream.concat(children().stream(), Stream.of(Logs.DAEMON))
                                .toList()));
        long after = Refused.number(call, "after", 0, Long.MAX_VALUE).orElse(0L);
        Optional<Long> count = Refused.number(call, "lines", 0, MOST_LINES);
        List<Logs.LogLine> lines = call.parameter("after").isPresent()
                ? logs.after(after, child)
                : logs.tail(child, count.orElse((long) USUAL_LINES).intValue());
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line.at().truncatedTo(ChronoUnit.SECONDS))
                .append(' ')
                .append(line.child())
                .append(": ")
                .append(Plain.text(line.text()))
                .append('\n'));
        long last = lines.isEmpty() ? after : lines.get(lines.size() - 1).sequence();
        return HttpReply.text(200, text.toString()).withHeader(SEQUENCE_HEADER, Long.toString(last));
    }

    private List<String> children() {
        return status.get().children().stream()
                .map(child -> child.state().name())
                .toList();
    }

    private static String known(String name, List<String> names) {
        if (!names.contains(name)) {
            throw new Refused(404, "there is no child " + name + "; there are " + String.join(", ", names));
        }
        return name;
    }

    private static void require(HttpCall call, String method) {
        if (!call.method().equals(method)) {
            throw new Refused(405, call.path() + " takes " + method + ", not " + call.method());
        }
    }

    private static HttpReply outcome(HttpCall call, Commands.Outcome outcome) throws IOException {
        return outcome.done()
                ? message(call, 200, "message", outcome.message())
                : message(call, 409, "error", outcome.message());
    }

    private static HttpReply message(HttpCall call, int status, String field, String message) throws IOException {
        if (!isText(call)) {
            return HttpReply.json(status, StatusJson.compose(Map.of(field, message)));
        }
        StringBuilder text = new StringBuilder();
        message.lines().forEach(line -> text.append(Plain.text(line)).append('\n'));
        return HttpReply.text(status, text.toString());
    }

    private static boolean isColoured(HttpCall call) {
        return call.parameter("color").equals(Optional.of("1"));
    }

    private static boolean isText(HttpCall call) {
        return call.parameter("format").equals(Optional.of("text"));
    }
}
