package org.relaysupervisor.http;

import java.util.Map;
import java.util.Optional;

/**
 * A whole request, its head and its body within the server's bounds.
 *
 * @param method such as {@code GET}
 * @param path percent-decoded, without the query
 * @param parameters of the query, percent-decoded; of a repeated one the first
 * @param headers by lower-case name
 */
public record HttpCall(
        String method, String path, Map<String, String> parameters, Map<String, String> headers, byte[] body) {
    public HttpCall {
        parameters = Map.copyOf(parameters);
        headers = Map.copyOf(headers);
    }

    public Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    public Optional<String> header(String lowerCaseName) {
        return Optional.ofNullable(headers.get(lowerCaseName));
    }
}
