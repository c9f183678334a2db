# Sourced by run: what metering-cost refuses, and what it makes of its measurements.
# shellcheck shell=bash disable=SC2154,SC2016 # run sets $checkout; the quotes are Markdown's

test_metering_cost_refuses_what_it_cannot_measure() {
    local arguments status
    while read -r arguments; do
        status=0
        # shellcheck disable=SC2086
        "$checkout/scripts/metering-cost" $arguments 2>message || status=$?
        echo "$arguments: $status"
        ((status == 2))
        grep '^usage: scripts/metering-cost' message
    done <<'END'
--fast
--rounds
--rounds 0
--window 1.5
--warm-up ages
END
}

test_metering_cost_helps() {
    "$checkout/scripts/metering-cost" --help | grep '^usage: scripts/metering-cost'
}

test_metering_cost_adds_up_the_threads_of_a_name() {
    . "$checkout/scripts/metering-cost-report.sh"
    printf '%s\n' '11 1000000000 relay-meter' '12 0 GC_Thread' >before
    printf '%s\n' '11 1300000000 relay-meter' '12 30000000 GC_Thread' '13 60000000 relay-meter' >after
    thread_shares on 2 60 before after | sort >results
    cat results
    diff results - <<'END'
on 2 thread.other 0.05
on 2 thread.relay-meter 0.6
END
}

metering_results() { # CPU_OF_THE_DECODER PSS_OF_THE_DECODER
    local round
    for round in 1 2 3; do
        printf '%s\n' "off $round daemon.cpu 0.8" "off $round daemon.rss 100" "off $round daemon.pss 95" \
            "off $round recorder.pss 40" "off $round thread.relay-net 0.3" \
            "on $round daemon.cpu 1.$round" "on $round daemon.rss 110" "on $round daemon.pss 103" \
            "on $round decoder.cpu $1" "on $round decoder.rss 50" "on $round decoder.pss $2" \
            "on $round recorder.pss 28" "on $round thread.relay-meter 0.6" "on $round thread.relay-net 0.35"
    done
}

test_metering_cost_takes_medians_and_differences() {
    . "$checkout/scripts/metering-cost-report.sh"
    metering_results 0.45 29 | print_metering_cost | tee report
    grep -F '| **CPU of both** | 0.80 % | 1.65 % | +0.85 % |' report
    grep -F '| RSS of the daemon, PSS of the decoder | 100.0 MB | 139.0 MB | +39.0 MB |' report
    grep -F '| **memory in use**: the same and the PSS of the recorder | 140.0 MB | 167.0 MB | +27.0 MB |' report
    grep -F '| `relay-meter` | 0.00 % | 0.60 % | +0.60 % |' report
    grep '^met: metering takes 0.85 % of a core' report
    grep '^met: metering takes 27.0 MB' report
}

test_metering_cost_fails_when_an_aim_is_not_met() {
    . "$checkout/scripts/metering-cost-report.sh"
    if metering_results 1.4 29 | print_metering_cost >report; then false; fi
    grep '^NOT MET: metering takes 1.80 % of a core' report
    if metering_results 0.45 46 | print_metering_cost >report; then false; fi
    grep '^NOT MET: metering takes 44.0 MB' report
}
