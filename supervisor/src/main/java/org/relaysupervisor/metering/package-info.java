/**
 * Hears what listeners hear: a decoder for each metered mount turns the mount's bytes into samples, and one thread measures them
 * and tells dead air from programme. It reads through the proxy as any listener does, so nothing here can hold up the broadcast.
 */
package org.relaysupervisor.metering;
