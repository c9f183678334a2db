package org.relaysupervisor.page;

/**
 * The answer to one of the page's questions, in plain words.
 *
 * @param id such as {@code audible}
 * @param text a few words
 * @param detail what else is worth knowing, or what to do; may be empty
 */
record Answer(String id, Mark mark, String text, String detail) {}
