# Sourced by run: installing leaves no service behind and puts back what it changed. apt and systemctl are stand-ins that
# write down how they were called; DPKG_ROOT is an empty directory.
# shellcheck shell=bash disable=SC2154,SC2016 # run sets $checkout; stand-ins expand $ when they run

stand_ins() {
    export DPKG_ROOT=$PWD/root calls=$PWD/calls
    mkdir -p root/usr/sbin fakes installed
    policy=$DPKG_ROOT/usr/sbin/policy-rc.d
    cat >fakes/apt-get <<'END'
#!/bin/bash
echo "apt-get $*" >>"$calls"
[[ " $* " == *" install "* ]] || exit 0
# What invoke-rc.d of a package would be told:
"$DPKG_ROOT/usr/sbin/policy-rc.d" icecast2 start
echo "policy $?" >>"$calls"
[[ ! -e fail ]] || exit 100
touch installed/icecast2
END
    cat >fakes/apt-cache <<'END'
#!/bin/bash
[[ $2 == *17* ]] && echo "  Candidate: (none)" || echo "  Candidate: 1.0"
END
    cat >fakes/dpkg-query <<'END'
#!/bin/bash
case $1 in
    --show) [[ -e installed/${!#} ]] && echo installed ;;
    --listfiles) printf '/etc/init.d/icecast2\n/lib/systemd/system/icecast-extra.service\n/usr/bin/icecast2\n' ;;
esac
END
    printf '#!/bin/bash\necho "systemctl $*" >>"$calls"\n' >fakes/systemctl
    printf '#!/bin/bash\n:\n' >fakes/sleep
    chmod +x fakes/*
    export PATH=$PWD/fakes:$PATH
}

# Unlike "!", it fails the test when the command does well.
fails() { ! "$@"; }

test_services_are_forbidden_while_installing_and_the_policy_is_gone_after() {
    stand_ins
    "$checkout/scripts/install-packages" icecast2
    grep -qx 'policy 101' calls
    [[ ! -e $policy ]]
}

test_the_services_of_new_packages_are_disabled() {
    stand_ins
    "$checkout/scripts/install-packages" icecast2
    grep -qE '^systemctl disable (--now )?icecast2.service$' calls
    grep -qE '^systemctl disable (--now )?icecast-extra.service$' calls
}

test_the_services_of_packages_that_were_there_are_left_alone() {
    stand_ins
    touch installed/icecast2
    "$checkout/scripts/install-packages" icecast2
    fails grep '^systemctl' calls
}

test_an_operators_policy_comes_back_even_when_installing_fails() {
    stand_ins
    printf '#!/bin/sh\nexit 42\n' >operators-policy
    ln -s "$PWD/operators-policy" "$policy"
    touch fail
    fails "$checkout/scripts/install-packages" icecast2
    [[ -L $policy && $(readlink "$policy") == "$PWD/operators-policy" ]]
    [[ $(grep -c ' install ' calls) == 3 ]] # with pauses between the attempts
    grep -qx 'policy 101' calls
}

test_a_policy_left_by_a_killed_run_is_cleaned_up() {
    stand_ins
    printf '#!/bin/sh\n# relay-supervisor: no services are started while it installs packages\nexit 101\n' >"$policy"
    printf '#!/bin/sh\nexit 42\n' >"$policy.kept-by-relay"
    "$checkout/scripts/install-packages" icecast2
    grep -q 'exit 42' "$policy"
    [[ ! -e $policy.kept-by-relay ]]
}

test_the_first_alternative_that_can_be_had_is_installed() {
    stand_ins
    "$checkout/scripts/install-packages" 'openjdk-17-jdk-headless|openjdk-21-jdk-headless'
    grep -q ' install openjdk-21-jdk-headless$' calls
}

test_nothing_the_operator_has_is_removed_or_recommended_in() {
    stand_ins
    "$checkout/scripts/install-packages" icecast2
    grep ' install ' calls | grep -e --no-remove | grep -q -e --no-install-recommends
}
