# Sourced by run: what cloudflare/proof is asked for. The proof itself takes too long for a test of the scripts.
# shellcheck shell=bash disable=SC2154 # run sets $checkout

# misused MESSAGE ARGUMENT...: is refused as misused, before anything is done.
misused() {
    local message=$1 status=0
    shift
    "$checkout/cloudflare/proof" "$@" 2>complaint || status=$?
    cat complaint
    ((status == 2))
    grep -qF -- "$message" complaint
}

test_front_proof_tells_how_it_is_used() {
    "$checkout/cloudflare/proof" --help | grep -q '^usage: cloudflare/proof'
}

test_front_proof_refuses_what_it_does_not_understand() {
    misused 'unknown argument: --listener' --listener 3
    misused '--rounds wants a number' --rounds many
    misused '--rounds wants a number' --rounds 0
    misused '--pictures wants a directory' --pictures
    misused '--listeners goes up to 250' --listeners 300
}
