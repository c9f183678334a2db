package org.relaysupervisor.admin;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.loop.SystemClock;

/** {@code relayctl drill}: one drill, or one after the other, each with its scorecard. Runs from the daemon's own jar, which has what it needs. */
final class DrillCommand implements DrillRun.Control {
    static final long USUAL_SECONDS = 480;

    /** The daemon gives a call up after half a minute. */
    private static final long PATIENCE = 62_000;

    /** Well within the lease. */
    private static final long RENEWAL_PATIENCE = 2_000;

    private static final int KILLED_BY_INTERRUPT = 130;

    private final ControlClient daemon;
    private final Map<String, String> options;
    private final PrintStream out;
    private final PrintStream err;
    private final DrillRun.Plan plan;
    private final Thread main = Thread.currentThread();
    private volatile boolean stopped;

    /** @param options as {@link CommandModel} understood them */
    DrillCommand(ControlClient daemon, Map<String, String> options, PrintStream out, PrintStream err) {
        this.daemon = daemon;
        this.options = options;
        this.out = out;
        this.err = err;
        plan = new DrillRun.Plan(
                seconds("seconds"),
                seconds("settle"),
                Optional.ofNullable(options.get("expect")).map(DrillCommand::names),
                options.containsKey("force"));
    }

    private Duration seconds(String option) {
        return Duration.ofSeconds(Long.parseLong(options.getOrDefault(option, Long.toString(USUAL_SECONDS))));
    }

    private static Set<String> names(String list) {
        Set<String> names = new LinkedHashSet<>(List.of(list.split(",")));
        names.remove("none");
        return names;
    }

    int run(Optional<String> name) throws ControlClient.Unreachable {
        DrillWatch watch = new AlertApis(
                AlertApis.address(options.get("prometheus")), AlertApis.address(options.get("alertmanager")));
        for (String signal : new String[] {"INT", "TERM", "HUP"}) {
            Signals.handle(signal, this::stop);
        }
        Clock clock = new SystemClock();
        Consumer<Duration> pause = time -> LockSupport.parkNanos(time.toNanos());
        DrillRun run = new DrillRun(this, watch, clock, pause, () -> stopped, plan, out);
        if (name.isPresent()) {
            return one(run, name.get());
        }
        AllDrills all = new AllDrills(this, run, clock, pause, () -> stopped, plan.settle(), out);
        return all.run() ? Relayctl.DONE : Relayctl.REFUSED;
    }

    /** The first time lets it be repaired and its scorecard be shown; the second leaves that to the daemon. */
    private void stop() {
        if (stopped) {
            Runtime.getRuntime().halt(KILLED_BY_INTERRUPT);
        }
        stopped = true;
        LockSupport.unpark(main);
    }

    private int one(DrillRun run, String name) throws ControlClient.Unreachable {
        try {
            return run.run(name) ? Relayctl.DONE : Relayctl.REFUSED;
        } catch (DrillRun.Refusal e) {
            out.flush();
            err.println("relayctl: " + Plain.text(e.getMessage()));
            return Relayctl.REFUSED;
        }
    }

    @Override
    public List<DrillRun.Choice> choices() throws ControlClient.Unreachable {
        ControlClient.Answer answer = daemon.ask("GET", "/drill", PATIENCE);
        List<DrillRun.Choice> choices = new ArrayList<>();
        try {
            Object drills = JSON.std
                    .mapFrom(new String(answer.body(), StandardCharsets.UTF_8))
                    .get("drills");
            for (Object drill : drills instanceof List<?> list ? list : List.of()) {
                if (drill instanceof Map<?, ?> fields) {
                    Optional<String> refused =
                            Optional.ofNullable(fields.get("refused")).map(Object::toString);
                    choices.add(new DrillRun.Choice(String.valueOf(fields.get("name")), refused));
                }
            }
        } catch (IOException e) {
            throw new ControlClient.Unreachable("the daemon's list of drills can't be read: " + e.getMessage());
        }
        return choices;
    }

    @Override
    public String start(String name) throws DrillRun.Refusal, ControlClient.Unreachable {
        String target = "/drill/start?format=text&name=" + encode(name)
                + "&seconds=" + plan.hold().plusSeconds(60).toSeconds()
                + "&most_listeners=" + options.getOrDefault("listeners", "0")
                + (plan.force() ? "&force=1" : "");
        return order(target, PATIENCE);
    }

    @Override
    public void renew(String id) throws DrillRun.Refusal, ControlClient.Unreachable {
        order("/drill/renew?format=text&id=" + encode(id), RENEWAL_PATIENCE);
    }

    @Override
    public void end(String id) throws DrillRun.Refusal, ControlClient.Unreachable {
        order("/drill/end?format=text&id=" + encode(id), PATIENCE);
    }

    private String order(String target, long patience) throws DrillRun.Refusal, ControlClient.Unreachable {
        ControlClient.Answer answer = daemon.ask("POST", target, patience);
        String text = new String(answer.body(), StandardCharsets.UTF_8).strip();
        if (answer.status() >= 300) {
            throw new DrillRun.Refusal(text);
        }
        return text;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
