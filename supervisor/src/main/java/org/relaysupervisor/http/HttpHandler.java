package org.relaysupervisor.http;

/** Answers requests. Runs on the server's own bounded pool of threads, under a deadline, so it may block for a while. */
@FunctionalInterface
public interface HttpHandler {
    /** @throws Exception answered as 500 with the message, and logged */
    HttpReply handle(HttpCall call) throws Exception;
}
