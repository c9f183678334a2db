# Sourced by run: what listener-cost refuses, and what it makes of its measurements.
# shellcheck shell=bash disable=SC2154,SC2034 # run sets $checkout; the report reads the others

test_listener_cost_refuses_what_it_cannot_measure() {
    local arguments status
    while read -r arguments; do
        status=0
        # shellcheck disable=SC2086
        "$checkout/scripts/listener-cost" $arguments 2>message || status=$?
        echo "$arguments: $status"
        ((status == 2))
        grep '^usage: scripts/listener-cost' message
    done <<'END'
--fast
--rate
--rate 0
--listeners 300,100
--listeners 300,many
--servers icecast,caddy
--churn 5 --listeners 300,500
END
}

# results SERVER CPU RESIDENT_KIB P50 P99: a server that was measured with no listeners and with 5000.
results() {
    printf '%s\n' "$1 0 cpu.icecast 0.002" "$1 0 cpu.front 0" "$1 0 rss.front 80000" "$1 0 rss.icecast 5000" \
        "$1 5000 cpu.icecast 0.25" "$1 5000 cpu.front $2" "$1 5000 rss.front $3" "$1 5000 rss.icecast 15000" \
        "$1 5000 hearing 5000" "$1 5000 lost 0" "$1 5000 refused 0" "$1 5000 kbps 128.2" \
        "$1 5000 first_byte.p50 $4" "$1 5000 first_byte.p99 $5" "$1 5000 first_byte.longest 3" >>"$state/results"
}

test_listener_cost_says_which_aims_are_met() {
    local counts=(5000) servers=(icecast relay) state=$PWD
    . "$checkout/scripts/cost-report.sh"
    results icecast 0 0 0.150 1.3
    results relay 0.130 119000 0.020 0.700
    print_aims | tee aims
    grep 'NOT MET: .* takes 0.130 of a core at 5000 listeners; at most 0.12' aims
    grep 'NOT MET: .* take 0.380 of a core at 5000 listeners; less than Icecast alone, 0.250' aims
    grep -- '- met: .* takes 8.0 KB of RSS' aims
    grep -- '- met: p50 .* 20 ms .* 150 ms' aims
    grep 'NOT MET: p99 .* 700 ms' aims
    (($(grep -c . aims) == 7))
}

test_listener_cost_tells_growth_from_noise() {
    local state=$PWD
    . "$checkout/scripts/cost-report.sh"
    # minute, RSS, heap, descriptors, RSS of Icecast
    printf '%s\n' '1 100e6 20e6 500 9e6' '2 108e6 19e6 505 9e6' '3 101e6 20e6 700 9e6' '4 100e6 25e6 501 9e6' \
        '5 102e6 30e6 499 9e6' '6 101e6 31e6 500 9e6' >samples
    print_growth | tee growth
    grep -- '- no growth: RSS,' growth
    grep -- '- GROWTH: heap .* 19.0 MB .* 30.0 MB' growth
    grep -- '- no growth: descriptors' growth
}
