package org.relaysupervisor.proxy;

/** For tests that look at something else. */
final class SilentAccessLog implements AccessLog {
    @Override
    public void append(String line) {}

    @Override
    public long dropped() {
        return 0;
    }
}
