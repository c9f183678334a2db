package org.relaysupervisor;

import java.util.List;
import java.util.Optional;
import org.relaysupervisor.admin.Logs;
import org.relaysupervisor.process.ChildLog;
import org.relaysupervisor.process.Line;

/** The lines that are kept in memory, for {@code relayctl logs}. */
record KeptLogs(ChildLog childLog) implements Logs {
    @Override
    public List<LogLine> tail(Optional<String> child, int lines) {
        return childLog.tail(child, lines).stream().map(KeptLogs::line).toList();
    }

    @Override
    public List<LogLine> after(long sequence, Optional<String> child) {
        return childLog.after(sequence, child).stream().map(KeptLogs::line).toList();
    }

    private static LogLine line(Line line) {
        return new LogLine(line.sequence(), line.at(), line.child(), line.text());
    }
}
