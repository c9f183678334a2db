package org.relaysupervisor.audio;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.relaysupervisor.audio.HoldTimer.Sign;

/**
 * Tells which kinds of dead air a listener hears. A state machine on blocks of 100 ms, whose time is the audio's own; only what no
 * audio can tell, that none comes and that the standby plays, is told from outside with its duration. For one thread.
 */
public final class DeadAirDetector {
    /** Steadiness is known from the eleventh block on: so long has the tone lasted when it is first seen. */
    private static final long STEADY_SINCE = 1000;

    /** Momentary loudness is that of four blocks: when the last one falls below a limit, all of them are. */
    private static final long MOMENTARY_SINCE = 300;

    /** How many blocks without a clipped sample, of no power, or of power at the limit end what was. */
    private static final double CLIPPED_BLOCKS = 30;

    private static final double LOUD_BLOCKS = 50;
    private static final double QUIET_BLOCKS = 300;

    /** One sample of a block. */
    private static final double LEAST_SHARE = 1.0 / BlockAnalyzer.BLOCK_FRAMES;

    private final Map<DeadAirCause, HoldTimer> timers = new EnumMap<>(DeadAirCause.class);
    private final Set<DeadAirKind> declared = EnumSet.noneOf(DeadAirKind.class);
    private DeadAirThresholds thresholds;
    private final Excess clipped = new Excess(CLIPPED_BLOCKS);
    private final Excess loud = new Excess(LOUD_BLOCKS);
    private final Excess quiet = new Excess(QUIET_BLOCKS);

    public DeadAirDetector(DeadAirThresholds thresholds) {
        this.thresholds = thresholds;
        for (DeadAirCause cause : DeadAirCause.values()) {
            timers.put(cause, new HoldTimer());
        }
    }

    /** From the next block on; what has been held already counts. */
    public void use(DeadAirThresholds changed) {
        thresholds = changed;
    }

    /** These kinds were announced: until the next call none of them becomes active, and what was is over. */
    public void declare(Set<DeadAirKind> kinds) {
        declared.clear();
        declared.addAll(kinds);
        timers.forEach((cause, timer) -> {
            if (declared.contains(cause.kind())) {
                timer.clear();
            }
        });
    }

    /**
     * The next 100 ms.
     *
     * @param momentary LUFS at the end of the block; NaN when not known, as without a meter: then near silence and level off target
     *     can't be told
     */
    public void hear(BlockFeatures block, double momentary) {
        timers.get(DeadAirCause.NO_BYTES).clear();
        boolean digitalSilence = block.peak() <= linear(thresholds.digitalSilencePeak());
        double audible = linear(thresholds.audible());
        boolean dc = block.dc() >= audible && block.louder() < audible;
        boolean steady = block.louder() >= audible
                && block.steadiness() >= Steadiness.SAME_SPECTRUM
                && block.levelChange() <= Steadiness.SAME_LEVEL;
        pass(DeadAirCause.DIGITAL_SILENCE, Sign.of(digitalSilence));
        pass(DeadAirCause.DC, Sign.of(dc));
        passLate(DeadAirCause.STEADY_TONE, Sign.of(steady), STEADY_SINCE);
        // Who announces the deeper silence does not mean that the other be told.
        boolean announced = digitalSilence && declared.contains(DeadAirKind.DIGITAL_SILENCE);
        passLate(DeadAirCause.NEAR_SILENCE, announced ? Sign.NO : nearSilence(momentary, dc), MOMENTARY_SINCE);
        passChannels(block, audible);
        passLevel(block, momentary);
        if (!steady && block.repeatedBlocks() > 0) {
            startedBefore(DeadAirCause.FROZEN_LOOP, (block.repeatedBlocks() - 1L) * BlockAnalyzer.BLOCK_MILLISECONDS);
        }
        pass(DeadAirCause.FROZEN_LOOP, Sign.of(!steady && block.repeatedBlocks() > 0));
    }

    /** No audio for so long, by the clock of whoever waits for it; the next block ends it. */
    public void noBytesFor(Duration silence) {
        given(DeadAirCause.NO_BYTES, silence);
        if (timers.get(DeadAirCause.NO_BYTES).active()) {
            forgetAudio();
        }
    }

    /** The standby programme has played for so long; zero when it does not. */
    public void standbyFor(Duration playing) {
        given(DeadAirCause.STANDBY, playing);
    }

    /** Every kind, in the order of the enum. */
    public Map<DeadAirKind, DeadAir> states() {
        Map<DeadAirKind, DeadAir> states = new EnumMap<>(DeadAirKind.class);
        for (DeadAirKind kind : DeadAirKind.values()) {
            states.put(kind, state(kind));
        }
        return Collections.unmodifiableMap(states);
    }

    private DeadAir state(DeadAirKind kind) {
        long since = 0;
        Optional<DeadAirCause> active = Optional.empty();
        for (DeadAirCause cause : DeadAirCause.values()) {
            if (cause.kind() == kind && !hidden(cause)) {
                HoldTimer timer = timers.get(cause);
                since = Math.max(since, timer.since());
                if (timer.active() && active.isEmpty()) {
                    active = Optional.of(cause);
                }
            }
        }
        return new DeadAir(kind, active.isPresent(), declared.contains(kind), Duration.ofMillis(since), active);
    }

    /** Of two names for one thing the more exact one is told. */
    private boolean hidden(DeadAirCause cause) {
        return cause == DeadAirCause.NEAR_SILENCE
                && timers.get(DeadAirCause.DIGITAL_SILENCE).active();
    }

    private Sign nearSilence(double momentary, boolean dc) {
        if (Double.isNaN(momentary)) {
            return Sign.UNKNOWN;
        }
        return Sign.of(momentary < thresholds.nearSilence() && !dc);
    }

    private void passChannels(BlockFeatures block, double audible) {
        if (!block.stereo()) {
            return;
        }
        boolean audibleAtAll = block.louder() >= audible;
        boolean dead = block.quieter() <= block.louder() * linear(-thresholds.deadChannel());
        boolean leftQuieter = block.left() < block.right();
        pass(DeadAirCause.LEFT_DEAD, audibleAtAll ? Sign.of(dead && leftQuieter) : Sign.UNKNOWN);
        pass(DeadAirCause.RIGHT_DEAD, audibleAtAll ? Sign.of(dead && !leftQuieter) : Sign.UNKNOWN);
        pass(
                DeadAirCause.ANTIPHASE,
                audibleAtAll ? Sign.of(!dead && block.correlation() < thresholds.antiphase()) : Sign.UNKNOWN);
    }

    private void passLevel(BlockFeatures block, double momentary) {
        clipped.add(block.clipped() / Math.max(thresholds.clipped(), LEAST_SHARE) - 1);
        pass(DeadAirCause.CLIPPING, clipped, 0);
        if (!Double.isNaN(momentary)) {
            loud.add(power(momentary - thresholds.target() - thresholds.above()) - 1);
            pass(DeadAirCause.TOO_LOUD, loud, 0);
        }
        // A pause is no quiet programme.
        if (momentary >= thresholds.nearSilence()) {
            quiet.add(1 - power(momentary - thresholds.target() + thresholds.below()));
            pass(DeadAirCause.TOO_QUIET, quiet, MOMENTARY_SINCE);
        }
    }

    /** Once an excess is at its greatest, all that it went through before was a part of it. */
    private void pass(DeadAirCause cause, Excess excess, long late) {
        if (excess.isGreatest()) {
            startedBefore(cause, Math.max(late, timers.get(cause).since()));
            pass(cause, Sign.YES);
        } else if (excess.isPresent()) {
            pass(cause, Sign.UNKNOWN);
        } else if (timers.get(cause).active()) {
            pass(cause, Sign.NO);
        } else {
            timers.get(cause).clear();
        }
    }

    /** Of a sign that can only be seen so many milliseconds after it began. */
    private void passLate(DeadAirCause cause, Sign sign, long milliseconds) {
        if (sign == Sign.YES && timers.get(cause).since() == 0) {
            startedBefore(cause, milliseconds);
        }
        pass(cause, sign);
    }

    private void pass(DeadAirCause cause, Sign sign) {
        Duration hold = thresholds.holds().get(cause);
        if (hold != null && !declared.contains(cause.kind())) {
            timers.get(cause).pass(BlockAnalyzer.BLOCK_MILLISECONDS, sign, hold.toMillis());
        }
    }

    private void startedBefore(DeadAirCause cause, long milliseconds) {
        if (!declared.contains(cause.kind())) {
            timers.get(cause).sinceAtLeast(milliseconds);
        }
    }

    /** Its duration is known, so nothing needs to be added up. */
    private void given(DeadAirCause cause, Duration duration) {
        Duration hold = thresholds.holds().get(cause);
        HoldTimer timer = timers.get(cause);
        timer.clear();
        if (hold != null && !declared.contains(cause.kind()) && duration.compareTo(Duration.ZERO) > 0) {
            timer.pass(duration.toMillis(), Sign.YES, hold.toMillis());
        }
    }

    /**
     * What was heard before says nothing of now: no audio can be judged, be there any or not. Every cause that audio tells is over; no
     * bytes and standby, which are told from outside, stay.
     */
    public void forgetAudio() {
        timers.forEach((cause, timer) -> {
            if (cause != DeadAirCause.NO_BYTES && cause != DeadAirCause.STANDBY) {
                timer.clear();
            }
        });
        clipped.clear();
        loud.clear();
        quiet.clear();
    }

    private static double power(double decibels) {
        return Math.pow(10, decibels / 10);
    }

    private static double linear(double decibels) {
        return Math.pow(10, decibels / 20);
    }
}
