# Sourced by run: monitoring/install writes over nothing of an operator's. relayctl and dpkg-query are stand-ins; DPKG_ROOT is an
# empty directory.
# shellcheck shell=bash disable=SC2154,SC2016 # run sets $checkout; stand-ins expand $ when they run

# A copy of the script beside a relayctl that writes one file.
monitoring_stand_ins() {
    export DPKG_ROOT=$PWD/root
    mkdir -p root/etc/prometheus root/etc/default monitoring bin fakes
    cp "$checkout/monitoring/install" monitoring/
    printf '#!/bin/sh\necho "relayctl $*" >>"%s/calls"\nmkdir -p "$3"\n' "$PWD" >bin/relayctl
    cat >fakes/dpkg-query <<'END'
#!/bin/bash
[[ $2 == *Conffiles* ]] && printf '\n /etc/prometheus/prometheus.yml %s\n' "$(printf 'as shipped\n' | md5sum | cut -d ' ' -f 1)"
echo installed
END
    chmod +x bin/relayctl fakes/dpkg-query
    export PATH=$PWD/fakes:$PATH
    units=root/etc/systemd/system
}

test_the_services_of_debian_get_our_configuration_by_drop_ins() {
    monitoring_stand_ins
    echo 'as shipped' >root/etc/prometheus/prometheus.yml
    monitoring/install --config some.yaml
    monitoring/install --config some.yaml
    grep -qx "relayctl monitoring render $DPKG_ROOT/etc/prometheus/relay-supervisor --config some.yaml" calls
    for service in prometheus prometheus-alertmanager prometheus-blackbox-exporter; do
        [[ $(readlink $units/$service.service.d/relay-supervisor.conf) == /etc/prometheus/relay-supervisor/systemd/$service.conf ]]
    done
    [[ $(cat root/etc/prometheus/prometheus.yml) == 'as shipped' ]]
}

test_a_prometheus_that_the_operator_configured_stays_as_it_is() {
    monitoring_stand_ins
    echo 'mine' >root/etc/prometheus/prometheus.yml
    monitoring/install >output
    grep -q '^prometheus: goes on with yours: /etc/prometheus/prometheus.yml$' output
    [[ ! -e $units/prometheus.service.d ]]
    [[ $(cat root/etc/prometheus/prometheus.yml) == mine ]]
    [[ -L $units/prometheus-alertmanager.service.d/relay-supervisor.conf ]]
}

test_a_drop_in_of_the_operators_wins() {
    monitoring_stand_ins
    mkdir -p $units/prometheus-alertmanager.service.d
    echo '[Service]' >$units/prometheus-alertmanager.service.d/mine.conf
    monitoring/install >output
    grep -q '^prometheus-alertmanager: goes on with yours: /etc/systemd/system/prometheus-alertmanager.service.d/mine.conf$' output
    [[ ! -e $units/prometheus-alertmanager.service.d/relay-supervisor.conf ]]
}

test_a_service_that_is_ours_already_stays_so_whatever_is_in_its_defaults() {
    monitoring_stand_ins
    echo 'as shipped' >root/etc/prometheus/prometheus.yml
    monitoring/install
    echo 'mine' >root/etc/prometheus/prometheus.yml
    monitoring/install >output
    cat output
    ! grep -q 'goes on with yours' output || exit 1
    [[ -L $units/prometheus.service.d/relay-supervisor.conf ]]
}

test_grafana_is_provisioned_where_it_is() {
    monitoring_stand_ins
    mkdir -p root/etc/grafana/provisioning/{datasources,dashboards}
    echo mine >root/etc/grafana/provisioning/datasources/relay.yaml
    monitoring/install >output
    [[ $(cat root/etc/grafana/provisioning/datasources/relay.yaml) == mine ]]
    [[ -L root/etc/grafana/provisioning/dashboards/relay.yaml ]]
}

test_what_a_drop_in_starts_listens_on_this_machine_only() {
    for file in "$checkout"/monitoring/systemd/*.conf; do
        grep -q -e '--web.listen-address=127\.0\.0\.1:[0-9]*' "$file"
    done
    grep -q -e '--cluster.listen-address= ' "$checkout/monitoring/systemd/prometheus-alertmanager.conf"
}

test_monitoring_install_tells_how_it_is_used_and_refuses_what_it_does_not_understand() {
    "$checkout/scripts/monitoring-install" --help | grep -q '^usage: scripts/monitoring-install'
    for arguments in --all '--release sid'; do
        status=0
        # shellcheck disable=SC2086 # two words
        "$checkout/scripts/monitoring-install" $arguments >/dev/null 2>&1 || status=$?
        ((status == 2))
    done
}
