package org.relaysupervisor.store;

import java.util.regex.Pattern;

/** What a key, and the beginning of one, may look like. */
final class Keys {
    /** More keys than this are not listed at once: the daemon's memory is small. */
    static final int MOST_LISTED = 50_000;

    private static final int LONGEST = 900;
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");
    private static final Pattern BEGINNING = Pattern.compile("(" + KEY.pattern() + "/?)?");

    private Keys() {}

    /** @throws IllegalArgumentException for one that could leave the store's directory, is hidden in it, or needs encoding in a URL */
    static String checked(String key) {
        if (key.length() > LONGEST || !KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("not a key: " + key);
        }
        return key;
    }

    static String checkedBeginning(String prefix) {
        if (prefix.length() > LONGEST || !BEGINNING.matcher(prefix).matches()) {
            throw new IllegalArgumentException("not the beginning of a key: " + prefix);
        }
        return prefix;
    }
}
