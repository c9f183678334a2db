package org.relaysupervisor.supervise;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.relaysupervisor.loop.ManualLoop;
import org.relaysupervisor.process.Exit;
import org.relaysupervisor.process.FakeProcesses;
import org.relaysupervisor.process.FakeProcesses.FakeProcess;
import org.relaysupervisor.process.ProcessSpec;
import org.relaysupervisor.supervise.ProbeRunner.Answer;

/** A supervisor on a manual loop, with all that surrounds it in the test's hands. */
final class Scene implements Supervisor.Listener {
    static final Probe READY = pid -> {};
    static final Probe ALIVE = pid -> {};

    static final Duration READY_EVERY = Duration.ofMillis(100);
    static final Duration ALIVE_EVERY = Duration.ofSeconds(2);
    static final Duration PROBE_TIMEOUT = Duration.ofSeconds(1);
    static final Duration START_TIMEOUT = Duration.ofSeconds(20);
    static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
    static final RestartPolicy POLICY = new RestartPolicy(
            Duration.ZERO,
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            5,
            Duration.ofMinutes(1),
            Duration.ofMinutes(2));

    final ManualLoop loop = new ManualLoop();
    final FakeProcesses processes = new FakeProcesses();
    final FakeProbeRunner probes = new FakeProbeRunner();
    final List<String> events = new ArrayList<>();
    String lastLine = "";
    /** 0.5 is no jitter. */
    double chance = 0.5;

    final Supervisor supervisor = new Supervisor(
            loop, processes, probes, () -> chance, name -> Optional.of(lastLine).filter(line -> !line.isEmpty()), this);

    static ChildSpec spec(String name, String... after) {
        return spec(name, 1, after);
    }

    /** @param version shows in the argv, to tell a newer specification from an older */
    static ChildSpec spec(String name, int version, String... after) {
        return spec(
                name,
                () -> new ProcessSpec(name, List.of("/bin/" + name, "v" + version), Map.of(), Path.of("/")),
                after);
    }

    static ChildSpec spec(String name, ChildSpec.Launch launch, String... after) {
        return new ChildSpec(
                name,
                List.of(after),
                launch,
                READY,
                READY_EVERY,
                ALIVE,
                ALIVE_EVERY,
                3,
                PROBE_TIMEOUT,
                START_TIMEOUT,
                STOP_TIMEOUT,
                POLICY);
    }

    /** A scene with these children, each wanted and UP. */
    static Scene up(ChildSpec... specs) {
        Scene scene = new Scene();
        for (ChildSpec spec : specs) {
            scene.supervisor.add(spec);
            scene.supervisor.start(spec.name());
            scene.makeReady(spec.name());
        }
        return scene;
    }

    ChildSnapshot child(String name) {
        return supervisor.snapshot().stream()
                .filter(child -> child.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no child " + name));
    }

    ChildState state(String name) {
        return child(name).state();
    }

    FakeProcess process(String name) {
        return processes.newest(name);
    }

    /** Lets the next readiness probe of a starting child pass. */
    void makeReady(String name) {
        loop.advance(READY_EVERY);
        answer(name, Answer.YES);
    }

    FakeProbeRunner.Asked question(String name) {
        long pid = process(name).pid();
        return probes.open().stream()
                .filter(asked -> asked.pid == pid)
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing is asked about " + name));
    }

    void answer(String name, Answer answer) {
        question(name).answer(answer);
        loop.runPosted();
    }

    /** Time passes in which every probe passes at once. */
    void staysWellFor(Duration time) {
        for (Duration left = time; left.compareTo(Duration.ZERO) > 0; left = left.minus(READY_EVERY)) {
            loop.advance(READY_EVERY);
            probes.open().forEach(asked -> asked.answer(Answer.YES));
            loop.runPosted();
        }
    }

    void dies(String name, Exit exit) {
        process(name).exit(exit);
        loop.runPosted();
    }

    void dies(String name) {
        dies(name, new Exit.Code(1));
    }

    /** Dies again and again. Returns how often it took. */
    int diesUntilFailed(String name) {
        int deaths = 0;
        while (state(name) != ChildState.FAILED && deaths < 100) {
            if (state(name) == ChildState.BACKOFF) {
                loop.advance(Duration.ofMillis(100));
            } else {
                dies(name);
                deaths++;
            }
        }
        return deaths;
    }

    @Override
    public void spawned(String name, long pid) {
        events.add(name + " spawned");
    }

    @Override
    public void adopted(String name, long pid) {
        events.add(name + " adopted");
    }

    @Override
    public void exited(String name, long pid, Exit exit) {
        events.add(name + " exited");
    }

    @Override
    public void changed(ChildSnapshot before, ChildSnapshot after) {
        if (before.state() != after.state()) {
            events.add(after.name() + " " + after.state().label());
        }
    }
}
