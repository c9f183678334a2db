# Sourced: the Debian packages that the project needs, and their installation. Needs steps.sh, account.sh and jdk.sh.
# shellcheck shell=bash disable=SC2034 # the lists are for those who source this

# PACKAGE:WHAT, where WHAT is the command or shared library it is wanted for. An operator's own build of WHAT will do.
packages_to_run=(
    icecast2:icecast2
    liquidsoap:liquidsoap
    ffmpeg:ffmpeg
    libebur128-1:libebur128.so.1
)
packages_to_watch=(
    prometheus:promtool
    prometheus-alertmanager:prometheus-alertmanager
    prometheus-blackbox-exporter:prometheus-blackbox-exporter
)
packages_to_test=(
    "${packages_to_watch[@]}"
    sox:sox
    espeak-ng:espeak-ng
    curl:curl
    procps:ps
    iproute2:ss
    shellcheck:shellcheck
    lintian:lintian
    chromium:chromium
    nodejs:node
    npm:npm
)
packages_to_boot=(
    qemu-system-x86:qemu-system-x86_64
    mmdebstrap:mmdebstrap
    e2fsprogs:mke2fs
)

is_provided() {
    case $1 in
        *.so.*) [[ $(PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null) == *"$1 "* ]] ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

# is_missing PACKAGE:WHAT: a package that is only half installed counts as missing, so that apt gets to finish it.
is_missing() {
    local status
    status=$(dpkg-query --show --showformat='${db:Status-Status}' "${1%%:*}" 2>/dev/null || true)
    case $status in
        installed) return 1 ;;
        '' | not-installed | config-files) ! is_provided "${1#*:}" ;;
        *) return 0 ;;
    esac
}

# missing_packages PACKAGE:WHAT...: prints what install-packages is to be asked for, one a line.
missing_packages() {
    local entry
    # Alternatives, best first: what a release of Debian has differs.
    find_jdk >/dev/null 2>&1 ||
        echo 'openjdk-17-jdk-headless|openjdk-21-jdk-headless|openjdk-25-jdk-headless|default-jdk-headless'
    is_provided mvn || echo maven
    for entry in "$@"; do
        is_missing "$entry" && echo "${entry%%:*}"
    done
    return 0
}

# ensure_packages LOG PACKAGE:WHAT...: installs what is missing; exits with a message when it cannot.
ensure_packages() {
    local log=$1 missing installer
    local -a become_root=()
    shift
    mapfile -t missing < <(missing_packages "$@")
    if ((${#missing[@]} == 0)); then
        say "  packages: all there"
        return
    fi
    if ! command -v apt-get >/dev/null; then
        warn "${0##*/}: these are needed, and this system has no apt to install them with:"
        warn "    ${missing[*]}"
        die "install what they are called here, then run this again. (The project is made for Debian 12.)"
    fi
    if ((EUID != 0)); then
        command -v sudo >/dev/null || die "to install ${missing[*]} this must run as root, or sudo must be there."
        say "  packages: sudo is used to install ${missing[*]}"
        # The question for the password comes here, where the progress line cannot hide it.
        sudo -n true 2>/dev/null || sudo -v || die "sudo refused; ask the administrator for ${missing[*]}."
        become_root=(sudo --)
    fi
    say "  packages: installing ${missing[*]}, and what they need"
    installer=$(dirname "${BASH_SOURCE[0]}")/install-packages
    if ! step packages "$log" "${become_root[@]}" "$installer" "${missing[@]}"; then
        warn "${0##*/}: the packages could not be installed. The log ends with:"
        show_tail "$log" 15
        die "check that the package mirror can be reached (apt-get update), then run this again."
    fi
    hash -r
}
