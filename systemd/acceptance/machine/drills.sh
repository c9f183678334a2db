# Sourced by start: the drills that want a kernel with memory limits and a service manager. Nothing is watched: there is no Prometheus
# in here.
# shellcheck shell=bash disable=SC2154

# drill NAME LENGTH: until it is repaired. The check itself is the one who listens.
drill() {
    timeout 900 relayctl drill "$1" --for "$2" --settle 1s --most-listeners "$listeners" --prometheus none --alertmanager none | tee "$kept/drill"
    grep --quiet --line-regexp 'result: good' "$kept/drill"
    [[ ! -e $state/drill ]] || refuse "the drill has left its trace: $(cat "$state/drill")"
    ! curl --silent --max-time 30 http://127.0.0.1:9146/metrics | grep '^relay_drill_active{.* 1\.0$' || refuse "a drill is on"
}

# The kernel says that it was the one who killed, and the next daemon has no limit of its own.
starve_daemon() {
    drill oom-daemon 30s
    journalctl --dmesg --output=cat | grep -o 'oom-kill:.*task=java' | tail -n 1 | grep .
    [[ $(<"$group/daemon/memory.max") == max ]]
}

# What can't be broken elsewhere can here.
every_drill_is_to_be_had() {
    relayctl drill --list
    ! relayctl drill --list | grep --extended-regexp '(oom-[a-z]+|[a-z]+-daemon): not now:' || refuse "a machine has all it needs for these"
}
