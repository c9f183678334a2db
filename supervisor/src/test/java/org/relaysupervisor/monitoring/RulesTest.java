package org.relaysupervisor.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.monitoring.Rules.Rule;
import org.relaysupervisor.proxy.PrimaryFault;

/** What an alert must have, as far as the files tell. {@link MonitoringIT} fires them. */
class RulesTest {
    private static final Path MONITORING = Path.of(System.getProperty("basedir", "."), "..", "monitoring");

    private static final Pattern FIRING = Pattern.compile("alertname=\"(\\w+)\"");

    private final List<Rule> alerts =
            Rules.in(MONITORING.resolve("rules")).stream().filter(Rule::isAlert).toList();

    RulesTest() throws IOException {}

    @Test
    void eachAlertSaysHowUrgentWhatIsWrongWhatToDoAndWhereMoreIsTold() throws IOException {
        Set<String> headings = Files.readAllLines(MONITORING.resolve("RUNBOOK.md")).stream()
                .filter(line -> line.startsWith("## "))
                .map(line -> line.substring(3))
                .collect(Collectors.toSet());

        assertThat(alerts).isNotEmpty().allSatisfy(alert -> {
            assertThat(alert.labels().get("severity")).isIn("critical", "warning", "info");
            assertThat((String) alert.annotations().get("summary")).startsWith("{{ $labels.station }}: ");
            assertThat((String) alert.annotations().get("action")).isNotBlank();
            assertThat(alert.annotations().get("runbook"))
                    .isEqualTo("RUNBOOK.md#" + alert.name().toLowerCase(Locale.ROOT));
            assertThat(headings).contains(alert.name());
        });
        assertThat(headings).isEqualTo(names());
    }

    /** Such an alert is always there. */
    @Test
    void noneBeginsWithAVector() {
        assertThat(alerts).allSatisfy(alert -> assertThat(alert.expression()).doesNotContain("vector("));
    }

    /** That the tests hold is for promtool to say. */
    @Test
    void eachAlertHasATestInWhichItFiresAndIsOver() throws IOException {
        Set<String> firedAndOver = new TreeSet<>();
        try (Stream<Path> files = Files.list(MONITORING.resolve("tests"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".yml")).toList()) {
                for (Object test : (List<?>) Rules.map(Rules.yaml(file)).get("tests")) {
                    firedAndOver.addAll(firedAndOver((List<?>) Rules.map(test).get("promql_expr_test")));
                }
            }
        }
        assertThat(firedAndOver).containsAll(names());
    }

    private static Set<String> firedAndOver(List<?> expectations) {
        Set<String> fired = new TreeSet<>();
        Set<String> over = new TreeSet<>();
        for (Object expectation : expectations == null ? List.of() : expectations) {
            String samples = Rules.map(expectation).get("exp_samples").toString();
            over.addAll(fired.stream()
                    .filter(name -> !samples.contains('"' + name + '"'))
                    .toList());
            FIRING.matcher(samples).results().forEach(alert -> fired.add(alert.group(1)));
        }
        return over;
    }

    /** What is told already is looked up by name; a name that no alert has is never found. */
    @Test
    void whatIsLookedUpAmongAlertsIsAnAlert() {
        List<String> lookedUp = new ArrayList<>();
        alerts.forEach(alert -> Selector.in(alert.expression()).stream()
                .filter(selector -> selector.metric().equals("ALERTS"))
                .flatMap(selector -> selector.conditions().stream())
                .filter(condition -> condition.label().equals("alertname"))
                .forEach(condition -> lookedUp.addAll(condition.values())));

        assertThat(lookedUp).isNotEmpty().isSubsetOf(names());
    }

    /** No primary has the series, so that none of the programs would tell of a cause that isn't one. */
    @Test
    void whatIsSaidOfAPrimaryIsWhatAnEdgeCounts() {
        Set<String> causes =
                Stream.of(PrimaryFault.values()).map(PrimaryFault::label).collect(Collectors.toSet());
        List<String> named = new ArrayList<>();
        alerts.forEach(alert -> Selector.in(alert.expression()).stream()
                .filter(selector -> selector.metric().equals("relay_upstream_reconnects_total"))
                .flatMap(selector -> selector.conditions().stream())
                .forEach(condition -> named.addAll(condition.values())));

        assertThat(named).isNotEmpty().isSubsetOf(causes);
    }

    @Test
    void timeIsCompressedAndNothingElse() throws IOException {
        CompressedTime time = new CompressedTime(30);
        for (String file : List.of("rules/relay.yml", "rules/uptime.yml", "alertmanager.yml")) {
            assertThat(time.apply(Files.readString(MONITORING.resolve(file)))).contains("10000ms");
        }
        assertThat(time.apply("expr: rate(a[15m]) > 60 unless a offset 1h\nfor: 3s\nsummary: for 5m\n"))
                .isEqualTo("expr: rate(a[30000ms]) > 60 unless a offset 120000ms\nfor: 100ms\nsummary: for 5m\n");
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> time.apply("for: 100ms\n")))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void selectorsAreFoundInExpressions() {
        assertThat(Selector.in("sum by (a, b) (rate(up_total{x=~\"p|q\",y!=\"r)\"}[5m] offset 1h)) / 2e3 > bool on (a)"
                                + " label_replace(z == 1, \"child\", \"recorder\", \"\", \"\")")
                        .stream()
                        .map(Selector::witnesses))
                .containsExactly(
                        List.of(
                                "up_total",
                                "up_total{x=~\"p\",x!=\"\"}",
                                "up_total{x=~\"q\",x!=\"\"}",
                                "up_total{y=~\"r)\",y!=\"\"}"),
                        List.of("z"));
    }

    private Set<String> names() {
        return alerts.stream().map(Rule::name).collect(Collectors.toSet());
    }
}
