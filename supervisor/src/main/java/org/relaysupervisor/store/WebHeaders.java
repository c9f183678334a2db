package org.relaysupervisor.store;

/**
 * What a web server says with an object. A directory has no place for it: there the server's own configuration counts.
 *
 * @param contentType such as {@code video/mp2t}
 * @param cacheControl such as {@code public, max-age=1}
 */
public record WebHeaders(String contentType, String cacheControl) {}
