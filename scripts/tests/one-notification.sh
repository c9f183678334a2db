# Sourced by run: what scripts/one-notification is asked for. The proof itself takes too long for a test.
# shellcheck shell=bash disable=SC2154 # run sets $checkout

# misused MESSAGE ARGUMENT...: is refused as misused, before anything is done.
misused() {
    local message=$1 status=0
    shift
    "$checkout/scripts/one-notification" "$@" 2>complaint || status=$?
    cat complaint
    ((status == 2))
    grep -qF -- "$message" complaint
}

test_one_notification_tells_how_it_is_used() {
    "$checkout/scripts/one-notification" --help | grep -q '^usage: scripts/one-notification'
}

test_one_notification_refuses_what_it_does_not_understand() {
    misused 'unknown argument: --time' --time 3
    misused '--times needs a number' --times many
    misused '--times goes from 1 on' --times 0
    misused '--real is once' --real --times 3
}
