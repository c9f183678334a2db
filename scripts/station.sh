# Sourced: the daemon on ports of its own, as it is measured, and what it is measured on. Needs $root (the checkout).
# shellcheck shell=bash disable=SC2154

# Exits with a message when $account, as which use_account runs things, cannot read the program that build (build.sh) made.
require_readable_checkout() {
    "${as_account[@]}" test -r "$root/$program/relay-supervisor.jar" ||
        die "$account cannot read $root; measure in a checkout that it can, such as one under /opt or /tmp."
}

# stop VARIABLE: ends the process whose id is in it, and empties it.
stop() {
    local -n pid=$1
    local waited
    [[ $pid ]] || return 0
    kill -TERM "$pid" 2>/dev/null || true
    for ((waited = 0; waited < 300; waited++)); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    if ((waited == 300)); then
        warn "  the $1 did not stop within 30 s; killed"
        kill -KILL "$pid"
    fi
    wait "$pid" 2>/dev/null || true
    pid=
}

# free_ports MORE: prints as many free ports as the shipped config has, and MORE.
free_ports() {
    "$root/scripts/stopwatch" ports $(($(grep -cE '^ +port:' "$root/relay-config/relay.yaml") + $1))
}

# config_with_ports PORT...: prints the shipped config with other ports, each in its section, so that a running relay is not in
# the way.
config_with_ports() {
    awk -v ports="$*" 'BEGIN { split(ports, port, " ") } /^ +port:/ { sub(/port: *[0-9]+/, "port: " port[++n]) } { print }' \
        "$root/relay-config/relay.yaml"
}

# port_of SECTION CONFIG
port_of() {
    awk -v section="$1:" '/^[a-z]/ { current = $1 } current == section && $1 == "port:" { print $2; exit }' "$2"
}

# first_mount CONFIG
first_mount() {
    sed -nE 's/^ *- path: *([^ ]+).*/\1/p' "$1" | head -n 1
}

# The hardware, the system, the Java in $JAVA_HOME and the date, on one line.
describe_machine() {
    local model memory system
    model=$(sed -nE 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)
    memory=$(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)
    # shellcheck disable=SC1091
    system=$(. /etc/os-release && printf '%s' "$PRETTY_NAME")
    printf '%s cores%s, %s of memory, %s, Linux %s, Java %s, %s' "$(nproc)" "${model:+ ($model)}" "$memory" "$system" \
        "$(uname -r)" "$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$JAVA_HOME/release")" "$(date +%F)"
}

# daemon_flags SCRATCH: the flags of the daemon's JVM, a line each: what bin/relay-supervisor starts, up to the class path. Needs
# $JAVA_HOME, and a directory for a JDK that only tells.
daemon_flags() {
    local scratch=$1
    mkdir -p "$scratch/jdk/bin"
    # shellcheck disable=SC2016 # expanded by that script
    printf '#!/bin/sh\nfor flag; do [ "$flag" != -cp ] || exit 0; printf "%%s\\n" "$flag"; done\n' >"$scratch/jdk/bin/java"
    chmod +x "$scratch/jdk/bin/java"
    ln -sf "$JAVA_HOME/release" "$scratch/jdk/release"
    JAVA_HOME=$scratch/jdk "$root/bin/relay-supervisor"
}
