package org.relaysupervisor.metering;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.relaysupervisor.audio.DeadAir;
import org.relaysupervisor.audio.DeadAirDetector;
import org.relaysupervisor.audio.DeadAirKind;
import org.relaysupervisor.audio.Loudness;
import org.relaysupervisor.audio.LoudnessMeter;
import org.relaysupervisor.audio.MeteringUnavailableException;
import org.relaysupervisor.loop.Clock;
import org.relaysupervisor.metering.MeterSnapshot.State;

/**
 * Hears one mount. {@link #turn}, {@link #failed} and {@link #close} belong to the meter's thread, which all native memory is used and
 * given back on; {@link #want} to the control loop; {@link #snapshot} is for any thread.
 */
final class MountMeter {
    /** After so long without audio a reading says nothing of now. */
    static final Duration STALE = Duration.ofSeconds(3);

    /**
     * From the first audio after a splice on, audio of before it may still come: what waits in the kernel's buffers and the decoder's is
     * half a second at most.
     */
    static final Duration SPLICE = Duration.ofSeconds(1);

    /** How long a meter that failed rests before it begins anew. */
    static final Duration REST = Duration.ofSeconds(1);

    private static final Logger log = System.getLogger(MountMeter.class.getName());

    private final String mount;
    private final Intake intake;
    private final Clock clock;
    private final Opening opening;
    private final Supplier<Heard> facts;
    private volatile Wanted wanted;
    private volatile Hearing hearing;

    // The meter's thread's.
    private final Sparingly resynchronised;
    private final Sparingly failures;
    private final Sparingly unanswered;
    private Wanted applied;
    private Heard heard = Heard.NOTHING_KNOWN;
    private DeadAirDetector detector;
    private Ear ear;
    private Splice splice = Splice.NONE;
    private long splicedAt;
    private boolean heardBefore;
    /** Whether what goes on now is among the {@link #resynchronisations}. */
    private boolean counted;

    private boolean unheard = true;
    private boolean resting;
    private long failedAt;
    private long audioAt;
    private long frames;
    private long resynchronisations;

    /** Makes what measures loudness. */
    @FunctionalInterface
    interface Opening {
        LoudnessMeter open() throws MeteringUnavailableException;
    }

    /**
     * How the mount is to be heard.
     *
     * @param programme counts: another number is another programme
     * @param unavailable why no audio can be measured
     */
    record Wanted(Judgement judgement, long programme, Optional<String> unavailable) {}

    /** @param audioAt clock reading of when the newest audio came; without a meaning while there are no {@code frames} */
    private record Hearing(
            long turnAt,
            long audioAt,
            long frames,
            Loudness reading,
            boolean settled,
            boolean connected,
            boolean sourceSends,
            long resynchronisations,
            Map<DeadAirKind, DeadAir> deadAir) {}

    /** How far the audio around a splice has passed. */
    private enum Splice {
        NONE,
        /** Known of, but no audio has come since. */
        EXPECTED,
        /** Audio comes, of before or after. */
        PASSING
    }

    /** @param facts asked at every turn; must not block */
    MountMeter(String mount, Intake intake, Clock clock, Opening opening, Supplier<Heard> facts, Wanted wanted) {
        this.mount = mount;
        this.intake = intake;
        this.clock = clock;
        this.opening = opening;
        this.facts = facts;
        this.wanted = wanted;
        this.applied = wanted;
        this.resynchronised = new Sparingly(log, clock);
        this.failures = new Sparingly(log, clock);
        this.unanswered = new Sparingly(log, clock);
        this.detector = detector(wanted.judgement());
        publish();
    }

    Intake intake() {
        return intake;
    }

    /** From the next turn on. */
    void want(Wanted change) {
        wanted = change;
    }

    Wanted wanted() {
        return wanted;
    }

    /** Takes what has come since the last turn. */
    void turn() throws IOException, MeteringUnavailableException {
        apply(wanted);
        boolean spliced = ask();
        resting &= clock.since(failedAt).compareTo(REST) < 0;
        if (resting) {
            // What comes meanwhile would be old afterwards.
            intake.accept();
            intake.read((samples, count) -> {});
        } else if (applied.unavailable().isEmpty()) {
            listen(spliced);
        }
        detector.noBytesFor(heard.withoutBytes());
        detector.standbyFor(heard.standby());
        publish();
    }

    private void apply(Wanted change) {
        if (change.equals(applied)) {
            return;
        }
        detector.use(change.judgement().thresholds());
        detector.declare(change.judgement().expected());
        if (ear != null && change.programme() != applied.programme()) {
            ear.startProgramme();
        }
        applied = change;
    }

    /** Returns whether audio was missing since the last time. */
    private boolean ask() {
        try {
            Heard now = facts.get();
            boolean spliced = heardBefore && now.splices() != heard.splices();
            heard = now;
            heardBefore = true;
            return spliced;
        } catch (RuntimeException e) {
            // No reason to stop measuring.
            unanswered.log(Level.WARNING, "nothing can be learnt of the source of " + mount, e);
            return false;
        }
    }

    private void listen(boolean spliced) throws IOException, MeteringUnavailableException {
        if (ear == null) {
            ear = new Ear(opening.open(), detector);
            expectSplice();
        }
        if (intake.accept()) {
            resynchronise("the decoder connected anew");
        } else if (spliced) {
            resynchronise("audio was missing in the stream");
        }
        if (splice == Splice.PASSING && clock.since(splicedAt).compareTo(SPLICE) >= 0) {
            splice = Splice.NONE;
            counted = false;
            ear.spliced();
        }
        // Before anything is read: whoever saw that there was no reading must not see the old windows again.
        if (!unheard && clock.since(audioAt).compareTo(STALE) > 0) {
            unheard = true;
            detector.forgetAudio();
            expectSplice();
        }
        if (intake.read(this::hear) > 0) {
            unheard = false;
        }
    }

    private void expectSplice() {
        splice = Splice.EXPECTED;
        ear.splicing();
    }

    private void resynchronise(String reason) {
        if (!counted && frames > 0) {
            counted = true;
            resynchronisations++;
            resynchronised.log(Level.INFO, "the meter of " + mount + " resynchronises: " + reason);
        }
        expectSplice();
    }

    private void hear(float[] interleaved, int count) {
        if (count == 0) {
            return;
        }
        audioAt = clock.nanoTime();
        frames += count;
        if (splice == Splice.EXPECTED) {
            splice = Splice.PASSING;
            splicedAt = audioAt;
        }
        ear.add(interleaved, count);
    }

    private void publish() {
        hearing = new Hearing(
                clock.nanoTime(),
                audioAt,
                frames,
                ear == null ? null : ear.reading(),
                ear != null && ear.settled(),
                intake.connected(),
                heard.withoutBytes().isZero(),
                resynchronisations,
                detector.states());
    }

    /** A turn ended in an error, so nothing that was known is trusted any more: all begins anew with the next turn. */
    void failed(Throwable error) {
        failures.log(Level.ERROR, "measuring " + mount + " failed; the meter begins anew", error);
        dropEar();
        detector = detector(applied.judgement());
        resynchronisations++;
        counted = true;
        resting = true;
        failedAt = clock.nanoTime();
        publish();
    }

    private static DeadAirDetector detector(Judgement judgement) {
        DeadAirDetector fresh = new DeadAirDetector(judgement.thresholds());
        fresh.declare(judgement.expected());
        return fresh;
    }

    private void dropEar() {
        Ear last = ear;
        ear = null;
        if (last != null) {
            last.close();
        }
    }

    /** Gives the native memory back and ends the decoder's connection. */
    void close() {
        dropEar();
        intake.hangUp();
    }

    MeterSnapshot snapshot() {
        Hearing now = hearing;
        Wanted by = wanted;
        Optional<Duration> age = now.frames() > 0 ? Optional.of(clock.since(now.audioAt())) : Optional.empty();
        boolean stuck = clock.since(now.turnAt()).compareTo(STALE) > 0;
        State state = by.unavailable().isPresent() ? State.UNAVAILABLE : state(now, age);
        boolean shown = state == State.MEASURING || state == State.RESYNCHRONISING;
        return new MeterSnapshot(
                state,
                stuck ? Optional.of("the meter's thread stands still; restart the daemon") : problem(state, now, by),
                shown ? Optional.of(now.reading()) : Optional.empty(),
                age,
                stuck ? detector(by.judgement()).states() : now.deadAir(),
                by.judgement().profile(),
                now.resynchronisations(),
                Duration.ofMillis(now.frames() * 1000 / LoudnessMeter.SAMPLE_RATE));
    }

    private static State state(Hearing now, Optional<Duration> age) {
        if (now.reading() == null || age.isEmpty() || age.get().compareTo(STALE) > 0) {
            return State.WAITING;
        }
        return now.settled() ? State.MEASURING : State.RESYNCHRONISING;
    }

    private static Optional<String> problem(State state, Hearing now, Wanted by) {
        return switch (state) {
            case UNAVAILABLE -> by.unavailable();
            case MEASURING, RESYNCHRONISING -> Optional.empty();
            case WAITING ->
                Optional.of(
                        !now.sourceSends()
                                ? "no audio: the source sends nothing"
                                : now.connected()
                                        ? "the decoder sends no audio although the source does; its log says more"
                                        : "the decoder is not connected; its state and its log say why");
        };
    }
}
