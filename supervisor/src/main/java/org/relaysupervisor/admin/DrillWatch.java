package org.relaysupervisor.admin;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where a drill's alerts are looked for. */
interface DrillWatch {
    /**
     * What there is to be seen at one moment.
     *
     * @param alerts of Prometheus, or of Alertmanager alone
     * @param notifications by integration, such as {@code webhook}, since Alertmanager's start; empty when it isn't watched
     */
    record Look(List<Alert> alerts, Optional<Map<String, Sent>> notifications) {
        public Look {
            alerts = List.copyOf(alerts);
        }
    }

    /**
     * One alert, with the labels it is told apart by.
     *
     * @param name with these labels, such as {@code StreamDown{mount="/live"}}
     * @param firing in Prometheus; false while it is pending, or when Prometheus doesn't have it
     * @param told whether Alertmanager has it, and would notify somebody
     * @param muted whether Alertmanager has it, and notifies nobody, because of another alert, a silence or the time
     * @param receivers that Alertmanager would notify
     */
    record Alert(String name, boolean firing, boolean told, boolean muted, Set<String> receivers) {
        /** Without its labels. */
        String plainName() {
            int brace = name.indexOf('{');
            return brace < 0 ? name : name.substring(0, brace);
        }
    }

    /**
     * @param sent notifications that were taken
     * @param failed attempts in vain, of which one notification may have many
     */
    record Sent(long sent, long failed) {}

    /** @throws IOException when it can't be looked; the message says where, why, and what to do */
    Look look() throws IOException;

    /** What is looked at, for people. */
    String describe();
}
