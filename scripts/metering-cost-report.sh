# Sourced by metering-cost: its results as Markdown. A result is a line: on or off, the number of the round, what, and how much.
# shellcheck shell=bash

# thread_shares METERING ROUND SECONDS BEFORE AFTER: results from two files of thread, nanoseconds and name: percent of a core
# for each name. What is not the daemon's own is Java's.
thread_shares() {
    awk -v metering="$1" -v round="$2" -v seconds="$3" '
        FILENAME == ARGV[1] { before[$1] = $2; next }
        { share[$3 ~ /^relay-/ ? $3 : "other"] += ($2 - before[$1]) / 1e7 / seconds }
        END { for (name in share) print metering, round, "thread." name, share[name] }' "$4" "$5"
}

# Reads results and prints tables and whether the aims are met; fails when they are not.
print_metering_cost() {
    LC_ALL=C awk '
        function sorted(list, values, count, i, j, swap) {
            count = split(list, values, " ")
            for (i = 2; i <= count; i++)
                for (j = i; j > 1 && values[j - 1] + 0 > values[j] + 0; j--) {
                    swap = values[j]; values[j] = values[j - 1]; values[j - 1] = swap
                }
            return count
        }
        function median(metering, what, values, count) {
            count = sorted(all[metering, what], values)
            if (count == 0) return 0
            return (values[int((count + 1) / 2)] + values[int((count + 2) / 2)]) / 2
        }
        function note(metering, round, what, value) {
            all[metering, what] = all[metering, what] " " value
        }
        function row(text, what, unit, digits, off, on) {
            off = median("off", what); on = median("on", what)
            printf "| %s | %.*f %s | %.*f %s | %+.*f %s |\n", text, digits, off, unit, digits, on, unit, digits, on - off, unit
            return on - off
        }
        function aim(what, value, limit, unit, digits) {
            printf "%s: metering takes %.*f %s %s; less than %s %s wanted.\n",
                value < limit ? "met" : "NOT MET", digits, value, unit, what, limit, unit
            if (value >= limit) missed = 1
        }
        {
            note($1, $2, $3, $4)
            if ($3 ~ /^thread\./) threads[$3]
            split($3, part, ".")
            if ($3 == "daemon.cpu" || $3 == "decoder.cpu") sum[$1, $2, "cpu"] += $4
            if ($3 == "daemon.rss" || $3 == "decoder.pss") sum[$1, $2, "memory"] += $4
            if ($3 == "daemon.rss" || $3 == "decoder.pss" || $3 == "recorder.pss") sum[$1, $2, "in_use"] += $4
        }
        END {
            for (key in sum) { split(key, of, SUBSEP); note(of[1], of[2], "sum." of[3], sum[key]) }
            print "\n| median | without metering | with metering | difference |\n|---|--:|--:|--:|"
            row("CPU of the daemon, of one core", "daemon.cpu", "%", 2)
            row("CPU of the decoder", "decoder.cpu", "%", 2)
            cpu = row("**CPU of both**", "sum.cpu", "%", 2)
            row("RSS of the daemon", "daemon.rss", "MB", 1)
            row("RSS of the decoder", "decoder.rss", "MB", 1)
            row("PSS of the decoder", "decoder.pss", "MB", 1)
            row("PSS of the recorder", "recorder.pss", "MB", 1)
            row("RSS of the daemon, PSS of the decoder", "sum.memory", "MB", 1)
            memory = row("**memory in use**: the same and the PSS of the recorder", "sum.in_use", "MB", 1)
            print "\n| CPU of the daemon by thread, median | without metering | with metering | difference |\n|---|--:|--:|--:|"
            count = 0
            for (name in threads) names[++count] = name
            for (i = 2; i <= count; i++)
                for (j = i; j > 1 && names[j - 1] > names[j]; j--) { swap = names[j]; names[j] = names[j - 1]; names[j - 1] = swap }
            for (i = 1; i <= count; i++) row("`" substr(names[i], 8) "`", names[i], "%", 2)
            print ""
            aim("of a core", cpu, 1.5, "%", 2)
            aim("more of memory", memory, 40, "MB", 1)
            exit missed
        }'
}
