/** Tells somebody elsewhere that this machine is alive, so that its death is noticed. */
package org.relaysupervisor.heartbeat;
