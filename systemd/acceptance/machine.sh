# Sourced by run: the machine itself. Needs steps.sh, account.sh, $root_image, $kernel, $state, $release and $log.
# shellcheck shell=bash disable=SC2154

# Of processor time, as it has to do with what others leave; and on the clock, for one that does nothing any more.
boot_cpu_seconds=180
run_cpu_seconds=3000
boot_seconds=900
run_seconds=5400

# Its first serial port is the console, its second the report. What it writes to its disks is gone when it ends. Its clock counts
# instructions while it works, a nanosecond each: to itself it is as quick as a real machine, however slow it is here and however
# busy others keep this one. So no timeout in it depends on us. Why this processor and this tb-size (in MB): README.md.
start_machine() {
    rm -f "$state/console" "$state/report"
    TMPDIR=$state "${as_account[@]}" nice qemu-system-x86_64 -accel tcg,thread=single,tb-size=128 -icount shift=0,sleep=on \
        -cpu Nehalem,+rdrand -smp 1 -m 2048 \
        -nodefaults -no-user-config -display none -monitor none -rtc base=utc,clock=vm -net none \
        -kernel "$kernel" \
        -append "root=/dev/nvme0n1 rw console=ttyS0 panic=-1 mitigations=off nokaslr random.trust_cpu=on audit=0 init_on_alloc=0 quiet" \
        -drive "if=none,id=root,file=$root_image,format=raw,snapshot=on" -device nvme,drive=root,serial=root \
        -drive "if=none,id=disk,file=$state/disk.img,format=raw,readonly=on" -device nvme,drive=disk,serial=acceptance \
        -serial "file:$state/console" -serial "file:$state/report" </dev/null >>"$log" 2>&1 &
    machine=$!
}

stop_machine() {
    [[ $machine ]] || return 0
    kill -TERM "$machine" 2>/dev/null || true
    wait "$machine" 2>/dev/null || true
    machine=
}

is_running() { kill -0 "$machine" 2>/dev/null; }

has_panicked() { grep -qs 'Kernel panic' "$state/console"; }

# has_time CPU-SECONDS SECONDS BEGAN: whether it has used neither up.
has_time() {
    local ticks
    ticks=$(awk '{ print $14 + $15 }' "/proc/$machine/stat" 2>/dev/null) || return
    ((ticks < $1 * $(getconf CLK_TCK) && SECONDS - $3 < $2))
}

# The first line of the report says that it has booted.
await_boot() {
    local began=$SECONDS
    while is_running && ! has_panicked && has_time "$boot_cpu_seconds" "$boot_seconds" "$began"; do
        [[ -s $state/report ]] && return
        sleep 1
    done
    return 1
}

is_complete() { grep -q '^[0-9]* passed, [0-9]* failed' "$state/report"; }

# Follows the report until it is complete.
await_report() {
    local began=$SECONDS follower
    tail -n +1 -s 0.5 -F "$state/report" 2>/dev/null &
    follower=$!
    while is_running && ! has_panicked && has_time "$run_cpu_seconds" "$run_seconds" "$began" && ! is_complete; do
        sleep 1
    done
    sleep 1
    kill "$follower" 2>/dev/null || true
    wait "$follower" 2>/dev/null || true
    say "  the machine ran for $((SECONDS - began)) s"
}

run_machine() {
    local attempt passed failed
    for attempt in 1 2; do
        start_machine
        if await_boot; then
            break
        fi
        stop_machine
        cp "$state/console" "$log.console"
        warn "The machine did not boot (attempt $attempt of 2). Its console ends with:"
        show_tail "$log.console" 15
        ((attempt == 1)) || die "the machine does not boot."
    done
    await_report
    stop_machine
    cp "$state/console" "$log.console"
    tr -d '\r' <"$state/report" >"$log.report"
    if ! [[ $(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log.report") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        show_tail "$log.console" 30
        die "the checks broke off; what the machine said is in $log.report."
    fi
    passed=${BASH_REMATCH[1]}
    failed=${BASH_REMATCH[2]}
    ((failed == 0 && passed > 0))
}
