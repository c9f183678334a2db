# Sourced by run: what scripts/survival is asked for. The proof itself takes too long for a test.
# shellcheck shell=bash disable=SC2154 # run sets $checkout

# misused MESSAGE ARGUMENT...: is refused as misused, before anything is done.
misused() {
    local message=$1 status=0
    shift
    "$checkout/scripts/survival" "$@" 2>complaint || status=$?
    cat complaint
    ((status == 2))
    grep -qF -- "$message" complaint
}

test_survival_tells_how_it_is_used() {
    "$checkout/scripts/survival" --help | grep -q '^usage: scripts/survival'
}

test_survival_refuses_what_it_does_not_understand() {
    misused 'unknown argument: --listener' --listener 3
    misused '--times needs a number' --times many
    misused '--seed needs a number' --seed
    misused '--listeners goes from 1 to 2000' --listeners 5000
    misused 'nothing is to happen' --times 0 --liquidsoap 0
}
