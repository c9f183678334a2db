# Sourced by run: what scripts/recording-survival is asked for. The proof itself takes too long for a test.
# shellcheck shell=bash disable=SC2154 # run sets $checkout

# misused MESSAGE ARGUMENT...: is refused as misused, before anything is done.
misused() {
    local message=$1 status=0
    shift
    "$checkout/scripts/recording-survival" "$@" 2>complaint || status=$?
    cat complaint
    ((status == 2))
    grep -qF -- "$message" complaint
}

test_recording_survival_tells_how_it_is_used() {
    "$checkout/scripts/recording-survival" --help | grep -q '^usage: scripts/recording-survival'
}

test_recording_survival_refuses_what_it_does_not_understand() {
    misused 'unknown argument: --time' --time 3
    misused '--times needs a number' --times many
    misused '--recorder needs a number' --recorder
    misused 'nothing is to happen' --times 0 --recorder 0 --everything 0
}
