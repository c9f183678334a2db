# Sourced by run: the machine's root file system and kernel, made once and kept. Needs steps.sh, $cache, $log and $here.
# shellcheck shell=bash disable=SC2154,SC2016 # what is quoted is for another shell

# What relay-supervisor depends on, as its installation in the machine gets nothing from outside, and what the checks look with.
machine_packages=(
    systemd systemd-sysv dbus linux-image-cloud-amd64
    default-jre-headless icecast2 liquidsoap ffmpeg libebur128-1 adduser
    procps iproute2 curl
)

# On a machine that others manage, none of this would be there; here it would only take time.
masked_units=(
    apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer man-db.timer
    systemd-timesyncd.service serial-getty@ttyS0.service getty@tty1.service
)

# ensure_root_file_system RELEASE: sets $root_image and $kernel; exits with a message when they can't be made.
ensure_root_file_system() {
    local key directory
    key=$(cat "$here/root-file-system.sh" "$here/acceptance.service" <(echo "$1") | sha256sum)
    directory=$cache/$1-${key:0:16}
    root_image=$directory/root.img
    kernel=$directory/vmlinuz
    if [[ -e $root_image && -e $kernel ]]; then
        say "  root file system: $directory"
        return
    fi
    if ((EUID != 0)) && ! unshare --user --map-auto --map-root-user true 2>/dev/null; then
        die "a root file system is made by root, or by a user with entries in /etc/subuid and /etc/subgid (and the package uidmap)."
    fi
    rm -rf "$cache/$1-"*
    mkdir "$directory.partial"
    step "root file system of Debian $1" "$log" make_root_file_system "$1" "$directory.partial" || {
        rm -rf "$directory.partial"
        show_tail "$log" 20
        die "the root file system could not be made."
    }
    mv "$directory.partial" "$directory"
}

# as_owner COMMAND...: as root, or as one who looks like root to files.
as_owner() {
    if ((EUID == 0)); then
        "$@"
    else
        unshare --user --map-auto --map-root-user -- "$@"
    fi
}

make_root_file_system() {
    local packages
    packages=$(IFS=, && echo "${machine_packages[*]}")
    # Where this machine gets its packages, when it's of the same release; else where all do.
    mmdebstrap --variant=minbase --include="$packages" \
        --customize-hook="copy-in $here/acceptance.service /etc/systemd/system" \
        --customize-hook="chroot \"\$1\" systemctl enable acceptance.service" \
        --customize-hook="chroot \"\$1\" systemctl mask ${masked_units[*]}" \
        --customize-hook='chroot "$1" update-rc.d icecast2 enable' \
        --customize-hook='echo relay >"$1/etc/hostname"' \
        --customize-hook='rm -rf "$1"/boot/initrd.img* "$1"/usr/share/locale "$1"/var/cache/apt/archives/*.deb' \
        "$1" "$2/root.tar" || return
    as_owner bash -euc '
        mkdir "$1/root"
        tar -C "$1/root" --numeric-owner -xf "$1/root.tar"
        cp "$1"/root/boot/vmlinuz-* "$1/vmlinuz"
        chmod a+r "$1/vmlinuz"
        mke2fs -q -t ext4 -O ^has_journal -d "$1/root" "$1/root.img" 3G
        rm -rf "$1/root" "$1/root.tar"' bash "$2"
}
