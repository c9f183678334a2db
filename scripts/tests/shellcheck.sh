# Sourced by run: every script of the project parses, and shellcheck has nothing to say.
# shellcheck shell=bash disable=SC2154 # run sets $checkout

shell_scripts() {
    find "$checkout" \( -name target -o -name .git -o -name node_modules -o -name .quickstart \) -prune -o -type f -print0 |
        xargs -0 awk 'FNR == 1 && (/^#!.*[\/ ](ba|da)?sh( |$)/ || FILENAME ~ /\.sh$/) { print FILENAME } FNR > 1 { nextfile }'
}

test_all_shell_scripts_parse() {
    local script found=0
    while read -r script; do
        bash -n "$script"
        found=$((found + 1))
    done < <(shell_scripts)
    ((found >= 8))
}

test_shellcheck_finds_nothing() {
    local -a scripts
    mapfile -t scripts < <(shell_scripts)
    cd "$checkout" || return
    shellcheck --external-sources "${scripts[@]}"
}
