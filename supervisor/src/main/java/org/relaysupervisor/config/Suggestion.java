package org.relaysupervisor.config;

import java.util.Collection;
import java.util.Locale;

/** The word that was probably meant. */
public final class Suggestion {
    private Suggestion() {}

    /** {@code (did you mean "x"?)}, or nothing when no known word is near. */
    public static String among(Collection<String> known, String written) {
        String nearest = null;
        int least = Math.max(2, written.length() / 3) + 1;
        for (String word : known) {
            int distance = distance(word, written.toLowerCase(Locale.ROOT));
            if (distance < least) {
                least = distance;
                nearest = word;
            }
        }
        return nearest == null ? "" : " (did you mean \"" + nearest + "\"?)";
    }

    /** Levenshtein's edit distance: insertions, deletions and substitutions, by the usual two rows. */
    private static int distance(String a, String b) {
        if (b.length() > 60) {
            return b.length();
        }
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(substituted, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[b.length()];
    }
}
