package org.relaysupervisor.proof;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.relaysupervisor.proof.SwarmReport.Kind;

/** The listeners and the clockwork of {@code scripts/listener-cost}. Prints lines of a key and a value. */
final class ListenerCost {
    /** A SYN that an overflowing backlog dropped is sent again after 1, 2, 4, ... 32 s. */
    private static final Duration ALL_HEAR_WITHIN = Duration.ofMinutes(2);
    /** While they join: how much coarser than they are the times to the first byte may look. */
    private static final Duration PRECISE = Duration.ofMillis(2);
    /** As a player would: what is measured needs the processor more than what measures. */
    private static final Duration CHEAP = Duration.ofMillis(250);

    private static final String USAGE = """
            usage: ListenerCost steady PORT MOUNT LISTENERS PER_SECOND SETTLE_SECONDS WINDOW_SECONDS NAME=PID[,PID...][:THREAD]...
                   ListenerCost churn PORT MOUNT LISTENERS SECONDS SEED""";

    private ListenerCost() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> words = List.of(arguments);
        if (words.size() > 7 && words.get(0).equals("steady")) {
            SwarmPlan plan = SwarmPlan.of(number(words.get(1)), words.get(2), number(words.get(3)))
                    .withJoinsPerSecond(number(words.get(4)))
                    .withPace(PRECISE);
            List<ProcessUsage> servers =
                    words.stream().skip(7).map(ProcessUsage::parse).toList();
            steady(plan, seconds(words.get(5)), seconds(words.get(6)), servers);
        } else if (words.size() == 6 && words.get(0).equals("churn")) {
            churn(
                    number(words.get(1)),
                    words.get(2),
                    number(words.get(3)),
                    seconds(words.get(4)),
                    number(words.get(5)));
        } else {
            System.err.println(USAGE);
            System.exit(2);
        }
    }

    private static void steady(SwarmPlan plan, Duration settle, Duration window, List<ProcessUsage> servers)
            throws IOException, InterruptedException {
        try (ListenerSwarm swarm = ListenerSwarm.start(plan)) {
            gather(swarm);
            SwarmReport joined = swarm.report();
            swarm.pace(CHEAP);
            Thread.sleep(settle.toMillis());
            swarm.report();
            List<Duration> before = processorTimes(servers);
            long began = System.nanoTime();
            Thread.sleep(window.toMillis());
            double seconds = (System.nanoTime() - began) / 1e9;
            List<Duration> after = processorTimes(servers);
            SwarmReport heard = swarm.report();
            for (int i = 0; i < servers.size(); i++) {
                ProcessUsage server = servers.get(i);
                print("cpu." + server.name(), after.get(i).minus(before.get(i)).toNanos() / 1e9 / seconds);
                print("rss." + server.name(), server.resident());
            }
            print("refused", joined.refused(Kind.STEADY));
            print("lost", joined.closed(Kind.STEADY) + heard.closed(Kind.STEADY));
            print("hearing", heard.hearing(Kind.STEADY));
            print("kbps", heard.bytes() * 8e-3 / seconds / Math.max(1, heard.hearing(Kind.STEADY)));
            firstBytes(joined.firstByteNanos());
        }
    }

    /** Returns when everyone has audio. When some don't get any, the result says how many do. */
    private static void gather(ListenerSwarm swarm) throws InterruptedException {
        try {
            swarm.fill(ALL_HEAR_WITHIN);
        } catch (IllegalStateException e) {
            System.err.println("ListenerCost: " + e.getMessage());
        }
    }

    private static List<Duration> processorTimes(List<ProcessUsage> servers) throws IOException {
        List<Duration> times = new ArrayList<>();
        for (ProcessUsage server : servers) {
            times.add(server.processorTime());
        }
        return times;
    }

    private static void firstBytes(long[] ascending) {
        if (ascending.length > 0) {
            print("first_byte.p50", ascending[(ascending.length - 1) / 2] / 1e9);
            print("first_byte.p99", ascending[(ascending.length * 99 - 1) / 100] / 1e9);
            print("first_byte.longest", ascending[ascending.length - 1] / 1e9);
        }
    }

    /** A tenth comes and goes, a tenth stops reading after a while and leaves later, and the others stay. */
    private static void churn(int port, String mount, int listeners, Duration duration, long seed)
            throws IOException, InterruptedException {
        int tenth = listeners / 10;
        SwarmPlan plan = SwarmPlan.of(port, mount, listeners - 2 * tenth)
                .withChurning(tenth, seed)
                .withStalling(tenth)
                .withPace(CHEAP);
        long end = System.nanoTime() + duration.toNanos();
        int lost = 0;
        int refused = 0;
        int stalledOut = 0;
        int joins = 0;
        try (ListenerSwarm swarm = ListenerSwarm.start(plan)) {
            while (System.nanoTime() - end < 0) {
                gather(swarm);
                Thread.sleep(1_000);
                SwarmReport report = swarm.report();
                lost += report.closed(Kind.STEADY) + report.closed(Kind.CHURNING);
                stalledOut += report.closed(Kind.STALLING);
                refused += report.refused(Kind.STEADY) + report.refused(Kind.CHURNING) + report.refused(Kind.STALLING);
                joins += report.firstByteNanos().length;
            }
        }
        print("joins", joins);
        print("refused", refused);
        print("lost", lost);
        print("stalled_out", stalledOut);
    }

    private static int number(String word) {
        return Integer.parseInt(word);
    }

    private static Duration seconds(String word) {
        return Duration.ofSeconds(Long.parseLong(word));
    }

    private static void print(String key, long value) {
        System.out.println(key + " " + value);
    }

    private static void print(String key, double value) {
        System.out.printf("%s %.4f%n", key, value);
    }
}
