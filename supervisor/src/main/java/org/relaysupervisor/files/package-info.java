/** Small files that survive a crash of the daemon and of the machine. Blocking; any thread. */
package org.relaysupervisor.files;
