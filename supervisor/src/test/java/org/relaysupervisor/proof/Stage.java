package org.relaysupervisor.proof;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.relaysupervisor.station.Station;

/**
 * The real daemon with its real programs, an audience, and one event after the other. Beside the relay's audience another one
 * of the same size may listen to the same Icecast through HAProxy.
 */
final class Stage implements AutoCloseable {
    private static final Duration FILLED_WITHIN = Duration.ofSeconds(60);
    private static final Duration BACK_WITHIN = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(250);
    /** After which what is wrong has been heard, and what is late has come. */
    private static final Duration SETTLING = Duration.ofSeconds(2);

    final Station station;
    private final SourceTap source;
    private ListenerSwarm relay;
    private Optional<HaproxyProcess> haproxy = Optional.empty();
    private Optional<ListenerSwarm> behindHaproxy = Optional.empty();
    private Followers followers;

    /** Who listens: see {@link SwarmPlan}. */
    record Audience(int steady, int slow, int churning, int sampled, long seed) {}

    private Stage(Path directory) throws IOException {
        station = Station.prepare(directory);
        source = new SourceTap(station.sourcePort);
    }

    /** On the air, with everybody listening. */
    static Stage open(Path directory, Audience audience, boolean withHaproxy) throws IOException, InterruptedException {
        Stage stage = new Stage(directory);
        try {
            stage.configure(directory, audience);
            stage.station.start();
            stage.station.awaitOnAir();
            stage.admit(directory, audience, withHaproxy);
            return stage;
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            stage.close();
            throw e;
        }
    }

    private void configure(Path directory, Audience audience) throws IOException {
        int listeners = audience.steady() + audience.slow() + audience.churning();
        LiquidsoapWrapper.install(station, directory.resolve("tapped-liquidsoap"), source.start());
        station.edit("(?m)^  limit: \\d+$", "  limit: " + (listeners + 50));
        // A listener of HAProxy may still be there for Icecast while its successor is.
        station.edit("(?m)^  clients: \\d+$", "  clients: " + (3 * listeners + 100));
    }

    private void admit(Path directory, Audience audience, boolean withHaproxy)
            throws IOException, InterruptedException {
        relay = ListenerSwarm.start(SwarmPlan.of(station.listenerPort, "/live", audience.steady())
                .withSlow(audience.slow())
                .withChurning(audience.churning(), audience.seed())
                .withSampled(audience.sampled()));
        if (withHaproxy) {
            HaproxyProcess process = new HaproxyProcess(directory, station.icecastPort);
            haproxy = Optional.of(process);
            behindHaproxy = Optional.of(ListenerSwarm.start(SwarmPlan.of(process.port, "/live", audience.steady())));
        }
        followers = new Followers(relay, source);
        fill();
        Thread.sleep(SETTLING.toMillis());
        report();
        Followers.Judgement first = followers.judge();
        if (first.equal() < first.sampled() || !first.faults().isEmpty()) {
            throw new IllegalStateException("not what the source sent, though nothing has happened yet: " + first);
        }
    }

    /** Both audiences come back at the same time, so that neither hears more for being first. */
    private void fill() throws InterruptedException {
        relay.rejoin();
        if (behindHaproxy.isPresent()) {
            behindHaproxy.get().fill(FILLED_WITHIN);
        }
        relay.fill(FILLED_WITHIN);
    }

    private SwarmReport report() throws InterruptedException {
        if (behindHaproxy.isPresent()) {
            behindHaproxy.get().report();
        }
        return relay.report();
    }

    /** Lets everybody listen in peace for a while, and says what it was like. */
    SwarmReport calm(Duration length) throws InterruptedException {
        report();
        Thread.sleep(length.toMillis());
        return report();
    }

    /** What listeners must not notice. */
    interface Act {
        void run() throws IOException, InterruptedException;
    }

    /** What it was like for listeners, and for those that were followed frame by frame. */
    record Meanwhile(SwarmReport audience, Followers.Judgement followed) {}

    /** Lets something happen that doesn't concern listeners, and says what it was like for them. */
    Meanwhile during(Act act) throws IOException, InterruptedException {
        report();
        act.run();
        Thread.sleep(SETTLING.toMillis());
        return new Meanwhile(report(), followers.judge());
    }

    /** Does it, waits until the station is on the air again and everybody listens, and says what it was like. */
    Happening strike(Event event) throws IOException, InterruptedException {
        report();
        int runs = source.runs().size();
        long pid = station.pid(event.child);
        long since = System.nanoTime();
        event.strike(station, pid);
        until(event.child + " is another process, and up", () -> isBack(event.child, pid));
        until("the mount is back", this::isOnAir);
        fill();
        if (event == Event.KILL_LIQUIDSOAP) {
            until(
                    "the source is heard again",
                    () -> followers.programmeHeard(runs, since).isPresent());
        }
        Thread.sleep(SETTLING.toMillis());
        return describe(event, runs, since);
    }

    private Happening describe(Event event, int runs, long since) throws InterruptedException {
        boolean sourceDied = event == Event.KILL_LIQUIDSOAP;
        Optional<SwarmReport> compared = Optional.empty();
        if (behindHaproxy.isPresent()) {
            compared = Optional.of(behindHaproxy.get().report());
        }
        SwarmReport audience = relay.report();
        Optional<Duration> standby = sourceDied ? followers.standbyHeard(since) : Optional.empty();
        Optional<Duration> programme = sourceDied ? followers.programmeHeard(runs, since) : Optional.empty();
        Followers.Judgement judgement = followers.judge();
        return new Happening(
                event,
                audience,
                compared,
                judgement.sampled(),
                judgement.equal(),
                judgement.faults(),
                standby,
                programme);
    }

    private void until(String what, Callable<Boolean> condition) {
        await(what + "; the daemon said:\n" + lastLines(station.output()))
                .atMost(BACK_WITHIN)
                .pollInterval(POLL)
                .until(condition);
    }

    private static String lastLines(String text) {
        List<String> lines = text.lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }

    private boolean isBack(String child, long oldPid) throws IOException, InterruptedException {
        var now = station.child(child);
        return "up".equals(now.get("state")) && ((Number) now.get("pid")).longValue() != oldPid;
    }

    /** Asked of Icecast itself, and only once it's up: a connection while it starts can crash it. */
    private boolean isOnAir() {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create("http://127.0.0.1:" + station.icecastPort + "/live")
                            .toURL()
                            .openConnection();
            connection.setConnectTimeout(1_000);
            connection.setReadTimeout(1_000);
            try {
                return connection.getResponseCode() == 200;
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        if (relay != null) {
            relay.close();
        }
        behindHaproxy.ifPresent(ListenerSwarm::close);
        haproxy.ifPresent(HaproxyProcess::close);
        station.close();
        source.close();
    }
}
