package org.relaysupervisor.store;

/**
 * What a file's bytes are.
 *
 * @param length in bytes
 * @param sha256 64 lower-case hexadecimal digits
 * @param md5 32 lower-case hexadecimal digits; what S3 stores call the ETag of an object that was sent in one piece
 */
public record Content(long length, String sha256, String md5) {}
