# Sourced by upload-benchmark: its results as Markdown. Needs station.sh, $state (a directory) with the results, and $flags.
# shellcheck shell=bash disable=SC2154

# medians: reads lines of ROUND ROW BYTES SECONDS CPU-SECONDS MEGABYTES; prints for each row its name, MB/s, CPU seconds, MB/s for each
# core in use and MB of memory, or - for what wasn't measured: the median of the rounds.
medians() {
    awk '
        function median(list, count,    i, j, kept) {
            for (i = 2; i <= count; i++)
                for (j = i; j > 1 && list[j - 1] > list[j]; j--) { kept = list[j]; list[j] = list[j - 1]; list[j - 1] = kept }
            return count % 2 ? list[(count + 1) / 2] : (list[count / 2] + list[count / 2 + 1]) / 2
        }
        function of(kind, row,    i, list) {
            for (i = 1; i <= rounds[row]; i++) list[i] = value[kind, row, i]
            return median(list, rounds[row])
        }
        {
            if (!($2 in rounds)) names[++rows] = $2
            n = ++rounds[$2]
            value["rate", $2, n] = $3 / 1e6 / $4
            value["cpu", $2, n] = $5 + 0
            value["per-core", $2, n] = $3 / 1e6 / $5
            value["memory", $2, n] = $6 == "-" ? -1 : $6 + 0
        }
        END {
            for (i = 1; i <= rows; i++) {
                row = names[i]
                memory = of("memory", row)
                printf "%s %.1f %.2f %.1f %s\n", row, of("rate", row), of("cpu", row), of("per-core", row),
                    memory < 0 ? "-" : sprintf("%.1f", memory)
            }
        }'
}

print_upload_table() {
    local row rate cpu per_core memory
    cat <<END

Measured by \`scripts/upload-benchmark --files $files --size $size --transfers $transfers --rounds $rounds\` on: $(describe_machine).
$(rclone version | head -n 1), S3Proxy $(sed -nE 's|.*<s3proxy.version>(.*)</s3proxy.version>.*|\1|p' "$root/pom.xml"). Medians of $rounds rounds. The flags of the daemon's JVM: \`${flags[*]//$root\//}\`.

| what | MB/s | CPU seconds | MB per core-second | growth of the peak of memory |
|---|--:|--:|--:|--:|
END
    while read -r row rate cpu per_core memory; do
        [[ $memory == - ]] || memory="$memory MB"
        printf '| %s | %s | %s | %s | %s |\n' "$(upload_row "$row")" "$rate" "$cpu" "$per_core" "$memory"
    done < <(medians <"$state/results")
}

upload_row() {
    case $1 in
        rclone) echo "rclone copy, the whole process" ;;
        relay.cold) echo "relay-supervisor, first use of the store" ;;
        relay.warm) echo "relay-supervisor, after that" ;;
    esac
}
