# Sourced by run: the clock of the footprint, against small servers of its own.
# shellcheck shell=bash disable=SC2154 # run sets $checkout

# A server on PORT that answers as a mount on the air does, after DELAY seconds.
serve() {
    perl -MIO::Socket::INET -e '
        select undef, undef, undef, $ARGV[1];
        my $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $ARGV[0], Listen => 5, ReuseAddr => 1) or die;
        while (my $client = $server->accept) {
            next unless defined sysread $client, my $request, 4096;
            print {$client} "HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg\r\n\r\naudio";
        }' "$1" "$2" &
}

test_stopwatch_sees_when_a_port_listens_and_when_audio_comes() {
    local icecast listeners result
    read -r icecast listeners < <("$checkout/scripts/stopwatch" ports 2)
    serve "$icecast" 0.2
    serve "$listeners" 0.5
    result=$("$checkout/scripts/stopwatch" start "$("$checkout/scripts/stopwatch" now)" "$icecast" "$listeners" /live)
    # shellcheck disable=SC2046
    kill $(jobs -p)
    echo "$result"
    awk '{ exit !($1 >= 0.2 && $1 < 5 && $2 >= 0.5 && $2 < 5) }' <<<"$result"
}

test_stopwatch_times_a_kill_until_another_process_listens() {
    local icecast listeners result first
    read -r icecast listeners < <("$checkout/scripts/stopwatch" ports 2)
    serve "$icecast" 0
    first=$!
    serve "$listeners" 0
    "$checkout/scripts/stopwatch" start 0 "$icecast" "$listeners" /live
    (
        while kill -0 "$first" 2>/dev/null; do sleep 0.01; done
        serve "$icecast" 0.3
        echo "$!" >second
        wait
    ) &
    result=$("$checkout/scripts/stopwatch" kill "$icecast" "$listeners" /live)
    # shellcheck disable=SC2046
    kill "$(<second)" $(jobs -p) || true
    echo "$result"
    awk '{ exit !($1 >= 0.3 && $1 < 5 && $2 < $1) }' <<<"$result"
}

test_stopwatch_refuses_what_it_does_not_know() {
    local status=0
    "$checkout/scripts/stopwatch" begin 2>message || status=$?
    ((status != 0))
    grep '^usage: stopwatch' message
}
