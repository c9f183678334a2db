package org.relaysupervisor.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.relaysupervisor.archive.RecordingView;
import org.relaysupervisor.http.HttpCall;
import org.relaysupervisor.http.HttpReply;

/** The part of the control protocol that is about what was recorded. Safe from any thread. */
final class RecordingCalls {
    private final Recordings recordings;

    RecordingCalls(Recordings recordings) {
        this.recordings = recordings;
    }

    List<RecordingView> list(HttpCall call) throws IOException, InterruptedException {
        return call.parameter("stored").equals(Optional.of("1")) ? recordings.listStored() : recordings.list();
    }

    /** One line per recording and per flaw, each sent as soon as it is known; ends well when all is. */
    HttpReply verify(HttpCall call) throws IOException, InterruptedException {
        Optional<String> id = call.parameter("id");
        if (id.isPresent()) {
            requireKnown(id.get());
        }
        return HttpReply.stream("text/plain; charset=utf-8", body -> {
            LineFailure failure = new LineFailure();
            boolean whole = recordings.verify(id, line -> {
                try {
                    body.write((Plain.text(line) + "\n").getBytes(StandardCharsets.UTF_8));
                    body.flush();
                } catch (IOException e) {
                    // Whoever reads is gone, and verifying is interrupted; nobody else needs to know.
                    failure.keep(e);
                }
            });
            failure.raise();
            return whole ? Optional.empty() : Optional.of("not all is as it was recorded: see above");
        });
    }

    /** The audio; ends well when each byte of it was proven. */
    HttpReply fetch(HttpCall call) throws IOException, InterruptedException {
        String id = call.parameter("id").orElseThrow(() -> new Refused(400, "say which recording: id is missing"));
        requireKnown(id);
        return HttpReply.stream("application/octet-stream", body -> {
            recordings.fetch(id, body);
            return Optional.empty();
        });
    }

    /** The store is asked only for what this machine doesn't know. */
    private void requireKnown(String id) throws IOException, InterruptedException {
        if (ids(recordings.list()).anyMatch(id::equals)) {
            return;
        }
        List<RecordingView> all = recordings.listStored();
        if (ids(all).anyMatch(id::equals)) {
            return;
        }
        List<String> nearest = RecordingText.nearest(id, ids(all));
        throw new Refused(
                404,
                "there is no recording " + id
                        + (nearest.isEmpty() ? "; there are none" : "; the nearest are " + String.join(", ", nearest)));
    }

    private static Stream<String> ids(List<RecordingView> recordings) {
        return recordings.stream().map(RecordingView::id);
    }

    /** A consumer of lines can't throw it. */
    private static final class LineFailure {
        private IOException first;

        void keep(IOException failure) {
            first = first == null ? failure : first;
        }

        void raise() throws IOException {
            if (first != null) {
                throw first;
            }
        }
    }
}
