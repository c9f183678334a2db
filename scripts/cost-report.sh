# Sourced by listener-cost: its results as Markdown. Needs station.sh, and $state (a directory) with the files that it names.
# shellcheck shell=bash disable=SC2154

# The results as a table with a row per number of listeners and server, and the aims.
print_table() {
    cat <<END

Measured by \`scripts/listener-cost\` on: $(describe_machine). HAProxy $(version_of haproxy -v), nginx $(version_of nginx -v).
Listeners of 128 kbit/s connect at $rate a second; CPU is the share of one core over $window s, $settle s after the last
connect; memory is RSS after that, without what the idle process had, by listeners. First byte: from the SYN to the first byte
of audio. A third of the listeners ask for titles. The recorder is on, as shipped: one listener more, which is not counted.
Files that may be open: $(sort -u "$state/descriptors" | paste -sd, | sed 's/,/, /g').

| listeners | server | its CPU | thread relay-net | Icecast's CPU | both | µs per listener-second | RSS per listener, Icecast's | first byte p50 | p99 | longest | refused | lost | served in the end, kbit/s each |
|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
END
    awk -v order="${servers[*]}" -v counts="0 ${counts[*]}" '
        function share(key) { return (server, count, key) in value ? sprintf("%.3f", value[server, count, key]) : "–" }
        function per_listener(key) {
            if (!count || !((server, count, key) in value)) return "–"
            return sprintf("%.1f KB", 1.024 * (value[server, count, key] - value[server, 0, key]) / count)
        }
        function milliseconds(key) { return count ? sprintf("%.0f ms", 1000 * value[server, count, key]) : "–" }
        function both() { return value[server, count, "cpu.front"] + value[server, count, "cpu.icecast"] }
        BEGIN {
            title["icecast"] = "Icecast alone"; title["haproxy"] = "HAProxy tcp"; title["nginx"] = "nginx unbuffered"
            title["relay"] = "relay-supervisor"
        }
        { value[$1, $2, $3] = $4 }
        END {
            rows = split(counts, number, " "); columns = split(order, name, " ")
            for (i = 1; i <= rows; i++) for (j = 1; j <= columns; j++) {
                count = number[i]; server = name[j]
                printf "| %d | %s | %s | %s | %s | %.3f | %s | %s, %s | %s | %s | %s | %d | %d | %s |\n",
                    count, title[server], share("cpu.front"), share("cpu.thread"), share("cpu.icecast"), both(),
                    count ? sprintf("%.0f", 1e6 * both() / count) : "–", per_listener("rss.front"), per_listener("rss.icecast"),
                    milliseconds("first_byte.p50"), milliseconds("first_byte.p99"), milliseconds("first_byte.longest"),
                    value[server, count, "refused"], value[server, count, "lost"],
                    count ? sprintf("%d, %.0f", value[server, count, "hearing"], value[server, count, "kbps"]) : "–"
            }
        }' "$state/results"
}

print_aims() {
    awk -v counts="${counts[*]}" '
        function has(server, count) { return (server, count, "cpu.icecast") in value }
        function aim(met, text) { printf "- %s: %s\n", met ? "met" : "NOT MET", text }
        function both(server) { return value[server, count, "cpu.front"] + value[server, count, "cpu.icecast"] }
        { value[$1, $2, $3] = $4 }
        END {
            if (!has("relay", 0)) exit
            print "\nAims:\n"
            most[1000] = 0.03; most[5000] = 0.12
            rows = split(counts, number, " ")
            for (i = 1; i <= rows; i++) {
                count = number[i]; at = " at " count " listeners"
                hearing = value["relay", count, "hearing"]; lost = value["relay", count, "lost"]
                aim(hearing == count && !lost, sprintf("relay-supervisor serves %d of %d listeners, and lost %d", hearing, count, lost))
                proxy = value["relay", count, "cpu.front"]
                if (count in most)
                    aim(proxy <= most[count], sprintf("relay-supervisor takes %.3f of a core%s; at most %.2f", proxy, at, most[count]))
                memory = 1.024 * (value["relay", count, "rss.front"] - value["relay", 0, "rss.front"]) / count
                aim(memory <= 8, sprintf("relay-supervisor takes %.1f KB of RSS per listener%s; at most 8", memory, at))
                if (!has("icecast", count)) continue
                if (count >= 1000)
                    aim(both("relay") < both("icecast"), sprintf("relay-supervisor and Icecast take %.3f of a core%s; less than Icecast alone, %.3f", both("relay"), at, both("icecast")))
                p50 = 1000 * value["relay", count, "first_byte.p50"]; reference = 1000 * value["icecast", count, "first_byte.p50"]
                aim(p50 <= reference, sprintf("p50 to the first byte is %.0f ms%s; no more than that of Icecast alone, %.0f ms", p50, at, reference))
                if (count <= 1000) continue
                p99 = 1000 * value["relay", count, "first_byte.p99"]; reference = 1000 * value["icecast", count, "first_byte.p99"]
                aim(p99 <= reference / 2, sprintf("p99 to the first byte is %.0f ms%s; at most half of that of Icecast alone, %.0f ms", p99, at, reference))
            }
        }' "$state/results"
}

version_of() { "$@" 2>&1 | sed -nE '1s/.*[/ ]([0-9]+\.[0-9.]+[0-9]).*/\1/p'; }

# Of all gauges of ours, those that differ between two samples, so that growth shows that nobody thought of.
print_changed_gauges() {
    printf '\nGauges of ours that changed, minute %s to minute %s:\n\n| gauge | before | after |\n|---|--:|--:|\n' "$1" "$2"
    awk 'FNR == 1 { file++ }
        $1 == "#" && $2 == "TYPE" { type[$3] = $4; next }
        $1 == "#" { next }
        { series = $1; name = $1; sub(/[{].*/, "", name) }
        name !~ /^relay_/ || name ~ /timestamp/ || type[name] != "gauge" { next }
        file == 1 { before[series] = $NF; next }
        before[series] != $NF { printf "| `%s` | %s | %s |\n", series, series in before ? before[series] : "–", $NF }' \
        "$state/metrics.$1" "$state/metrics.$2"
}

# The median of the last third of the samples against that of the first.
print_growth() {
    awk '
        function median(column, from, to,   i, j, held, sorted, n) {
            n = 0
            for (i = from; i <= to; i++) {
                held = value[i, column]
                for (j = ++n; j > 1 && sorted[j - 1] > held; j--) sorted[j] = sorted[j - 1]
                sorted[j] = held
            }
            return sorted[int((n + 1) / 2)]
        }
        function growth(column, what, unit, scale,   first, last) {
            first = median(column, 1, third); last = median(column, NR - third + 1, NR)
            printf "- %s: %s, %.1f%s in the first third, %.1f%s in the last (medians)\n",
                last <= 1.1 * first ? "no growth" : "GROWTH", what, first / scale, unit, last / scale, unit
        }
        { for (i = 1; i <= NF; i++) value[NR, i] = $i }
        END {
            third = int((NR + 2) / 3)
            print "\nMore than a tenth is growth:\n"
            growth(2, "RSS", " MB", 1e6); growth(3, "heap in use after a collection", " MB", 1e6)
            growth(4, "descriptors", "", 1); growth(5, "RSS of Icecast", " MB", 1e6)
        }' "$state/samples"
}
