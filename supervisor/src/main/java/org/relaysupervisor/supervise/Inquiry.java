package org.relaysupervisor.supervise;

import java.util.Optional;
import java.util.function.Consumer;
import org.relaysupervisor.supervise.ProbeRunner.Answer;

/** The one probe of a child that is under way; the answers to earlier ones are stale. */
final class Inquiry {
    private final ProbeRunner probes;
    private final Consumer<Runnable> later;
    private Optional<ProbeRunner.Question> question = Optional.empty();
    /** Counts questions and their ends. */
    private long number;

    /** @param later brings an answer to the loop, from any thread */
    Inquiry(ProbeRunner probes, Consumer<Runnable> later) {
        this.probes = probes;
        this.later = later;
    }

    /** @throws java.util.concurrent.RejectedExecutionException as {@link ProbeRunner#ask} does */
    void ask(Probe probe, long pid, Consumer<Answer> onAnswer) {
        forget();
        long asked = number;
        question = Optional.of(probes.ask(
                probe,
                pid,
                answer -> later.accept(() -> {
                    if (asked == number) {
                        onAnswer.accept(answer);
                    }
                })));
    }

    /** Ends the question, if any; its answer is ignored from here on. */
    void forget() {
        number++;
        question.ifPresent(ProbeRunner.Question::cancel);
        question = Optional.empty();
    }
}
