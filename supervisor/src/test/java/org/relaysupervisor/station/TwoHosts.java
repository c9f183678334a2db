package org.relaysupervisor.station;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * Two machines with a line between them: network namespaces, which any account may have in a user namespace of its own. Where that
 * isn't allowed, two loopback addresses of this machine, which no line joins.
 */
final class TwoHosts implements AutoCloseable {
    /**
     * One of them.
     *
     * @param address as the other one knows it
     * @param prefix of each command that is to run there
     */
    record Host(String address, List<String> prefix) {
        /** The same command, there. */
        List<String> command(List<String> command) {
            return Stream.concat(prefix.stream(), command.stream()).toList();
        }
    }

    private static final String FIRST = "10.77.0.1";
    private static final String SECOND = "10.77.0.2";

    /** Ends with this JVM, however that ends, and with it both namespaces. Answers with two processes to enter them by; then takes orders for the line. */
    private static final String SCRIPT = """
            set -e
            ip link set lo up
            unshare --net sleep infinity &
            second=$!
            trap 'kill $second' EXIT
            while [ "$(readlink /proc/$second/ns/net)" = "$(readlink /proc/$$/ns/net)" ]; do sleep 0.02; done
            ip link add line type veth peer name line netns $second
            ip addr add %1$s/24 dev line
            ip link set line up
            nsenter --net --target $second sh -c 'ip link set lo up; ip addr add %2$s/24 dev line; ip link set line up'
            echo $$ $second
            while read -r state; do ip link set line "$state"; echo "$state"; done
            """.formatted(FIRST, SECOND);

    private final Process holder;
    private final BufferedReader answers;
    private final Host first;
    private final Host second;
    private final boolean apart;

    private TwoHosts(Process holder, BufferedReader answers, Host first, Host second, boolean apart) {
        this.holder = holder;
        this.answers = answers;
        this.first = first;
        this.second = second;
        this.apart = apart;
    }

    static TwoHosts make() throws IOException {
        Process holder = new ProcessBuilder(
                        "unshare", "--user", "--map-current-user", "--keep-caps", "--net", "sh", "-c", SCRIPT)
                .redirectErrorStream(true)
                .start();
        BufferedReader answers = holder.inputReader(StandardCharsets.UTF_8);
        String answer = answers.readLine();
        if (answer == null || !answer.matches("\\d+ \\d+")) {
            holder.destroy();
            return new TwoHosts(
                    holder, answers, new Host("127.0.0.2", List.of()), new Host("127.0.0.3", List.of()), false);
        }
        String[] pids = answer.split(" ");
        return new TwoHosts(
                holder, answers, new Host(FIRST, entering(pids[0])), new Host(SECOND, entering(pids[1])), true);
    }

    private static List<String> entering(String pid) {
        return List.of("nsenter", "--user", "--net", "--preserve-credentials", "--target", pid, "--");
    }

    Host first() {
        return first;
    }

    Host second() {
        return second;
    }

    /** Whether there is a line that can be cut. */
    boolean areApart() {
        return apart;
    }

    /** From now on nothing passes, and nobody is told. */
    void cutLine() throws IOException {
        line("down");
    }

    void mendLine() throws IOException {
        line("up");
    }

    private void line(String state) throws IOException {
        Writer orders = holder.outputWriter(StandardCharsets.UTF_8);
        orders.write(state + "\n");
        orders.flush();
        String answer = answers.readLine();
        if (!state.equals(answer)) {
            throw new IOException("the line can't be set " + state + ": " + answer);
        }
    }

    /** No order will come any more: a shell that is told to end by a signal would not end the other. */
    @Override
    public void close() throws IOException {
        holder.getOutputStream().close();
        holder.onExit().join();
    }
}
