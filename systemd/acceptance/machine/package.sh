# Sourced by start: the package's installation, upgrade and removal.
# shellcheck shell=bash disable=SC2154

apt() { DEBIAN_FRONTEND=noninteractive apt-get --quiet --yes --option=Dpkg::Use-Pty=0 --option=Dpkg::Options::=--force-confold "$@"; }

package_installs() {
    local began=$SECONDS
    echo "before: icecast2 is $(systemctl is-active icecast2), $(systemctl is-enabled icecast2 2>/dev/null)"
    [[ $(systemctl is-enabled icecast2 2>/dev/null) == enabled ]]
    ip -brief link
    apt install /mnt/relay-supervisor.deb
    echo "installed in $((SECONDS - began)) s: $(dpkg-query --show --showformat='${Version} ${db:Status-Status}' relay-supervisor)"
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' relay-supervisor) == installed ]]
    echo "after: icecast2 is $(systemctl is-active icecast2), $(systemctl is-enabled icecast2 2>/dev/null)"
    [[ $(systemctl is-enabled icecast2 2>/dev/null) == disabled ]]
    [[ $(property UnitFileState) == enabled && $(property ActiveState) == inactive ]]
    id relay-supervisor
    ls -ld /etc/relay-supervisor /etc/relay-supervisor/*
    ls -l /usr/lib/relay-supervisor
    [[ -s /usr/lib/relay-supervisor/relay-supervisor.jsa && -s /usr/lib/relay-supervisor/relayctl.jsa ]] || refuse "no class data was made"
}

unit_is_tight() {
    local found exposure
    # There is no man(1) in here.
    found=$(systemd-analyze verify --man=no "$unit" 2>&1) || refuse "systemd-analyze verify fails: $found"
    [[ ! $found ]] || refuse "systemd-analyze verify says: $found"
    found=$(systemd-analyze security --no-pager "$unit" | grep -E '✗|→')
    echo "$found"
    exposure=$(sed -n 's/.*Overall exposure level for [^ ]*: \([0-9.]*\) .*/\1/p' <<<"$found")
    awk -v exposure="$exposure" 'BEGIN { exit !(exposure != "" && exposure < 1.5) }'
}

starts() { journal --boot | grep -c 'relay-supervisor [0-9.]* starts'; }

package_upgrades() {
    local before began main lives
    before=$(starts)
    main=$(daemon)
    lives=$(lasting)
    cp /etc/relay-supervisor/relay.yaml "$kept/relay.yaml"
    find "$state" -path '*/recordings/*' -name '*.mp3' | sort >"$kept/recordings"
    have_heard_nothing_yet
    began=$SECONDS
    apt install /mnt/relay-supervisor-later.deb
    echo "upgraded in $((SECONDS - began)) s to $(dpkg-query --show --showformat='${Version}' relay-supervisor)"
    [[ $(dpkg-query --show --showformat='${Version}' relay-supervisor) == *+later ]]
    cmp /etc/relay-supervisor/relay.yaml "$kept/relay.yaml"
    while read -r file; do
        [[ -e $file ]] || refuse "$file is gone"
    done <"$kept/recordings"
    echo "relay.yaml and $(wc -l <"$kept/recordings") recorded files are as before"
    await 180 is_on_the_air
    await 120 all_are_up
    echo "pid $main -> $(daemon); starts of the daemon $before -> $(starts); NRestarts $(property NRestarts); $lives -> $(lasting)"
    [[ $(lasting) == "$lives" ]] || refuse "they did not go on"
    (($(starts) == before + 1))
    [[ $(property NRestarts) == 0 ]]
    still_listen
    get_up
    hear
}

package_is_removed() {
    apt remove relay-supervisor
    ! systemctl is-active "$unit" || refuse "it's still running"
    ! pgrep --uid relay-supervisor || refuse "processes are left"
    cmp /etc/relay-supervisor/relay.yaml "$kept/relay.yaml"
    [[ -e $(head -n 1 "$kept/recordings") ]]
    [[ ! -e /usr/lib/relay-supervisor ]] || refuse "left: $(find /usr/lib/relay-supervisor)"
    [[ ! -e /usr/lib/systemd/system/$unit && ! -e /etc/systemd/system/multi-user.target.wants/$unit ]]
    echo "icecast2 is $(systemctl is-enabled icecast2 2>/dev/null) again"
    [[ $(systemctl is-enabled icecast2 2>/dev/null) == enabled ]]
}

package_is_purged() {
    local left
    apt purge relay-supervisor
    while read -r file; do
        [[ -e $file ]] || refuse "$file is gone"
    done <"$kept/recordings"
    echo "$(wc -l <"$kept/recordings") recorded files are still there"
    find /etc/relay-supervisor "$state" /var/log/relay-supervisor -maxdepth 2 2>/dev/null || true
    [[ -e /etc/relay-supervisor/credentials/dj ]]
    [[ ! -e /etc/relay-supervisor/relay.yaml && ! -e /var/log/relay-supervisor ]]
    [[ ! -e $state/secrets ]]
    left=$(find "$state" -mindepth 1 -maxdepth 1 ! -name recordings ! -name spool)
    [[ ! $left ]] || refuse "left: $left"
    [[ ! $(dpkg-query --show --showformat='${db:Status-Status}' relay-supervisor 2>/dev/null) ]] || refuse "dpkg still knows it"
}
