package org.relaysupervisor.shows;

/** Texts as calendar programmes export them. */
final class Ics {
    private Ics() {}

    /** Around these lines of one or more events. */
    static String calendar(String... lines) {
        return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n"
                + String.join("\r\n", lines).replace("\n", "\r\n").strip() + "\r\nEND:VCALENDAR\r\n";
    }

    static String event(String... lines) {
        return "BEGIN:VEVENT\r\nUID:"
                + Integer.toHexString(String.join("", lines).hashCode())
                + "@test\r\nDTSTAMP:20260101T000000Z\r\n"
                + String.join("\r\n", lines) + "\r\nEND:VEVENT";
    }

    /** Times in a named zone whose rules follow; a series with a cancelled and a moved time, and a single one in UTC. */
    static final String GOOGLE = """
            BEGIN:VCALENDAR
            PRODID:-//Google Inc//Google Calendar 70.9054//EN
            VERSION:2.0
            CALSCALE:GREGORIAN
            METHOD:PUBLISH
            X-WR-CALNAME:Sendeplan
            X-WR-TIMEZONE:Europe/Berlin
            BEGIN:VTIMEZONE
            TZID:Europe/Berlin
            X-LIC-LOCATION:Europe/Berlin
            BEGIN:DAYLIGHT
            TZOFFSETFROM:+0100
            TZOFFSETTO:+0200
            TZNAME:GMT+2
            DTSTART:19700329T020000
            RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
            END:DAYLIGHT
            BEGIN:STANDARD
            TZOFFSETFROM:+0200
            TZOFFSETTO:+0100
            TZNAME:GMT+1
            DTSTART:19701025T030000
            RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
            END:STANDARD
            END:VTIMEZONE
            BEGIN:VEVENT
            DTSTART;TZID=Europe/Berlin:20251103T200000
            DTEND;TZID=Europe/Berlin:20251103T220000
            RRULE:FREQ=WEEKLY;UNTIL=20261231T225959Z;BYDAY=MO,TH
            EXDATE;TZID=Europe/Berlin:20261126T200000
            DTSTAMP:20261101T101010Z
            UID:4q1abc@google.com
            SUMMARY:Jazz\\, live
            STATUS:CONFIRMED
            TRANSP:OPAQUE
            BEGIN:VALARM
            ACTION:DISPLAY
            TRIGGER:-P0DT0H10M0S
            DESCRIPTION:This is an event reminder
            END:VALARM
            END:VEVENT
            BEGIN:VEVENT
            DTSTART;TZID=Europe/Berlin:20261124T210000
            DTEND;TZID=Europe/Berlin:20261124T230000
            DTSTAMP:20261101T101010Z
            UID:4q1abc@google.com
            RECURRENCE-ID;TZID=Europe/Berlin:20261123T200000
            SUMMARY:Jazz\\, a day later
            STATUS:CONFIRMED
            END:VEVENT
            BEGIN:VEVENT
            DTSTART:20261125T110000Z
            DTEND:20261125T120000Z
            DTSTAMP:20261101T101010Z
            UID:7xyz@google.com
            SUMMARY:Noon
            STATUS:CONFIRMED
            END:VEVENT
            END:VCALENDAR
            """.replace("\n", "\r\n");

    /** A cancelled time of a series, categories, a folded line, a day-long event. */
    static final String NEXTCLOUD = """
            BEGIN:VCALENDAR
            CALSCALE:GREGORIAN
            VERSION:2.0
            PRODID:-//IDN nextcloud.com//Calendar app 4.7.6//EN
            X-WR-CALNAME:Radio
            BEGIN:VEVENT
            CREATED:20261101T120000Z
            DTSTAMP:20261101T120100Z
            LAST-MODIFIED:20261101T120100Z
            SEQUENCE:2
            UID:0b4ee09a-0000-4aaa-8aaa-0000c0ffee00
            DTSTART;TZID=Europe/Vienna:20261121T180000
            DTEND;TZID=Europe/Vienna:20261121T193000
            RRULE:FREQ=DAILY;COUNT=10
            SUMMARY:A name that is so long that it does not fit on one line of seventy-f
             ive octets
            CATEGORIES:Wort,TALK
            STATUS:CONFIRMED
            END:VEVENT
            BEGIN:VEVENT
            UID:0b4ee09a-0000-4aaa-8aaa-0000c0ffee00
            DTSTAMP:20261101T120100Z
            RECURRENCE-ID;TZID=Europe/Vienna:20261124T180000
            DTSTART;TZID=Europe/Vienna:20261124T180000
            DTEND;TZID=Europe/Vienna:20261124T193000
            SUMMARY:Cancelled
            STATUS:CANCELLED
            END:VEVENT
            BEGIN:VEVENT
            UID:1c5ff1ab-0000-4aaa-8aaa-0000c0ffee00
            DTSTAMP:20261101T120100Z
            DTSTART;VALUE=DATE:20261205
            DTEND;VALUE=DATE:20261207
            SUMMARY:Funkhausfest
            END:VEVENT
            BEGIN:VTIMEZONE
            TZID:Europe/Vienna
            BEGIN:DAYLIGHT
            TZOFFSETFROM:+0100
            TZOFFSETTO:+0200
            TZNAME:CEST
            DTSTART:19700329T020000
            RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
            END:DAYLIGHT
            BEGIN:STANDARD
            TZOFFSETFROM:+0200
            TZOFFSETTO:+0100
            TZNAME:CET
            DTSTART:19701025T030000
            RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
            END:STANDARD
            END:VTIMEZONE
            END:VCALENDAR
            """.replace("\n", "\r\n");

    /** A time zone of Microsoft's own name, written with rules since 1601. */
    static final String OUTLOOK = """
            BEGIN:VCALENDAR
            METHOD:PUBLISH
            PRODID:Microsoft Exchange Server 2010
            VERSION:2.0
            X-WR-CALNAME:Calendar
            BEGIN:VTIMEZONE
            TZID:W. Europe Standard Time
            BEGIN:STANDARD
            DTSTART:16010101T030000
            TZOFFSETFROM:+0200
            TZOFFSETTO:+0100
            RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
            END:STANDARD
            BEGIN:DAYLIGHT
            DTSTART:16010101T020000
            TZOFFSETFROM:+0100
            TZOFFSETTO:+0200
            RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
            END:DAYLIGHT
            END:VTIMEZONE
            BEGIN:VEVENT
            UID:040000008200E00074C5B7101A82E00800000000
            RRULE:FREQ=WEEKLY;UNTIL=20270701T180000Z;INTERVAL=1;BYDAY=WE;WKST=MO
            EXDATE;TZID=W. Europe Standard Time:20261202T200000
            SUMMARY;LANGUAGE=de-DE:Mittwochs
            DTSTART;TZID=W. Europe Standard Time:20260107T200000
            DTEND;TZID=W. Europe Standard Time:20260107T210000
            CLASS:PUBLIC
            PRIORITY:5
            DTSTAMP:20261120T080000Z
            TRANSP:OPAQUE
            STATUS:CONFIRMED
            SEQUENCE:0
            X-MICROSOFT-CDO-BUSYSTATUS:BUSY
            END:VEVENT
            END:VCALENDAR
            """.replace("\n", "\r\n");
}
