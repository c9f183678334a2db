# Sourced by run: what meter-benchmark refuses, and what it makes of its measurements.
# shellcheck shell=bash disable=SC2154,SC2034 # run sets $checkout; the report reads the others

test_meter_benchmark_refuses_what_it_cannot_measure() {
    local arguments status
    while read -r arguments; do
        status=0
        # shellcheck disable=SC2086
        "$checkout/scripts/meter-benchmark" $arguments 2>message || status=$?
        echo "$arguments: $status"
        ((status == 2))
        grep '^usage: scripts/meter-benchmark' message
    done <<'END'
--fast
--audio
--audio 0
--window 1.5
--real-time 12345
END
}

test_meter_benchmark_helps() {
    "$checkout/scripts/meter-benchmark" --help | grep '^usage: scripts/meter-benchmark'
}

test_meter_benchmark_reads_what_jmh_wrote() {
    . "$checkout/scripts/meter-report.sh"
    jmh_results daemon <<'END' >results
"Benchmark","Mode","Threads","Samples","Score","Score Error (99.9%)","Unit","Param: audio"
"org.relaysupervisor.audio.MeterBenchmark.add","avgt",1,3,210.5,NaN,"us/op",/tmp/a.f32
"org.relaysupervisor.audio.MeterBenchmark.add:blocks","avgt",1,3,30000.000000,NaN,"#",/tmp/a.f32
"org.relaysupervisor.audio.MeterBenchmark.add:cpuNanoseconds","avgt",1,3,6000000000.000000,NaN,"#",/tmp/a.f32
END
    cat results
    [[ $(<results) == 'daemon.add 2.000' ]]
}
