# Sourced: the build, without tests, and whether one is needed. Needs steps.sh, $root (the checkout) and $JAVA_HOME.
# shellcheck shell=bash disable=SC2154

program=supervisor/target/relay-supervisor # what the build makes, under $root
build_stamp=supervisor/target/.built # as old as the start of the last build that went well

# What the build reads. Directories count too: their time changes when a file is removed.
build_inputs=(pom.xml .mvn supervisor/pom.xml supervisor/src/main relay-config)

build_is_current() {
    local stamp=$root/$build_stamp changed
    [[ -e $stamp && -e $root/$program/relay-supervisor.jar ]] || return 1
    changed=$(cd "$root" && find "${build_inputs[@]}" -newer "$stamp" -print -quit)
    [[ -z $changed ]]
}

# open_log NAME: prints the path of a new, empty log beside what the build makes; exits with a message when there cannot be one.
open_log() {
    local directory=$root/supervisor/target
    if ! mkdir -p "$directory" 2>/dev/null || [[ ! -w $directory ]]; then
        die "cannot write to $directory; was it made by another user? Remove it, or give it to $(id -un)."
    fi
    : >"$directory/$1"
    printf '%s' "$directory/$1"
}

run_maven() {
    (cd "$root" && mvn -B -Dstyle.color=never "$@" -Dmaven.test.skip=true -Dspotless.check.skip=true package)
}

# Maven, and Maven again when it was the network that failed.
run_maven_patiently() {
    local log=$1 attempt
    run_maven && return
    for attempt in 1 2; do
        tail -n 60 "$log" |
            grep -E 'Connect(ion)? (reset|refused|timed out)|Read timed out|Unknown host|Temporary failure|status: 5' >/dev/null || return 1
        echo "The network failed; trying again in $((attempt * 5)) s."
        sleep $((attempt * 5))
        run_maven -U && return
    done
    return 1
}

# build LOG: makes the program when something has changed since it was last made; exits with a message when that fails.
build() {
    local log=$1 pending=$root/$build_stamp.pending
    if build_is_current; then
        say "  build: up to date"
        return
    fi
    # The stamp is from before the build: a file that is saved while it runs is newer, and is built the next time.
    touch "$pending"
    if ! step build "$log" run_maven_patiently "$log"; then
        warn "${0##*/}: the build failed:"
        # Of the last attempt, the errors themselves without Maven's advice about itself.
        tac "$log" | sed '/Scanning for projects/q' | tac | grep -E '^\[(ERROR|FATAL)\] .*[^ ]' |
            grep -vE 'Help [0-9]+\] http|Re-run Maven|After correcting|-> \[Help|full stack trace|please read the following' |
            head -n 20 | sed 's/^/    /' >&2 || true
        warn "  The whole log: $log"
        exit 1
    fi
    mv "$pending" "$root/$build_stamp"
}

# make_class_data HOME LOG: the archives that make the JVM start quickly, in the program's HOME; only when the program or the
# JDK is another. They hold the paths of what they were made from, so this comes after any copying. Going without is no error.
make_class_data() {
    local home=$1 log=$2 made=$1/$program/.class-data jdk
    [[ -x $home/bin/make-class-data ]] || return 0
    jdk=$(readlink -f "$JAVA_HOME")
    if [[ -e $made && ! $home/$program/relay-supervisor.jar -nt $made && $(<"$made") == "$jdk" ]]; then
        return
    fi
    if step "class data" "$log" "$home/bin/make-class-data"; then
        printf '%s\n' "$jdk" >"$made"
    else
        warn "  Starting will be slower without it; why: $log"
    fi
}
