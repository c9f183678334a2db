package org.relaysupervisor.proxy;

/** What the real programs said to each other (Icecast 2.4.4 and 2.5.0, Liquidsoap 2.1.3, ffmpeg 5.1, curl), taken down on the wire. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends are the point
final class Exchanges {
    static final String LIQUIDSOAP_HEAD = "SOURCE /live HTTP/1.0\r\nice-name: Tap\r\n"
            + "Authorization: Basic c291cmNlOmhhY2ttZQ==\r\nice-public: 1\r\n"
            + "User-Agent: Liquidsoap/2.1.3 (Unix; OCaml 4.13.1)\r\n"
            + "ice-audio-info: channels=2;samplerate=44100;bitrate=128\r\nContent-Type: audio/mpeg\r\n\r\n";
    static final String SOURCE_OK = "HTTP/1.0 200 OK\r\n\r\n";

    static final String FFMPEG_PUT_HEAD = "PUT /live HTTP/1.1\r\nUser-Agent: Lavf/59.27.100\r\nAccept: */*\r\n"
            + "Expect: 100-continue\r\nConnection: close\r\nHost: 127.0.0.1:8010\r\nContent-Type: audio/mpeg\r\n"
            + "Icy-MetaData: 1\r\nIce-Name: Tap\r\nIce-Public: 0\r\n"
            + "Authorization: Basic c291cmNlOmhhY2ttZQ==\r\n\r\n";
    static final String CONTINUE = "HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n";

    /** Icecast 2.5's to the same, and all that it says while the source is there. */
    static final String CONTINUE_OF_2_5 = "HTTP/1.1 100 Continue\r\nServer: Icecast 2.5.0\r\nConnection: Close\r\n"
            + "Accept-Encoding: identity\r\nAllow: GET, PUT, OPTIONS, SOURCE\r\n"
            + "Date: Mon, 23 Nov 2026 05:03:41 GMT\r\nContent-Length: 0\r\n\r\n";

    static final String FFMPEG_LEGACY_HEAD = "SOURCE /live HTTP/1.1\r\nUser-Agent: Lavf/59.27.100\r\nAccept: */*\r\n"
            + "Connection: close\r\nHost: 127.0.0.1:8010\r\nContent-Type: audio/mpeg\r\nIcy-MetaData: 1\r\n"
            + "Ice-Public: 0\r\nAuthorization: Basic c291cmNlOmhhY2ttZQ==\r\n\r\n";

    static final String UNAUTHORIZED = "HTTP/1.0 401 Authentication Required\r\nServer: Icecast 2.4.4\r\n"
            + "Connection: Close\r\nContent-Type: text/plain; charset=utf-8\r\n"
            + "WWW-Authenticate: Basic realm=\"Icecast2 Server\"\r\n\r\nYou need to authenticate\r\n";

    static final String TITLE_UPDATE = "GET /admin/metadata?mode=updinfo&mount=/live&song=Hi HTTP/1.1\r\n"
            + "Host: 127.0.0.1:8010\r\nAuthorization: Basic c291cmNlOmhhY2ttZQ==\r\n"
            + "User-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n";
    static final String TITLE_UPDATED = "HTTP/1.0 200 OK\r\nServer: Icecast 2.4.4\r\nConnection: Close\r\n"
            + "Content-Type: text/xml; charset=utf-8\r\nContent-Length: 113\r\n\r\n<?xml version=\"1.0\"?>\n"
            + "<iceresponse><message>Metadata update successful</message><return>1</return></iceresponse>\n";

    static final String LISTENER_HEAD = "GET /live HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n"
            + "User-Agent: curl/7.88.1\r\nAccept: */*\r\nIcy-MetaData: 1\r\n\r\n";
    static final String LISTENER_OK = "HTTP/1.0 200 OK\r\nServer: Icecast 2.4.4\r\nConnection: Close\r\n"
            + "Date: Mon, 23 Nov 2026 01:13:53 GMT\r\nContent-Type: audio/mpeg\r\n"
            + "Cache-Control: no-cache, no-store\r\nPragma: no-cache\r\nicy-name:Tap\r\nicy-pub:0\r\n"
            + "icy-metadata:1\r\nicy-metaint:16000\r\n\r\n";

    private Exchanges() {}
}
