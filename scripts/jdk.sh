# Sourced: which Java to use. Needs $as_account (see account.sh): the JDK must be usable by whom the programs run as.
# shellcheck shell=bash

oldest_java=17

# java_release HOME: the feature release of the JDK in HOME, such as 17; nothing when there is no JDK that can compile.
java_release() {
    local version
    # shellcheck disable=SC2154
    "${as_account[@]}" test -x "$1/bin/java" -a -x "$1/bin/javac" 2>/dev/null || return 0
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null || true)
    [[ $version ]] || version=$("$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
    printf '%s' "$version"
}

is_new_enough() {
    local release
    release=$(java_release "$1")
    [[ $release =~ ^[0-9]+$ ]] && ((release >= oldest_java))
}

# find_jdk: prints the home of the JDK to use; fails when there is none. In this order: JAVA_HOME, the javac on the PATH,
# Debian's JDKs beginning with the oldest that will do, which is the one the project is built and tested with.
find_jdk() {
    local home javac
    if [[ ${JAVA_HOME:-} ]]; then
        if is_new_enough "$JAVA_HOME"; then
            printf '%s' "$JAVA_HOME"
            return
        fi
        warn "  JAVA_HOME=$JAVA_HOME is not a usable JDK of release $oldest_java or later: looking for another."
    fi
    javac=$(command -v javac || true)
    if [[ $javac ]]; then
        home=$(readlink -f "$javac")
        home=${home%/bin/javac}
        is_new_enough "$home" && printf '%s' "$home" && return
    fi
    while read -r home; do
        is_new_enough "$home" && printf '%s' "$home" && return
    done < <(find /usr/lib/jvm -maxdepth 1 -name 'java-[0-9]*-openjdk-*' 2>/dev/null | sort -V)
    return 1
}

# use_jdk: exports JAVA_HOME and PATH, so that Maven and the programs in bin/ take the JDK that was found.
use_jdk() {
    JAVA_HOME=$(find_jdk) || die "no JDK of release $oldest_java or later was found; set JAVA_HOME to one."
    export JAVA_HOME
    export PATH=$JAVA_HOME/bin:$PATH
}
