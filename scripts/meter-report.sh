# Sourced by meter-benchmark: its results as Markdown. Needs station.sh, and $state (a directory) with the files that it names.
# shellcheck shell=bash disable=SC2154

# jmh_results NAME: reads what JMH wrote and prints milliseconds of CPU time for each second of audio, which is ten blocks.
jmh_results() {
    tr -d '"\r' | awk -F , -v name="$1" '
        { split($1, part, /[.:]/); method = ""; for (i in part) if (part[i] == "MeterBenchmark") method = part[i + 1] }
        $1 ~ /:cpuNanoseconds$/ { cpu[method] = $5 }
        $1 ~ /:blocks$/ { blocks[method] = $5 }
        END { for (method in cpu) printf "%s.%s %.3f\n", name, method, cpu[method] / blocks[method] * 10 / 1e6 }'
}

subtract() { awk -v all="$1" -v part="$2" 'BEGIN { printf "%.3f", all - part }'; }

print_meter_table() {
    cat <<END

Measured by \`scripts/meter-benchmark\` on: $(describe_machine). libebur128 $(package_version libebur128-1), ffmpeg
$(package_version ffmpeg), JMH $(sed -nE 's|.*<jmh.version>(.*)</jmh.version>.*|\1|p' "$root/pom.xml"). $audio_seconds s of stereo at 48 kHz in blocks of 100 ms. The flags of the daemon's JVM:
\`${flags[*]//$root\//}\`.

| what | CPU time for each second of audio | share of a core at real time |
|---|--:|--:|
END
    awk '
        function row(key, text) {
            if (key in value) printf "| %s | %.2f ms | %.2f %% |\n", text, value[key], value[key] / 10
        }
        function java(name, flags) {
            row(name ".addWithoutTruePeak", "relay-supervisor, `add` without true peak, " flags)
            row(name ".add", "relay-supervisor, `add`, " flags)
            row(name ".addAndRead", "the same, and M read ten times, all else once a second")
            row(name ".detectDeadAir", "relay-supervisor, dead-air detection, " flags)
        }
        { value[$1] = $2 }
        END {
            java("daemon", "flags of the daemon")
            java("jmh", "flags of JMH")
            row("c.loudness", "libebur128 in C, without true peak")
            row("c.loudness-read", "the same, and M read ten times, all else once a second")
            row("c.true-peak", "libebur128 in C, with true peak")
            row("c.true-peak-read", "the same, and M read ten times, all else once a second")
            row("ffmpeg.loudness", "ffmpeg, `ebur128`, decoding subtracted")
            row("ffmpeg.true-peak", "ffmpeg, `ebur128=peak=true`, decoding subtracted")
            row("daemon.real-time", "relay-supervisor, all of it, ten wake-ups a second")
        }' "$state/results"
}

package_version() { dpkg-query --show --showformat='${Version}' "$1" 2>/dev/null || echo "of the operator's own"; }
