# Sourced by run: what the Debian package says of itself in several places is the same everywhere.
# shellcheck shell=bash disable=SC2154 # run sets $checkout

test_the_changelog_of_the_package_has_the_version_of_the_build() {
    local version
    version=$(sed -n 's|^  <version>\(.*\)</version>$|\1|p' "$checkout/pom.xml" | head -n 1)
    [[ $version ]]
    grep -qF "relay-supervisor ($version) " <(head -n 1 "$checkout/systemd/changelog")
    for page in "$checkout"/systemd/man/*; do
        grep -qF "\"relay-supervisor $version\"" <(head -n 1 "$page")
    done
}

# What postinst and the unit name, the package must bring, under the same name.
test_the_unit_starts_what_the_package_brings() {
    local program
    while read -r program; do
        grep -qF "<dst>$program</dst>" "$checkout/systemd/pom.xml"
    done < <(sed -nE 's|^Exec(Start\|Reload)=([^ ]+).*|\2|p' "$checkout/systemd/relay-supervisor.service")
}
