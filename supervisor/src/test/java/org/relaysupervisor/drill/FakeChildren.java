package org.relaysupervisor.drill;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.relaysupervisor.process.Processes.Signal;
import org.relaysupervisor.supervise.ChildSnapshot;
import org.relaysupervisor.supervise.ChildState;
import org.relaysupervisor.supervise.Replacements;

/** One child, in the test's hands. */
final class FakeChildren implements Children {
    final List<String> calls = new ArrayList<>();
    ChildState state = ChildState.UP;
    boolean wanted = true;
    long pid = 100;

    @Override
    public Optional<ChildSnapshot> child(String name) {
        return Optional.of(new ChildSnapshot(
                name,
                name,
                wanted,
                state,
                state == ChildState.UP ? OptionalLong.of(pid) : OptionalLong.empty(),
                Optional.of(Instant.EPOCH),
                false,
                OptionalLong.empty(),
                1,
                Map.of(),
                Replacements.NONE,
                Optional.empty(),
                ""));
    }

    @Override
    public void signal(String name, Signal signal) {
        calls.add(signal + " " + name + " " + pid);
    }

    @Override
    public void release(String name) {
        calls.add("release " + name);
    }

    @Override
    public void stallSuccessors(String name, boolean on) {
        calls.add("stall successors of " + name + " " + on);
    }

    @Override
    public void stop(String name) {
        calls.add("stop " + name);
        wanted = false;
        state = ChildState.STOPPED;
    }

    @Override
    public void start(String name) {
        calls.add("start " + name);
    }
}
