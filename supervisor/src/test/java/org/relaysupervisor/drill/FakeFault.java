package org.relaysupervisor.drill;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tells what was asked of it, and fails when told to. */
final class FakeFault implements Fault {
    final List<String> calls = new ArrayList<>();
    Optional<String> impossible = Optional.empty();
    Optional<String> risk = Optional.empty();
    Optional<String> beginFails = Optional.empty();
    Optional<String> repairFails = Optional.empty();

    @Override
    public String what() {
        return "something breaks";
    }

    @Override
    public Optional<String> impossible() {
        return impossible;
    }

    @Override
    public Optional<String> risk() {
        return risk;
    }

    @Override
    public void begin() throws IOException {
        call("begin", beginFails);
    }

    @Override
    public void keep() {
        if (!calls.get(calls.size() - 1).equals("keep")) {
            calls.add("keep");
        }
    }

    @Override
    public void repair() throws IOException {
        call("repair", repairFails);
    }

    private void call(String name, Optional<String> failure) throws IOException {
        calls.add(name);
        if (failure.isPresent()) {
            throw new IOException(failure.get());
        }
    }
}
