package org.relaysupervisor.proxy;

/** Finds the end of a request's head, its empty line, in whatever pieces it comes. Looks at each byte once. */
final class HeadEnd {
    private static final int MORE_THAN_A_LINE_END = 2;

    /** Bytes of the line that is being read, up to those that matter. */
    private int lineLength;

    private boolean isReturnOnly;

    /** Whether the head is whole with this byte, which comes next. */
    boolean isAt(byte next) {
        if (next == '\n') {
            boolean empty = lineLength == 0 || isReturnOnly;
            lineLength = 0;
            isReturnOnly = false;
            return empty;
        }
        isReturnOnly = lineLength == 0 && next == '\r';
        lineLength = Math.min(MORE_THAN_A_LINE_END, lineLength + 1);
        return false;
    }
}
