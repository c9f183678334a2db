package org.relaysupervisor.doctor;

import org.relaysupervisor.store.StoreException.Reason;

/**
 * What an operator can do about a store that refuses.
 *
 * @param section of relay.yaml that says where it is
 * @param may what its key must be allowed to do
 * @param meanwhile what becomes of what waits for it
 * @param conflict what else has a hand in the probe
 */
record StoreAdvice(String section, String may, String meanwhile, String conflict) {
    String of(Reason reason) {
        return switch (reason) {
            case AUTH -> "check " + section + ".s3.access_key and secret_key, and that they may " + may;
            case NO_BUCKET -> "make it, or correct " + section + " in relay.yaml";
            case CLOCK_SKEW -> "set this machine's clock: timedatectl set-ntp true";
            case THROTTLED, SERVER -> "try again later; " + meanwhile + " meanwhile";
            case NETWORK -> "check " + section + ".s3.endpoint, the name server and the firewall";
            case CHECKSUM -> "bytes change on the way: don't trust this network, or this machine's memory";
            case LOCAL_IO -> "check the disk and who may write there";
            case CONFLICT -> conflict;
        };
    }
}
