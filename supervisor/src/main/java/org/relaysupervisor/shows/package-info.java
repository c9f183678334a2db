/** Whether a show is scheduled: by fixed weekly times, by a calendar, or because an operator says so. */
package org.relaysupervisor.shows;
