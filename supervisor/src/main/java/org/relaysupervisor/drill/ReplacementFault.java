package org.relaysupervisor.drill;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;

/** A restart without a break whose second process never gets anywhere: the supervisor has to give it up, and the first plays on. */
final class ReplacementFault implements Fault {
    private final Children children;
    private final String child;
    private final Supplier<Optional<String>> obstacle;

    /** @param obstacle why the child can't be restarted without a break now; empty when it can */
    ReplacementFault(Children children, String child, Supplier<Optional<String>> obstacle) {
        this.children = children;
        this.child = child;
        this.obstacle = obstacle;
    }

    @Override
    public String what() {
        return child + " is restarted, but the new one stands still (SIGSTOP) and never sounds; the old one plays on";
    }

    @Override
    public Optional<String> impossible() {
        return ChildFault.mustBeUp(children, child).or(obstacle);
    }

    @Override
    public Optional<String> restarts() {
        return Optional.of(child);
    }

    @Override
    public void begin() throws IOException {
        children.stallSuccessors(child, true);
    }

    @Override
    public void repair() throws IOException {
        children.stallSuccessors(child, false);
    }
}
