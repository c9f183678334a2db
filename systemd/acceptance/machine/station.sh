# Sourced by start: the station as the unit runs it.
# shellcheck shell=bash disable=SC2154

# As little work as it can be, for an emulated processor; apart from that it's the relay.yaml that is shipped.
configure() {
    sed -i -e 's/^    bitrate: 128$/    bitrate: 32/' -e 's/^    sample_rate: 44100$/    sample_rate: 16000/' \
        -e 's/^    channels: 2$/    channels: 1/' -e 's/^  segment: 1m$/  segment: 20s/' \
        -e '/^listeners:/,/^harbor:/s/^  bind: 127.0.0.1$/  bind: 0.0.0.0/' \
        -e 's/^        password: generated$/        password: {credential: relay_dj}/' /etc/relay-supervisor/relay.yaml
    # A short one of the operator's: five minutes take minutes to encode.
    install -D --mode=0644 <(head --bytes=400000 /usr/share/relay-supervisor/standby.mp3) /srv/radio/standby.mp3
    sed -i 's|^  # file: /srv/radio/standby.mp3$|  file: /srv/radio/standby.mp3|' /etc/relay-supervisor/relay.yaml
    install -m 0600 /dev/null /etc/relay-supervisor/credentials/dj
    echo 'a-password-of-the-operator' >/etc/relay-supervisor/credentials/dj
}

station_starts() {
    local began=$SECONDS
    systemctl start "$unit"
    echo "systemctl start took $((SECONDS - began)) s; $(property ActiveState), status: $(property StatusText)"
    [[ $(property ActiveState) == active ]]
    [[ $(property StatusText) == *"/live is on the air"* ]] || await 120 is_on_the_air
    await 120 all_are_up
    # Without it in memory, a station without Liquidsoap is off the air after 25 s.
    await 180 standby_is_encoded
    echo "status: $(property StatusText); user: $(property User)"
    relayctl status
    hear
}

standby_is_encoded() { journal --grep='standby programme was encoded' --lines=1 >/dev/null; }

is_on_the_air() { [[ $(property StatusText) == *"/live is on the air"* ]]; }

children_are_contained() {
    local child file
    grep . "$group/memory.max" "$group/cgroup.subtree_control" "$group/daemon/cgroup.procs"
    [[ $(<"$group/daemon/cgroup.procs") == "$(daemon)" ]]
    [[ ! $(<"$group/cgroup.procs") ]]
    [[ $(metric 'relay_memory_enforcement{mode="cgroup"}') == 1.0 ]]
    for child in icecast liquidsoap recorder decoder; do
        echo "$child: pids $(pids "$child" | xargs), $(tr '\0' ' ' <"/proc/$(pid "$child")/cmdline" | cut -c 1-60)"
        for file in memory.max memory.high memory.swap.max memory.oom.group pids.max cpu.weight memory.current; do
            printf '%s=%s ' "$file" "$(<"$children/$child/$file")"
        done
        echo
        (($(<"$children/$child/memory.max") == $(limit "$child") << 20))
        (($(<"$children/$child/memory.high") < $(limit "$child") << 20))
        (($(<"$children/$child/memory.oom.group") == 1))
        (($(<"$children/$child/memory.swap.max") == 0))
        [[ $(<"$children/$child/pids.max") != max ]]
    done
    (($(<"$children/liquidsoap/cpu.weight") > $(<"$children/recorder/cpu.weight")))
    (($(<"$children/recorder/cpu.weight") > $(<"$children/decoder/cpu.weight")))
    echo "processes of the user: $(pgrep --count --uid relay-supervisor), in the unit's cgroup: $(in_unit | wc -l)"
    [[ $(pgrep --uid relay-supervisor | sort -n) == "$(in_unit)" ]]
}

in_unit() { find "$group" -name cgroup.procs -exec cat {} + | sort -n; }

# limit CHILD: in MiB, as relay.yaml says.
limit() { sed -nE "/^memory:/,/^[a-z]/s/^  $1: ([0-9]+)MiB\$/\1/p" /etc/relay-supervisor/relay.yaml; }

# hog GROUP FORKS: processes in it that take what they can get. Several in a child's group, because the kernel slows each down just
# below the limit, the child as well: too few, and it is killed for not doing its work before it is for memory.
hog() (
    # bash tells there of what was killed.
    exec 2>/dev/null
    # shellcheck disable=SC2016
    sh -c 'echo $$ >"$0/cgroup.procs" && exec perl -e "fork for 1 .. $1; push @held, q(x) x (1 << 20) while 1"' "$1" "$2" || echo "the hog ended with $?"
    journalctl --dmesg --output=cat | grep -o 'oom-kill:.*oom_memcg=[^,]*' | tail -n 1
)

others() {
    local child
    for child in icecast liquidsoap recorder decoder; do
        [[ $child == "$1" ]] || echo "$child $(pid "$child")"
    done
    echo "daemon $(daemon)"
}

# child_runs_out_of_memory CHILD COMMAND...: which makes the kernel kill it.
child_runs_out_of_memory() {
    local child=$1 series before others pid killed began
    shift
    series="relay_child_restarts_total{cause=\"oom\",child=\"$child\"}"
    await 120 all_are_up
    have_heard_nothing_yet
    before=$(metric "$series")
    pid=$(pid "$child")
    others=$(others "$child")
    killed=$(kills "$child")
    began=$SECONDS
    "$@"
    await 60 is_gone "$pid"
    await 120 is_counted "$series" "$before"
    await 180 is_up "$child"
    echo "$series $before -> $(metric "$series"); pid $pid -> $(pid "$child"); up again after $((SECONDS - began)) s"
    echo "killed by the kernel $killed -> $(kills "$child") times"
    (($(kills "$child") > killed)) || refuse "it wasn't the kernel"
    echo "memory.max $(mebibytes "$(cat "$children/$child/memory.max")")"
    (($(cat "$children/$child/memory.max") == $(limit "$child") << 20))
    echo "others: $(xargs <<<"$others")"
    [[ $(others "$child") == "$others" ]] || refuse "another was touched: $(others "$child" | xargs)"
    journal --since="-$((SECONDS - began + 2))s" | grep -E "memory: $child|relaysupervisor: $child" | head -n 4
    still_listen
    await 120 is_on_the_air
    hear
}

# kills CHILD: how often the kernel has killed for its memory, by the kernel's own log: a group's counters end with the process.
kills() { journalctl --dmesg --output=cat | grep --count "oom-kill:.*oom_memcg=[^,]*/children/$1," || true; }

is_gone() { ! kill -0 "$1" 2>/dev/null; }

is_counted() { [[ $(metric "$1") == "$(awk -v n="$2" 'BEGIN { printf "%.1f", n + 1 }')" ]]; }

limits_are_reloaded() {
    local before child
    before=$(others none)
    sed -i -e '/^memory:/,/^recording:/{s/^  icecast: .*/  icecast: 72MiB/;s/^  liquidsoap: .*/  liquidsoap: 444MiB/}' /etc/relay-supervisor/relay.yaml
    systemctl reload "$unit"
    for child in icecast liquidsoap; do
        echo "$child: memory.max $(mebibytes "$(<"$children/$child/memory.max")"), high $(mebibytes "$(<"$children/$child/memory.high")")"
        (($(<"$children/$child/memory.max") == $(limit "$child") << 20))
    done
    echo "$before" | xargs
    [[ $(others none) == "$before" ]] || refuse "a pid is another: $(others none)"
    [[ $(property ActiveState) == active ]]
    # A wrong file is refused, said why, and changes nothing.
    cp /etc/relay-supervisor/relay.yaml "$kept/relay.yaml"
    sed -i 's/^  liquidsoap: .*MiB/  liquidsoap: lots/' /etc/relay-supervisor/relay.yaml
    ! systemctl reload "$unit" || refuse "a wrong relay.yaml was taken"
    cp "$kept/relay.yaml" /etc/relay-supervisor/relay.yaml
    journal --lines=10 | grep -m 1 'relay.yaml:[0-9]*:[0-9]*: memory.liquidsoap must be'
    [[ $(others none) == "$before" ]]
    [[ $(property ActiveState) == active ]]
}

# A group of its own in the unit stands for whatever child grows without a limit of its own.
unit_runs_out_of_memory() {
    local before max outside killed
    outside=$(pgrep --exact systemd-journal)
    before=$(daemon)
    systemctl set-property --runtime "$unit" MemoryMax=850M
    max=$(<"$group/memory.max")
    killed=$(awk '$1 == "oom_kill" { print $2 }' "$group/memory.events")
    mkdir -p "$children/hog"
    hog "$children/hog" 0
    echo "MemoryMax $(mebibytes "$max"), memory.current $(mebibytes "$(<"$group/memory.current")"), oom_kill $killed -> $(awk '$1 == "oom_kill" { print $2 }' "$group/memory.events")"
    (($(awk '$1 == "oom_kill" { print $2 }' "$group/memory.events") > killed))
    rmdir "$children/hog"
    [[ $(property ActiveState) == active ]]
    await 120 all_are_up
    await 120 is_on_the_air
    echo "the daemon is $before -> $(daemon), the journal's daemon $outside -> $(pgrep --exact systemd-journal)"
    [[ $(pgrep --exact systemd-journal) == "$outside" ]]
    hear
    systemctl set-property --runtime "$unit" MemoryMax=1200M
}

listens_where_it_may() {
    ss --no-header --listening --numeric --tcp --udp --processes
    # 8000 is listeners.port with listeners.bind 0.0.0.0.
    ss --no-header --listening --numeric --tcp --udp | awk '
        { address = $5; sub(/:[0-9*]+$/, "", address); port = $5; sub(/.*:/, "", port) }
        address !~ /^(127\.|\[::1\]|\[::ffff:127\.)/ && port != 8000 { print "open: " $0; wrong = 1 }
        port == 8000 && address !~ /^127/ { open = 1 }
        END { exit wrong || !open }'
    ls -l /run/relay-supervisor
    [[ $(stat --format=%A /run/relay-supervisor) == drwxr-xr-x ]]
}

# Run by another user: prints each file under the directories that has the text. What can't be read is passed over.
# shellcheck disable=SC2016
search='grep --recursive --files-with-matches --binary-files=text --fixed-strings --devices=skip --exclude-dir=sys -f - \
    /proc/[0-9]*/cmdline /proc/[0-9]*/environ /etc /var /run /tmp /dev/shm 2>/dev/null'

secrets_are_secret() {
    local found
    cat "$state"/secrets/* /etc/relay-supervisor/credentials/dj | sort -u | grep . >"$kept/secrets"
    echo "$(wc -l <"$kept/secrets") secrets are looked for"
    (($(wc -l <"$kept/secrets") >= 3))
    chmod 0600 "$kept/secrets"
    ls -ld "$state/secrets" /run/credentials/"$unit" /etc/relay-supervisor/credentials
    # The search itself is proven: this one is found.
    head -n 1 "$kept/secrets" >/tmp/planted
    found=$(runuser --user nobody -- sh -c "$search" <"$kept/secrets" || true)
    [[ $found == /tmp/planted ]] || refuse "nobody can read a secret in: $found"
    rm /tmp/planted
    echo "nobody finds none in what it can read of /proc, /etc, /var, /run, /tmp"
    ! journalctl --no-pager --output=export | grep --text --fixed-strings --file="$kept/secrets" || refuse "a secret is in the journal"
    echo "none in $(journalctl --no-pager | wc -l) lines of the journal"
    ! cat /proc/[0-9]*/cmdline | tr '\0' '\n' | grep --fixed-strings --file="$kept/secrets" || refuse "a secret is in an argument"
    ! pgrep --uid relay-supervisor | sed 's|.*|/proc/&/environ|' | xargs cat | tr '\0' '\n' | grep --fixed-strings --file="$kept/secrets" ||
        refuse "a secret is in an environment"
    echo "none in arguments and environments, even for root"
}

remember_lives() {
    in_unit >"$kept/lives"
    restarts=$(property NRestarts)
    main=$(daemon)
}

has_another_daemon() { (($(daemon) > 0)) && [[ $(daemon) != "$main" ]]; }

nobody_is_left() {
    local left
    left=$(pgrep --uid relay-supervisor | grep --line-regexp --file="$kept/lives" || true)
    [[ ! $left ]] || refuse "left of the earlier life: $left"
    echo "of $(wc -l <"$kept/lives") earlier processes none is left"
}

# What outlives the daemon.
lasting() { echo "icecast $(pid icecast), liquidsoap $(pid liquidsoap)"; }

# daemon_is_replaced COMMAND...: which ends the daemon; another takes over what the first has left, and no more than that is left.
daemon_is_replaced() {
    local began lives source
    await 120 all_are_up
    remember_lives
    lives=$(lasting)
    source=$(source_came)
    have_heard_nothing_yet
    began=$SECONDS
    "$@"
    await 120 has_another_daemon
    await 180 is_on_the_air
    await 120 all_are_up
    echo "on the air after $((SECONDS - began)) s"
    echo "daemon $main -> $(daemon), NRestarts $restarts -> $(property NRestarts); $lives -> $(lasting)"
    [[ $(lasting) == "$lives" ]] || refuse "they did not go on"
    # Icecast waits for 10 s, and a daemon that is stopped takes 20 s to be missed.
    [[ $* == *stall* || $(source_came) == "$source" ]] || refuse "Icecast's source came anew"
    [[ $(relayctl status --json | grep --only-matching '"adopted": *true' | wc -l) == 2 ]] || refuse "they are not told as taken over"
    [[ $(pgrep --uid relay-supervisor | sort -n) == "$(in_unit)" ]] || refuse "processes are outside of the unit"
    # What of the earlier life is left, other than these two.
    [[ $(in_unit | grep --count --line-regexp --file="$kept/lives") == $(lasting_pids | wc -l) ]] || refuse "more is left: $(in_unit | grep --line-regexp --file="$kept/lives" | xargs)"
    # Within their limits, old and new.
    grep . "$group/daemon/cgroup.procs" "$children"/{icecast,liquidsoap}/memory.max
    await 60 daemon_is_alone
    [[ ! $(<"$group/cgroup.procs") ]]
    (($(<"$children/liquidsoap/memory.max") == $(limit liquidsoap) << 20))
    still_listen
    hear
}

source_came() { metrics | grep '^icecast_stream_start{'; }

# It asks each program for its version when it starts.
daemon_is_alone() { [[ $(<"$group/daemon/cgroup.procs") == "$(daemon)" ]]; }

lasting_pids() {
    pids icecast
    pids liquidsoap
}

kill_daemon() { kill -KILL "$main"; }

# daemon_dies TIMES
daemon_dies() {
    local i
    for ((i = 1; i <= $1; i++)); do
        echo "-- $i"
        daemon_is_replaced kill_daemon
    done
}

# The second one begins in the other lane, and stays there.
liquidsoap_is_replaced() {
    local before others began
    await 120 all_are_up
    before=$(pid liquidsoap)
    others=$(others liquidsoap)
    have_heard_nothing_yet
    began=$SECONDS
    relayctl restart liquidsoap
    await 120 second_is_contained
    echo "beside $before: $(pid liquidsoap-b), memory.max $(mebibytes "$(<"$children/liquidsoap-b/memory.max")")"
    await 180 has_taken_over
    await 60 is_gone "$before"
    echo "replaced after $((SECONDS - began)) s"
    relayctl status --json | grep --quiet "\"pid\": *$(pid liquidsoap-b)\b" || refuse "relayctl status has another"
    echo "others: $(xargs <<<"$others")"
    [[ $(others liquidsoap) == "$others" ]] || refuse "another was touched: $(others liquidsoap | xargs)"
    still_listen
    hear
}

second_is_contained() {
    [[ $(pids liquidsoap-b) ]] && (($(<"$children/liquidsoap-b/memory.max") == $(limit liquidsoap) << 20))
}

has_taken_over() { [[ $(metric 'relay_replacements_total{child="liquidsoap",outcome="done"}') == 1.0 ]]; }

# Each byte in the store is proven; what wasn't recorded is told, with its cause.
recordings_are_whole() {
    # It ends the hour's.
    relayctl show start acceptance
    await 180 a_recording_is_stored
    relayctl recordings
    relayctl recordings verify
    find "$state" -name '*.json' -exec grep --null-data --only-matching --text '"gaps":[^]]*' {} + | tr '\0' '\n' | grep '"cause"' || echo "no gaps"
}

a_recording_is_stored() { relayctl recordings | grep --quiet '^stored '; }

unit_is_stopped() {
    local began=$SECONDS
    get_up
    in_unit >"$kept/lives"
    systemctl stop "$unit"
    echo "systemctl stop took $((SECONDS - began)) s; $(property ActiveState), result: $(property Result)"
    [[ $(property ActiveState) == inactive && $(property Result) == success ]]
    nobody_is_left
    [[ ! -e $group ]] || [[ ! $(in_unit) ]] || refuse "in its cgroup: $(in_unit)"
    ! pgrep --uid relay-supervisor || refuse "processes of the user are left"
    echo "its cgroup is $([[ -e $group ]] && echo empty || echo gone)"
    find "$state" -name '*.mp3' -path '*/recordings/*' >"$kept/recordings"
    echo "$(wc -l <"$kept/recordings") files were recorded"
    (($(wc -l <"$kept/recordings") > 0))
}

station_is_back_after_boot() {
    [[ $(property UnitFileState) == enabled ]]
    await 180 is_on_the_air
    await 120 all_are_up
    echo "on the air $(cut -d . -f 1 /proc/uptime) s after the kernel's start; $(property ActiveState)"
    hear
}
