# Sourced: the unprivileged account that the programs run as when the commands are started by root.
# shellcheck shell=bash disable=SC2034 # the array is for those who source this

# Put before a command, runs it as the account; empty, and so without effect, when we are not root.
as_account=()

# use_account NAME HOME PURPOSE: makes the system account when it is not there (HOME it gets only on paper: Java's user.home),
# and sets $as_account. Does nothing unless we are root.
use_account() {
    local name=$1 directory=$2 purpose=$3
    ((EUID == 0)) || return 0
    if ! getent passwd "$name" >/dev/null; then
        useradd --system --user-group --no-create-home --home-dir "$directory" --shell /usr/sbin/nologin \
            --comment "$purpose" "$name" || die "could not make the system account $name."
        say "  account: made the system account $name ($purpose)"
    fi
    [[ $(id -u "$name") != 0 ]] || die "the account $name is root under another name; nothing is run as root here."
    # setpriv keeps the pid when it is exec'ed, so that signals reach the program itself.
    as_account=(setpriv --reuid="$name" --regid="$name" --init-groups --inh-caps=-all --bounding-set=-all --no-new-privs --)
}
