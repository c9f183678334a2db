package org.relaysupervisor.archive;

import java.time.Instant;
import java.util.OptionalDouble;

/**
 * How loud the mount was, by EBU R128, since it began to be measured. Each value is empty when it isn't known, or there was only silence.
 *
 * @param integrated in LUFS
 * @param range in LU
 * @param truePeak in dBTP
 * @param since UTC
 */
public record Loudness(OptionalDouble integrated, OptionalDouble range, OptionalDouble truePeak, Instant since) {}
