package org.relaysupervisor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.relaysupervisor.proxy.ProxySnapshot.Continuity;
import org.relaysupervisor.proxy.ProxySnapshot.Loss;

/** Random scripts of what happens to a feed, and what must hold whatever happens. */
@SuppressWarnings("FutureReturnValueIgnored") // embedded channels do everything at once
class FeedScriptTest {
    private static final int SCRIPTS = 60;
    private static final int EVENTS = 80;

    private FeedScene scene;
    private Random random;
    private DecoderPairs pairs;
    private boolean sourceSends;
    private EmbeddedChannel settled;
    private long leftByThemselves;
    private Map<EmbeddedChannel, Boolean> answeredByIcecast;
    private final StringBuilder script = new StringBuilder();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whateverHappensListenersHearWholeFramesInOrder(boolean standby) {
        long seed = new Random().nextLong();
        for (int round = 0; round < SCRIPTS; round++) {
            play(seed + round, standby);
        }
    }

    private void play(long seed, boolean standby) {
        random = new Random(seed);
        scene = new FeedScene();
        answeredByIcecast = new HashMap<>();
        sourceSends = true;
        leftByThemselves = 0;
        script.setLength(0);
        script.append("seed ").append(seed).append("L:");
        if (standby) {
            scene.standby();
        }
        scene.connect(FeedScene.HEAD);
        pairs = new DecoderPairs(scene);
        for (int i = 0; i < EVENTS; i++) {
            happen();
            holds();
            pairs.holds(script.toString());
        }
        assertThat(scene.hearers.stream().mapToLong(this::jumps).sum())
                .as("jumps: " + script)
                .isLessThanOrEqualTo(scene.continuity().moved());
        pairs.holds(script.toString());
        scene.feed().stop();
        scene.hearers.forEach(hearer -> hearer.stall(false));
        scene.pass(Duration.ofSeconds(6));
        scene.hearers.forEach(hearer -> hearer.channel.releaseOutbound());
        scene.drain();
        assertThat(scene.feed().ring().heldBytes()).as(script.toString()).isZero();
        assertThat(scene.harness.hasTurns()).as(script.toString()).isFalse();
        assertThat(scene.feed().traffic().listeners()).as(script.toString()).isZero();
    }

    private void happen() {
        int what = random.nextInt(26);
        script.append(' ').append(what);
        switch (what) {
            case 0, 1 -> scene.connect(FeedScene.HEAD);
            case 2 -> scene.connect(FeedScene.OTHER_HEAD);
            case 3 -> scene.source.close();
            case 4 -> sourceSends = !sourceSends;
            case 5, 6, 7 -> answer(Exchanges.SOURCE_OK);
            case 8 -> answer(random.nextBoolean() ? Exchanges.UNAUTHORIZED : "HTTP/1.0 403 Forbidden\r\n\r\n");
            case 9 -> closeAnIcecast();
            case 10 -> scene.icecastAvailable(random.nextBoolean());
            case 11 -> scene.harness.connectsFail = random.nextInt(3) == 0;
            case 12 -> scene.icecast().stall(random.nextBoolean());
            case 13, 14 -> scene.listen(random.nextBoolean() ? FeedScene.PLAIN : FeedScene.WITH_TITLES);
            case 15 -> leave();
            case 16 -> aHearer().ifPresent(hearer -> hearer.stall(!hearer.isStalled()));
            case 17 -> title();
            case 18 -> rare();
            case 19 -> time(Duration.ofSeconds(random.nextInt(40)));
            case 20, 21 -> pairs.begin();
            case 22, 23 -> pairs.stopOrGoOn();
            default -> time(FeedScene.STEP.multipliedBy(1 + random.nextInt(200)));
        }
    }

    private void rare() {
        if (random.nextInt(5) == 0) {
            scene.feed().stop();
        } else {
            scene.wanted(random.nextInt(3) > 0);
        }
    }

    private void time(Duration time) {
        for (long left = time.toNanos(); left > 0; left -= FeedScene.STEP.toNanos()) {
            if (sourceSends && scene.source.isOpen() && scene.feed().hasSource()) {
                settle();
                scene.play(FeedScene.STEP);
            } else {
                scene.pass(FeedScene.STEP);
            }
            holds();
        }
        if (scene.feed().isOn() && time.toMillis() > 250) {
            assertThat((long) scene.feed().traffic().listeners())
                    .as(script.toString())
                    .isLessThanOrEqualTo(fedAndOpen());
        }
    }

    /** A parser believes three frames, so a source that sent fewer would have sent nothing. */
    private void settle() {
        if (!scene.source.equals(settled)) {
            settled = scene.source;
            scene.sendFrames(3);
        }
    }

    private void answer(String reply) {
        EmbeddedChannel icecast = anIcecast();
        if (icecast != null && icecast.isOpen() && answeredByIcecast.putIfAbsent(icecast, true) == null) {
            Harness.send(icecast, reply);
        }
    }

    private void closeAnIcecast() {
        EmbeddedChannel icecast = anIcecast();
        if (icecast != null) {
            icecast.close();
        }
    }

    private EmbeddedChannel anIcecast() {
        List<EmbeddedChannel> open =
                scene.harness.icecast.stream().filter(EmbeddedChannel::isOpen).toList();
        return open.isEmpty() ? null : open.get(random.nextInt(open.size()));
    }

    private Optional<Hearer> aHearer() {
        List<Hearer> open =
                scene.hearers.stream().filter(hearer -> hearer.channel.isOpen()).toList();
        return open.isEmpty() ? Optional.empty() : Optional.of(open.get(random.nextInt(open.size())));
    }

    private void leave() {
        aHearer().ifPresent(hearer -> {
            hearer.channel.close();
            leftByThemselves++;
        });
    }

    private void title() {
        EmbeddedChannel update = scene.harness.source();
        Harness.send(update, Exchanges.TITLE_UPDATE.replace("Hi", "t" + random.nextInt(5)));
    }

    private void holds() {
        assertThat(scene.errors()).as(script.toString()).isZero();
        long asSource = scene.harness.icecast.stream()
                .filter(EmbeddedChannel::isOpen)
                .filter(icecast -> isSource(icecast))
                .count();
        assertThat(asSource).as("sources at Icecast: " + script).isLessThanOrEqualTo(1);
        Continuity continuity = scene.continuity();
        long closed = scene.hearers.stream()
                .filter(hearer -> isFed(hearer) && !hearer.channel.isOpen())
                .count();
        assertThat(continuity.lost().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .as("closed and not counted: " + script)
                .isGreaterThanOrEqualTo(closed - leftByThemselves);
        assertThat(continuity.lost().get(Loss.STALLED)).isEqualTo(scene.harness.refused(Refusal.SLOW));
        if (!scene.feed().isOn()) {
            assertThat(scene.feed().traffic().bridges()).as(script.toString()).isEmpty();
        }
    }

    private boolean isSource(EmbeddedChannel icecast) {
        return heads.computeIfAbsent(icecast, channel -> new Hearer(channel).head())
                .startsWith("SOURCE ");
    }

    private final Map<EmbeddedChannel, String> heads = new HashMap<>();

    private static boolean isFed(Hearer hearer) {
        return hearer.head().contains("Server: relay-supervisor");
    }

    private long fedAndOpen() {
        return scene.hearers.stream()
                .filter(hearer -> isFed(hearer) && hearer.channel.isOpen())
                .count();
    }

    /** How often it heard something else than what comes next; fails when it heard less than whole frames. */
    private long jumps(Hearer hearer) {
        List<Integer> numbers = isFed(hearer) ? hearer.numbers() : List.of();
        long jumps = 0;
        for (int i = 1; i < numbers.size(); i++) {
            jumps += follows(numbers.get(i - 1), numbers.get(i)) ? 0 : 1;
        }
        return jumps;
    }

    private static boolean follows(int before, int now) {
        boolean standbyBegins = now == FeedScene.STANDBY && (before < now || before == FeedScene.STANDBY + 99);
        boolean standbyEnds = now < FeedScene.STANDBY && before >= FeedScene.STANDBY;
        return now == before + 1 || standbyBegins || standbyEnds;
    }
}
