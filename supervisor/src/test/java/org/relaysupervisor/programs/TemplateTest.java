package org.relaysupervisor.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TemplateTest {
    private static String render(String source, Values values) {
        return Template.parse("t", source).render(values, text -> "<" + text + ">");
    }

    @Test
    void placesAreFilledWithLiteralsAndPlainNumbers() {
        Values values = new Values()
                .text("a", "{{b}}")
                .number("b", 7)
                .decimal("c", new BigDecimal("-40"))
                .flag("d", true);
        assertThat(render("{{a}} {{b}} {{c}} {{d}} {x}", values)).isEqualTo("<{{b}}> 7 -40.0 true {x}");
    }

    @Test
    void sectionsRepeatAndSeeTheValuesAroundThem() {
        Values values = new Values()
                .text("station", "S")
                .list("mounts", List.of(new Values().text("path", "a"), new Values().text("path", "b")));
        assertThat(render("1\n  {{#mounts}}\n{{path}} {{station}}\n  {{/mounts}}\n2", values))
                .isEqualTo("1\n<a> <S>\n<b> <S>\n2");
    }

    @Test
    void optionalTextsAndFlagsLeaveTheirSectionOut() {
        String source = "[{{#url}}u={{url}}{{/url}}{{#mono}}m{{/mono}}]";
        assertThat(render(
                        source,
                        new Values().optionalText("url", Optional.of("x")).flag("mono", true)))
                .isEqualTo("[u=<x>m]");
        assertThat(render(
                        source,
                        new Values().optionalText("url", Optional.empty()).flag("mono", false)))
                .isEqualTo("[]");
    }

    @Test
    void aPlaceWithoutAValueAndAValueWithoutAPlaceAreErrors() {
        assertThatThrownBy(() -> render("{{a}}", new Values())).hasMessage("t: there is no value for {{a}}");
        assertThatThrownBy(() -> render("", new Values().text("a", ""))).hasMessage("t: there is no place for [a]");
        Values nested = new Values().list("l", List.of(new Values().text("a", "")));
        assertThatThrownBy(() -> render("{{#l}}x{{/l}}", nested)).hasMessage("t: there is no place for [a]");
    }

    @Test
    void sectionsMustCloseAsTheyWereOpened() {
        assertThatThrownBy(() -> Template.parse("t", "{{#a}}")).hasMessage("t: {{#a}} is not closed");
        assertThatThrownBy(() -> Template.parse("t", "{{#a}}{{#b}}{{/a}}")).hasMessage("t: {{/a}} closes {{#b}}");
    }
}
