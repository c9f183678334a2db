# Sourced by start: the drills that want a kernel with memory limits and a service manager. Nothing is watched: there is no Prometheus
# in here.
# shellcheck shell=bash disable=SC2154

# drill NAME LENGTH: until it is repaired. The check itself is the one who listens.
drill() {
    timeout 900 relayctl drill "$1" --for "$2" --settle 1s --most-listeners 1 --prometheus none --alertmanager none | tee "$kept/drill"
    grep --quiet --line-regexp 'result: good' "$kept/drill"
    [[ ! -e $state/drill ]] || refuse "the drill has left its trace: $(cat "$state/drill")"
    ! curl --silent --max-time 30 http://127.0.0.1:9146/metrics | grep '^relay_drill_active{.* 1\.0$' || refuse "a drill is on"
}

# What can't be broken elsewhere can here.
every_drill_is_to_be_had() {
    relayctl drill --list
    ! relayctl drill --list | grep --extended-regexp '(oom-[a-z]+|kill-daemon): not now:' || refuse "a machine has all it needs for these"
}

# A child that a drill has killed for memory is counted as such, is up again with its usual limit, and nobody else is touched.
child_is_drilled_out_of_memory() {
    local child=$1 series before others pid killed
    series="relay_child_restarts_total{cause=\"oom\",child=\"$child\"}"
    await 120 all_are_up
    sit_down
    before=$(metric "$series")
    pid=$(pid "$child")
    others=$(others "$child")
    killed=$(kills "$child")
    drill "oom-$child" 20s
    await 60 is_gone "$pid"
    await 120 is_counted "$series" "$before"
    await 180 is_up "$child"
    echo "$series $before -> $(metric "$series"); pid $pid -> $(pid "$child"); killed by the kernel $killed -> $(kills "$child") times"
    (($(kills "$child") > killed)) || refuse "it wasn't the kernel"
    [[ $(others "$child") == "$others" ]] || refuse "another was touched: $(others "$child" | xargs)"
    echo "memory.max $(mebibytes "$(cat "$children/$child/memory.max")")"
    (($(cat "$children/$child/memory.max") == $(limit "$child") << 20))
    still_listens
    await 120 is_on_the_air
    hear
    get_up
}

# kills CHILD: how often the kernel has killed for its memory, by the kernel's own log: a group's counters end with the process.
kills() { journalctl --dmesg --output=cat | grep --count "oom-kill:.*oom_memcg=[^,]*/children/$1," || true; }

# relayctl waits for the daemon's return, and says that it went well.
daemon_is_drilled() {
    local began=$SECONDS
    await 120 all_are_up
    remember_lives
    drill kill-daemon 30s
    await 60 has_restarted
    echo "pid $main -> $(daemon), NRestarts $restarts -> $(property NRestarts)"
    await 180 is_on_the_air
    await 120 all_are_up
    echo "on the air after $((SECONDS - began)) s"
    nobody_is_left
    [[ $(pgrep --uid relay-supervisor | sort -n) == "$(in_unit)" ]]
    hear
}
