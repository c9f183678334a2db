package org.relaysupervisor.proof;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.relaysupervisor.proof.Hearing.Heard;
import org.relaysupervisor.proof.SourceChain.Verdict;
import org.relaysupervisor.proof.SwarmReport.Kind;

/** Compares what the sampled listeners heard with what the source sent, from event to event. */
final class Followers {
    /** A frame this old is the last one of a listener that has fallen silent. */
    private static final long STALE_NANOS = 2_000_000_000L;

    private final ListenerSwarm swarm;
    private final SourceTap source;
    /** By listener: connections, and faults already told. */
    private Map<Integer, Life> before = new HashMap<>();

    private record Life(int connections, int faults) {}

    /**
     * @param equal steady listeners without a new connection or a new fault, who still hear something
     * @param faults the new ones, of all sampled listeners
     */
    record Judgement(int sampled, int equal, List<String> faults) {}

    Followers(ListenerSwarm swarm, SourceTap source) {
        this.swarm = swarm;
        this.source = source;
    }

    private record Judged(Heard heard, Verdict verdict) {
        /** When the first frame came, after {@code since}, that is of {@code run} or a later one; -1 asks for foreign ones. */
        OptionalLong first(int run, long since) {
            return IntStream.range(0, heard.frames().length)
                    .filter(i -> heard.heardAt()[i] - since > 0)
                    .filter(i -> run < 0 ? verdict.runOf()[i] < 0 : verdict.runOf()[i] >= run)
                    .mapToLong(i -> heard.heardAt()[i])
                    .findFirst();
        }
    }

    private List<Judged> judgeAll() throws InterruptedException {
        // In this order: nobody can have heard what the source hasn't sent.
        List<Heard> all = swarm.heard();
        SourceChain chain = new SourceChain(source.runs());
        return all.stream()
                .map(heard -> new Judged(heard, chain.judge(heard.frames(), heard.heardAt())))
                .toList();
    }

    /** Judges all that happened since the last time. */
    Judgement judge() throws InterruptedException {
        Map<Integer, Life> now = new HashMap<>();
        Map<Integer, Heard> latest = new HashMap<>();
        Map<Integer, List<String>> faults = new HashMap<>();
        for (Judged judged : judgeAll()) {
            int listener = judged.heard().listener();
            List<String> told = faults.computeIfAbsent(listener, any -> new ArrayList<>());
            told.addAll(judged.heard().faults());
            told.addAll(judged.verdict().faults());
            now.merge(listener, new Life(1, 0), (a, b) -> new Life(a.connections() + 1, 0));
            latest.put(listener, judged.heard());
        }
        List<String> fresh = new ArrayList<>();
        int sampled = 0;
        int equal = 0;
        for (Map.Entry<Integer, Heard> entry : latest.entrySet()) {
            int listener = entry.getKey();
            List<String> told = faults.get(listener);
            Life life = new Life(now.get(listener).connections(), told.size());
            Life previous = before.getOrDefault(listener, new Life(1, 0));
            now.put(listener, life);
            told.stream()
                    .skip(previous.faults())
                    .map(fault -> "listener " + listener + (entry.getValue().icy() ? " (ICY): " : ": ") + fault)
                    .forEach(fresh::add);
            if (entry.getValue().kind() == Kind.STEADY) {
                sampled++;
                equal += life.equals(previous) && hearsNow(entry.getValue()) ? 1 : 0;
            }
        }
        before = now;
        return new Judgement(sampled, equal, fresh);
    }

    private static boolean hearsNow(Heard heard) {
        long[] times = heard.heardAt();
        return times.length > 0 && System.nanoTime() - times[times.length - 1] < STALE_NANOS;
    }

    /** How long after {@code since} the last of the steady ones heard a frame of standby; empty when one didn't. */
    Optional<Duration> standbyHeard(long since) throws InterruptedException {
        return heardByAll(-1, since);
    }

    /** How long after {@code since} the last of the steady ones heard a frame of the source's run; empty when one hasn't. */
    Optional<Duration> programmeHeard(int run, long since) throws InterruptedException {
        return heardByAll(run, since);
    }

    private Optional<Duration> heardByAll(int run, long since) throws InterruptedException {
        Map<Integer, OptionalLong> first = new HashMap<>();
        for (Judged judged : judgeAll()) {
            if (judged.heard().kind() == Kind.STEADY) {
                first.merge(
                        judged.heard().listener(),
                        judged.first(run, since),
                        (earlier, later) -> earlier.isPresent() ? earlier : later);
            }
        }
        if (first.isEmpty() || !first.values().stream().allMatch(OptionalLong::isPresent)) {
            return Optional.empty();
        }
        long last =
                first.values().stream().mapToLong(OptionalLong::getAsLong).max().orElseThrow();
        return Optional.of(Duration.ofNanos(last - since));
    }
}
