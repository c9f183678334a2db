# Sourced by run: what scripts/detection-time is asked for. The measurement itself takes too long for a test.
# shellcheck shell=bash disable=SC2154 # run sets $checkout

# misused MESSAGE ARGUMENT...: is refused as misused, before anything is done.
misused() {
    local message=$1 status=0
    shift
    "$checkout/scripts/detection-time" "$@" 2>complaint || status=$?
    cat complaint
    ((status == 2))
    grep -qF -- "$message" complaint
    grep -q '^usage: scripts/detection-time' complaint
}

test_detection_time_tells_how_it_is_used() {
    "$checkout/scripts/detection-time" --help | grep -q '^usage: scripts/detection-time'
}

test_detection_time_refuses_what_it_does_not_understand() {
    misused 'unknown argument: --time' --time 3
    misused '--times needs a number' --times many
    misused '--seed needs a number' --seed
    misused '--times goes from 1 to 20' --times 0
    misused '--times goes from 1 to 20' --times 21
}
