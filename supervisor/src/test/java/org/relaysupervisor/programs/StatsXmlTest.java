package org.relaysupervisor.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatsXmlTest {
    private static final Instant START = Instant.parse("2026-11-22T10:30:00Z");

    private static IcecastStats parse(String document) throws IOException {
        return StatsXml.parse(document.getBytes(StandardCharsets.UTF_8));
    }

    private static IcecastStats withTitle(String title) throws IOException {
        return parse("<icestats><source mount=\"/live\"><stream_start>x</stream_start><title>" + title
                + "</title></source></icestats>");
    }

    @Test
    void onlyMountsWithASourceAreSources() throws Exception {
        IcecastStats stats = parse("""
                <?xml version="1.0"?>
                <icestats><admin>a@b</admin><clients>7</clients><server_id>Icecast 2.4.4</server_id>
                <server_start>Sun, 22 Nov 2026 12:30:00 +0200</server_start>
                <server_start_iso8601>2026-11-22T12:30:00+0200</server_start_iso8601>
                <source mount="/live"><listener_peak>9</listener_peak><listeners>3</listeners>
                <listenurl>http://localhost:8000/live</listenurl><server_type>audio/mpeg</server_type>
                <stream_start>Sun, 22 Nov 2026 12:30:00 +0200</stream_start>
                <stream_start_iso8601>2026-11-22T12:30:00+0200</stream_start_iso8601><title>One</title></source>
                <source mount="/later"><listeners>0</listeners></source></icestats>
                """);
        assertThat(stats.serverId()).isEqualTo("Icecast 2.4.4");
        assertThat(stats.serverStart()).contains(START);
        assertThat(stats.clients()).isEqualTo(7);
        assertThat(stats.sources()).hasSize(1);
        IcecastStats.Source live = stats.sources().get(0);
        assertThat(live.mount()).isEqualTo("/live");
        assertThat(live.listeners()).isEqualTo(3);
        assertThat(live.listenerPeak()).isEqualTo(9);
        assertThat(live.streamStart()).contains(START);
        assertThat(live.title()).contains("One");
    }

    @Test
    void whatIcecast25SaysBesidesIsPassedOver() throws Exception {
        IcecastStats stats = parse("""
                <?xml version="1.0"?>
                <icestats><modules/><authentication><role id="0" type="static" name="legacy-admin" can-listuser="true"/>
                </authentication><admin>root@localhost</admin><clients>4</clients><server_id>Icecast 2.5.0</server_id>
                <server_start_iso8601>2026-11-22T10:30:00+0000</server_start_iso8601><sources>1</sources>
                <source mount="/live"><allow-direct-access>true</allow-direct-access>
                <display-title>One</display-title><listener_peak>9</listener_peak><listeners>3</listeners>
                <listenurl>http://relay.localhost:8010/live</listenurl><server_type>audio/mpeg</server_type>
                <stream_start_iso8601>2026-11-22T10:30:00+0000</stream_start_iso8601><title>One</title>
                <playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track><title>Two</title></track></trackList>
                </playlist><metadata><x_icy_title>One</x_icy_title></metadata><content-type>audio/mpeg</content-type>
                <authentication><role id="2" type="static" name="legacy-global-source"/></authentication>
                </source></icestats>
                """);
        assertThat(stats.serverId()).isEqualTo("Icecast 2.5.0");
        assertThat(stats.serverStart()).contains(START);
        assertThat(stats.clients()).isEqualTo(4);
        assertThat(stats.sources())
                .containsExactly(new IcecastStats.Source(
                        "/live",
                        "http://relay.localhost:8010/live",
                        "audio/mpeg",
                        3,
                        9,
                        Optional.of(START),
                        Optional.of("One")));
    }

    @Test
    void everyServersWayToWriteATimeIsRead() throws Exception {
        for (String time : new String[] {
            "Sun, 22 Nov 2026 10:30:00 +0000",
            "Sun, 22 Nov 2026 10:30:00 GMT",
            "22/Nov/2026:10:30:00 +0000",
            "2026-11-22T10:30:00Z",
            "2026-11-22T11:30:00+01:00"
        }) {
            assertThat(parse("<icestats><server_start>" + time + "</server_start></icestats>")
                            .serverStart())
                    .describedAs(time)
                    .contains(START);
        }
        assertThat(parse("<icestats><server_start>soon</server_start></icestats>")
                        .serverStart())
                .isEmpty();
    }

    @Test
    void hostileTitlesComeThrough() throws Exception {
        assertThat(withTitle("-").sources().get(0).title()).contains("-");
        assertThat(withTitle(".5").sources().get(0).title()).contains(".5");
        assertThat(withTitle("1e5").sources().get(0).title()).contains("1e5");
        assertThat(withTitle("&lt;b&gt; &amp;amp; &#39;").sources().get(0).title())
                .contains("<b> &amp; '");
        assertThat(withTitle("a\u0001b&#1;c&#x0;d&#xD800;e&#99999999;f")
                        .sources()
                        .get(0)
                        .title())
                .contains("a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf");
        assertThat(withTitle("").sources().get(0).title()).isEmpty();
    }

    @Test
    void bytesThatAreNotUtf8AreReplaced() throws Exception {
        byte[] latin =
                "<icestats><source mount='/x'><stream_start>x</stream_start><title>caf\u00e9</title></source></icestats>"
                        .getBytes(StandardCharsets.ISO_8859_1);
        assertThat(StatsXml.parse(latin).sources().get(0).title()).contains("caf\ufffd");
    }

    @Test
    void nestedElementsOfNewerServersAreSkipped() throws Exception {
        IcecastStats stats = parse("<icestats><reportxml><a><b>1</b></a></reportxml><source mount='/x'>"
                + "<authentication><role><acl>y</acl></role></authentication><stream_start>x</stream_start>"
                + "<listeners>4</listeners></source></icestats>");
        assertThat(stats.sources().get(0).listeners()).isEqualTo(4);
    }

    @Test
    void entitiesAreNeverResolvedAndOtherThingsAreRefused() {
        assertThatThrownBy(() ->
                        parse("<!DOCTYPE icestats [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><icestats><server_id>&e;"
                                + "</server_id></icestats>"))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> parse("<html/>")).hasMessageContaining("something else");
        assertThatThrownBy(() -> parse("<icestats>")).hasMessageContaining("not XML");
        assertThatThrownBy(() -> parse("")).hasMessageContaining("not XML");
    }
}
