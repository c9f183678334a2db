# Sourced by start: how a check is made and told, and what checks look with.
# shellcheck shell=bash disable=SC2034 # start and the checks use what is set here

unit=relay-supervisor.service
group=/sys/fs/cgroup/system.slice/$unit
children=$group/children
state=/var/lib/relay-supervisor
kept=/var/lib/acceptance
stream=http://127.0.0.1:8000/live
passed=0
failed=0

begin() {
    if [[ -e $kept/counts ]]; then
        read -r passed failed <"$kept/counts"
    fi
}

save() { echo "$passed $failed" >"$kept/counts"; }

# check NAME FUNCTION [ARGUMENT]: a failing command fails it. What it prints is the evidence.
check() {
    local name=$1 began=$SECONDS status
    shift
    (
        set -euo pipefail
        "$@"
    ) >"$kept/evidence" 2>&1 </dev/null
    status=$?
    if ((status == 0)); then
        passed=$((passed + 1))
        echo "ok - $name ($((SECONDS - began)) s)"
    else
        failed=$((failed + 1))
        echo "FAILED - $name ($((SECONDS - began)) s, status $status)"
        {
            echo "-- processes"
            ps -e --format=pid,user,etimes,cputimes,rss,args --sort=-cputimes | sed -E 's/^(.{100}).*/\1/; 12q'
            echo "-- unit"
            systemctl --no-pager --lines=0 status "$unit"
            echo "-- journal"
            journalctl --no-pager --output=short-monotonic --lines=200 --unit="$unit" | grep -v 'control loop task' | tail -n 40
        } >>"$kept/evidence" 2>&1
    fi
    sed 's/^/    /' "$kept/evidence"
}

# vital NAME FUNCTION [ARGUMENT]: a check without which the others would tell nothing.
vital() {
    local before=$failed
    check "$@"
    if ((failed > before)); then
        echo "what follows can't be checked"
        finish
    fi
}

finish() {
    echo "$passed passed, $failed failed"
    systemctl poweroff >/dev/null 2>&1
    exit
}

# refuse WHAT: ends a check.
refuse() {
    echo "but: $*"
    exit 1
}

# await SECONDS COMMAND...: until it does well.
await() {
    local seconds=$1 began=$SECONDS
    shift
    until "$@"; do
        ((SECONDS - began < seconds)) || refuse "not within $seconds s: $*"
        # Looking costs the station its processor.
        sleep 3
    done
}

property() { systemctl show --property="$1" --value "${2:-$unit}"; }

daemon() { property MainPID; }

# All processes of a child, one a line.
pids() { cat "$children/$1/cgroup.procs"; }

# The first is the one that the daemon started.
pid() { pids "$1" | head -n 1; }

metrics() { curl --silent --max-time 30 http://127.0.0.1:9146/metrics; }

# metric SERIES: its value; nothing when there is none.
metric() { metrics | awk -v series="$1" '$1 == series { print $2 }'; }

is_up() { [[ $(metric "relay_child_up{child=\"$1\"}") == 1.0 ]]; }

# By one look, which a JVM that is emulated is long in answering.
all_are_up() { (($(metrics | grep -cE '^relay_child_up\{child="(icecast|liquidsoap|recorder|decoder)"\} 1\.0$') == 4)); }

# What a listener hears, by a decoder that is none of ours.
hear() {
    local volume
    volume=$(timeout 120 ffmpeg -hide_banner -nostdin -nostats -t 4 -i "$stream" -af volumedetect -f null - 2>&1 |
        sed -n 's/.*mean_volume: \(-[0-9]*\)\.[0-9] dB/\1/p')
    [[ $volume ]] && ((volume > -50)) && echo "a listener hears 4 s at $volume dB"
}

# Listeners who stay, as if at their players.
listeners=100

sit_down() {
    rm -f "$kept/listeners"
    ./listeners "$listeners" "$kept/listeners" >/dev/null 2>"$kept/listeners.error" &
    echo $! >"$kept/seated"
    await 60 all_listen
    cat "$kept/listeners.error"
}

# "CONNECTED CLOSED LONGEST-SILENCE", see listeners.
all_listen() { [[ $(cut -d ' ' -f 1 "$kept/listeners" 2>/dev/null) == "$listeners" ]]; }

have_heard_nothing_yet() {
    kill -USR1 "$(<"$kept/seated")"
    sleep 2
}

# How they fared since have_heard_nothing_yet.
still_listen() {
    local connected closed silence
    sleep 2
    read -r connected closed silence <"$kept/listeners"
    echo "$listeners listeners: $closed closed, longest silence of any $silence s"
    ((closed == 0 && connected == listeners)) || refuse "listeners were disconnected"
}

get_up() { kill "$(<"$kept/seated")"; }

journal() { journalctl --no-pager --output=cat --unit="$unit" "$@"; }

mebibytes() { echo "$(($1 >> 20)) MiB"; }
