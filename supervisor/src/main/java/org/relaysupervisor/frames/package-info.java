/**
 * Encoded audio as frames: the smallest pieces that a decoder takes whole, so that a stream may be cut, joined and counted
 * between any two of them. Pure arithmetic on bytes: no I/O, no threads.
 */
package org.relaysupervisor.frames;
