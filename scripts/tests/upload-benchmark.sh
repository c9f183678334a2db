# Sourced by run: what upload-benchmark refuses, and what it makes of its measurements.
# shellcheck shell=bash disable=SC2154 # run sets $checkout

test_upload_benchmark_refuses_what_it_cannot_measure() {
    local arguments status
    while read -r arguments; do
        status=0
        # shellcheck disable=SC2086
        "$checkout/scripts/upload-benchmark" $arguments 2>message || status=$?
        echo "$arguments: $status"
        ((status == 2))
        grep '^usage: scripts/upload-benchmark' message
    done <<'END'
--fast
--files
--files 0
--size 1.5
--rounds 1000
END
}

test_upload_benchmark_helps() {
    "$checkout/scripts/upload-benchmark" --help | grep '^usage: scripts/upload-benchmark'
}

test_upload_benchmark_reports_medians() {
    . "$checkout/scripts/upload-report.sh"
    medians <<'END' >results
1 rclone 200000000 2.0 1.0 -
1 relay.cold 200000000 4.0 2.0 40.5
2 rclone 200000000 4.0 2.0 -
2 relay.cold 200000000 1.0 0.5 10.0
3 rclone 200000000 1.0 4.0 -
3 relay.cold 200000000 2.0 1.0 20.0
END
    cat results
    [[ $(<results) == $'rclone 100.0 2.00 100.0 -\nrelay.cold 100.0 1.00 200.0 20.0' ]]
}
