# Sourced by run: quickstart's arguments, its decisions about building, and how it starts the daemon.
# shellcheck shell=bash disable=SC2154,SC2016 # run sets $checkout; stand-ins expand $ when they run

# expect STATUS PATTERN COMMAND...: the command ends with STATUS, and prints a line with PATTERN in it.
expect() {
    local status=$1 pattern=$2 actual=0 output
    shift 2
    output=$("$@" 2>&1) || actual=$?
    printf '%s\n' "$output"
    [[ $actual == "$status" ]]
    grep -qF -e "$pattern" <<<"$output"
}

# A program on the PATH before all others.
fake() {
    mkdir -p fakes
    printf '#!/bin/bash\n%s\n' "$2" >"fakes/$1"
    chmod +x "fakes/$1"
    export PATH=$PWD/fakes:$PATH
}

# A checkout with stand-ins for the build and for the daemon, in a path that needs quoting.
make_checkout() {
    clone="$PWD/a clone with spaces"
    mkdir -p "$clone"/{bin,relay-config,.mvn,supervisor/src/main}
    cp -R "$checkout/quickstart" "$checkout/scripts" "$clone"
    touch "$clone"/{pom.xml,supervisor/pom.xml,supervisor/src/main/Main.java,relay-config/relay.yaml}
    printf '#!/bin/bash\nprintf "daemon <%%s>\\n" "$$" "$@"\n' >"$clone/bin/relay-supervisor"
    printf '#!/bin/bash\nexit 3\n' >"$clone/bin/relayctl"
    chmod +x "$clone"/bin/*
    export calls=$PWD/calls
    fake mvn 'echo "mvn $*" >>"$calls"; mkdir -p supervisor/target/relay-supervisor; touch supervisor/target/relay-supervisor/relay-supervisor.jar'
    fake dpkg-query 'echo installed'
    fake id 'case $* in -u) echo 1000 ;; *) exec /usr/bin/id "$@" ;; esac'
}

unprivileged() { ((EUID != 0)); }

test_quickstart_help_goes_to_standard_output() {
    "$checkout/quickstart" --help 2>/dev/null | grep '^usage: ./quickstart'
}

test_quickstart_refuses_unknown_arguments() {
    expect 2 'unknown argument: --confg' "$checkout/quickstart" --confg x
    expect 2 'usage: ./quickstart' "$checkout/quickstart" stray
    expect 2 '--config needs a file' "$checkout/quickstart" --config
}

test_quickstart_says_which_config_file_is_not_there() {
    expect 1 'there is no config file /nowhere/relay.yaml' "$checkout/quickstart" --config /nowhere/relay.yaml
}

test_the_other_commands_refuse_unknown_arguments() {
    expect 2 'unknown argument: -x' "$checkout/test" -x
    expect 2 'unknown argument: -x' "$checkout/scripts/footprint" -x
    expect 2 'usage: install-packages' "$checkout/scripts/install-packages"
}

test_quickstart_builds_once_and_execs_the_daemon() {
    unprivileged || return 0 # as root it would make an account
    make_checkout
    "$clone/quickstart" >first &
    local pid=$!
    wait "$pid"
    grep -qxF "daemon <$pid>" first # the same process: signals reach the daemon itself
    grep -qxF 'daemon <--config>' first
    grep -qxF "daemon <$clone/relay-config/relay.yaml>" first
    grep -qxF "daemon <$clone/.quickstart>" first
    [[ $(stat -c %a "$clone/.quickstart") == 700 ]]
    (cd / && "$clone/quickstart") >second
    grep -q 'build: up to date' second
    [[ $(wc -l <calls) == 1 ]]
}

test_quickstart_builds_again_when_a_source_has_changed_or_gone() {
    unprivileged || return 0
    make_checkout
    "$clone/quickstart"
    sleep 0.02
    touch "$clone/relay-config/relay.yaml"
    "$clone/quickstart"
    [[ $(wc -l <calls) == 2 ]]
    sleep 0.02
    rm "$clone/supervisor/src/main/Main.java"
    "$clone/quickstart"
    [[ $(wc -l <calls) == 3 ]]
}

test_quickstart_shows_why_a_build_failed_and_tries_again_the_next_time() {
    unprivileged || return 0
    make_checkout
    fake mvn 'echo "mvn" >>"$calls"; echo "[ERROR] Main.java:[3,5] not a statement"; exit 1'
    expect 1 'Main.java:[3,5] not a statement' "$clone/quickstart"
    expect 1 'The whole log: ' "$clone/quickstart"
    [[ $(wc -l <calls) == 2 ]]
}

test_quickstart_does_not_build_under_a_running_daemon() {
    unprivileged || return 0
    make_checkout
    mkdir -p "$clone/.quickstart"
    perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 1) or die' "$clone/.quickstart/control.sock"
    printf '#!/bin/bash\nexit 0\n' >"$clone/bin/relayctl"
    expect 1 'a relay is running already' "$clone/quickstart"
    [[ ! -e calls ]]
}

test_quickstart_says_what_is_needed_where_there_is_no_apt() {
    make_checkout
    mkdir bare
    local command
    for command in bash cat dirname readlink sed find mkdir id sort grep tail getent useradd setpriv env; do
        ln -s "$(PATH=$PATH:/usr/sbin command -v "$command")" bare
    done
    unprivileged || return 0
    PATH=$PWD/bare JAVA_HOME='' expect 1 'these are needed' "$clone/quickstart"
    PATH=$PWD/bare JAVA_HOME='' expect 1 'icecast2 liquidsoap ffmpeg' "$clone/quickstart"
}

test_the_oldest_jdk_that_will_do_is_found() {
    local home release
    for release in 11 17 21; do
        home=jdk-$release
        mkdir -p "$home/bin"
        printf '#!/bin/sh\n' | tee "$home/bin/java" >"$home/bin/javac"
        chmod +x "$home"/bin/*
        printf 'JAVA_VERSION="%s.0.1"\n' "$release" >"$home/release"
    done
    as_account=()
    # shellcheck source=scripts/steps.sh
    . "$checkout/scripts/steps.sh"
    # shellcheck source=scripts/jdk.sh
    . "$checkout/scripts/jdk.sh"
    [[ $(JAVA_HOME=$PWD/jdk-21 find_jdk) == "$PWD/jdk-21" ]]
    [[ $(JAVA_HOME='' PATH=$PWD/jdk-17/bin:$PATH find_jdk) == "$PWD/jdk-17" ]]
    [[ $(JAVA_HOME=$PWD/jdk-11 PATH=$PWD/jdk-17/bin:$PATH find_jdk 2>complaint) == "$PWD/jdk-17" ]]
    grep -q 'not a usable JDK of release 17' complaint
}
