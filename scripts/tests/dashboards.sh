# Sourced by run: the dashboards of Grafana are what Grafana's own types say. There is no Grafana to show them to.
# shellcheck shell=bash disable=SC2154 # run sets $checkout

# The dashboards as one file of TypeScript, beside the types.
dashboards_as_typescript() {
    local file number=0
    cp "$checkout"/scripts/tests/dashboards/* .
    npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
    {
        echo "import type { Checked } from './types.js';"
        for file in "$checkout"/monitoring/grafana/dashboards/*.json; do
            number=$((number + 1))
            printf 'export const dashboard%d: Checked = %s;\n' "$number" "$(cat "$file")"
        done
    } >checked.ts
    ((number == 5))
}

test_dashboards_are_of_grafanas_own_types() {
    dashboards_as_typescript
    npm run --silent check
    # So that it can fail: a colour mode that there is not.
    sed -i 's/"colorMode": "background"/"colorMode": "foreground"/' checked.ts
    if npm run --silent check >complaint; then
        return 1
    fi
    grep -q 'colorMode\|"foreground"' complaint
}
