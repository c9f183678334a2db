package org.relaysupervisor.admin;

import java.util.List;
import org.relaysupervisor.admin.TextPage.Cell;
import org.relaysupervisor.admin.TextPage.Colour;
import org.relaysupervisor.status.Finding;

/** What a check before a show found, a line each, with what to do beneath it. */
final class DoctorText {
    private DoctorText() {}

    static String render(List<Finding> findings, boolean colour) {
        int width = findings.stream()
                .mapToInt(finding -> finding.check().length())
                .max()
                .orElse(0);
        TextPage page = new TextPage(colour);
        for (Finding finding : findings) {
            page.add(level(finding.level())).add("  ");
            page.add(Plain.text(finding.check()))
                    .add(" ".repeat(width - finding.check().length() + 2));
            page.add(Plain.text(finding.found())).add("\n");
            if (!finding.advice().isEmpty()) {
                page.advice(Colour.PLAIN, finding.advice());
            }
        }
        return page.add(summary(findings)).toString();
    }

    private static Cell level(Finding.Level level) {
        return switch (level) {
            case OK -> new Cell("ok     ", Colour.GOOD);
            case WARNING -> new Cell("warning", Colour.CHANGING);
            case FAILED -> new Cell("FAILED ", Colour.BAD);
        };
    }

    private static String summary(List<Finding> findings) {
        long failed = count(findings, Finding.Level.FAILED);
        long warnings = count(findings, Finding.Level.WARNING);
        if (failed == 0 && warnings == 0) {
            return "all is well\n";
        }
        return failed + " failed, " + warnings + (warnings == 1 ? " warning\n" : " warnings\n");
    }

    private static long count(List<Finding> findings, Finding.Level level) {
        return findings.stream().filter(finding -> finding.level() == level).count();
    }
}
