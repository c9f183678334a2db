/** Breaks the station on purpose, so that its alerts can be seen to fire, and mends it whatever happens. */
package org.relaysupervisor.drill;
