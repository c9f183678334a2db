package org.relaysupervisor.proxy;

import io.netty.buffer.ByteBuf;

/** Decides what becomes of a request. Called on the event loop. */
interface RequestHandler {
    /**
     * The client's channel is not being read when this is called.
     *
     * @param received what has come so far, ours to release: the head, and perhaps the beginning of what follows it
     * @param headLength in bytes, with the empty line
     */
    void request(Client client, RequestHead head, ByteBuf received, int headLength);
}
