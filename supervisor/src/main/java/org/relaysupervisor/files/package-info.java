/** Small files that survive a crash of the daemon and of the machine, and what tells one content from another. Any thread. */
package org.relaysupervisor.files;
