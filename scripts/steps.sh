# Sourced: how the commands of this project talk to the person who started them.
# Progress goes to standard output, complaints to standard error.
# shellcheck shell=bash

say() { printf '%s\n' "$*"; }

warn() { printf '%s\n' "$*" >&2; }

die() {
    warn "${0##*/}: $*"
    exit 1
}

# step TITLE LOG COMMAND...: runs COMMAND with its output appended to LOG, shows that it is alive, and then how long it
# took. Returns the status of COMMAND. COMMAND has no standard input and stays in the foreground, so that Ctrl-C ends it.
step() {
    local title=$1 log=$2 began=$SECONDS status=0 ticker
    shift 2
    follow "$title" "$log" &
    ticker=$!
    "$@" >>"$log" 2>&1 </dev/null || status=$?
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" 2>/dev/null || true
    [[ -t 1 ]] && printf '\r\033[K'
    if ((status == 0)); then
        printf '  %s: done (%d s)\n' "$title" $((SECONDS - began))
    else
        printf '  %s: FAILED after %d s\n' "$title" $((SECONDS - began))
    fi
    return "$status"
}

# Runs beside a step: on a terminal one line that is rewritten each second, elsewhere a line every 15 s.
follow() {
    local title=$1 log=$2 began=$SECONDS width elapsed latest
    while sleep 1 && kill -0 $$ 2>/dev/null; do
        elapsed=$((SECONDS - began))
        latest=$(tail -c 600 "$log" 2>/dev/null | tr -cs '[:print:]\n' ' ' | grep . | tail -n 1 || true)
        if [[ -t 1 ]]; then
            width=$(tput cols 2>/dev/null || echo 80)
            latest="  $title: $elapsed s  $latest"
            printf '\r\033[K%s' "${latest:0:width-1}"
        elif ((elapsed % 15 == 0)); then
            latest="  $title: $elapsed s  $latest"
            printf '%s\n' "${latest:0:120}"
        fi
    done
}

# show_tail LOG LINES: the end of a log, indented, for an error message.
show_tail() {
    tail -n "$2" "$1" | sed 's/^/    /' >&2
    warn "  The whole log: $1"
}
