/**
 * What a listener would hear, in numbers: loudness after EBU R 128, and whether it is a programme at all or one of the kinds of
 * dead air. Pure arithmetic on interleaved 32-bit float samples at 48 kHz: no I/O, no threads, and time is frames counted. An
 * object belongs to the one thread that feeds it.
 */
package org.relaysupervisor.audio;
