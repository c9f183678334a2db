package org.relaysupervisor.proxy;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Gives each of its members a turn once per interval. A write costs the same for a third of a second of audio as for 20 ms, so
 * they are few; and the members come in groups, whose turns are spread over the interval, so that thousands of them are no spike.
 *
 * <p>The feeds, which read the sources, have two turns per interval: a source that is a little late for one is heard at the next,
 * and no listener goes without for a whole interval more.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a timer that is not needed any more is cancelled by its own field
final class Pacer {
    /** Someone who writes, or reads, at a regular pace. */
    interface Member {
        void turn();
    }

    private static final int GROUPS = 8;
    /** A group takes no more until all have as many: while listeners are few, there are few wake-ups. */
    private static final int GROUP_SIZE = 64;

    private final Group feeds;
    private final List<Group> groups = new ArrayList<>();

    Pacer(EventExecutor loop, Meters meters, Duration interval) {
        feeds = new Group(loop, meters, interval.dividedBy(2), Duration.ZERO);
        Duration step = interval.dividedBy(GROUPS);
        for (int i = 0; i < GROUPS; i++) {
            groups.add(new Group(loop, meters, interval, step.dividedBy(2).plus(step.multipliedBy(i))));
        }
    }

    /** Two turns per interval. */
    Place lead(Member feed) {
        return new Place(feeds, feed);
    }

    Place add(Member member) {
        Group least = groups.get(0);
        for (Group group : groups) {
            if (least.places.size() < GROUP_SIZE) {
                break;
            }
            if (group.places.size() < least.places.size()) {
                least = group;
            }
        }
        return new Place(least, member);
    }

    /** Where a member stands, until it leaves. */
    static final class Place {
        private final Group group;
        private final Member member;
        private int index;

        private Place(Group group, Member member) {
            this.group = group;
            this.member = member;
            group.add(this);
        }

        /** No more turns. Has no effect the second time. */
        void leave() {
            if (index >= 0) {
                group.remove(this);
            }
        }
    }

    private static final class Group implements Runnable {
        private final EventExecutor loop;
        private final Meters meters;
        private final long intervalNanos;
        private final long phaseNanos;
        private final List<Place> places = new ArrayList<>();
        private ScheduledFuture<?> timer;

        Group(EventExecutor loop, Meters meters, Duration interval, Duration phase) {
            this.loop = loop;
            this.meters = meters;
            this.intervalNanos = interval.toNanos();
            phaseNanos = phase.toNanos();
        }

        void add(Place place) {
            place.index = places.size();
            places.add(place);
            if (timer == null) {
                schedule();
            }
        }

        /** At the next moment of this group's phase, on a grid that all groups share. */
        private void schedule() {
            long now = loop.ticker().nanoTime();
            long since = Math.floorMod(now - phaseNanos, intervalNanos);
            timer = loop.schedule(this, intervalNanos - since, TimeUnit.NANOSECONDS);
        }

        void remove(Place place) {
            Place last = places.remove(places.size() - 1);
            if (last != place) {
                places.set(place.index, last);
                last.index = place.index;
            }
            place.index = -1;
            if (places.isEmpty()) {
                timer.cancel(false);
                timer = null;
            }
        }

        /** Backwards, so that a member who leaves in its turn takes nobody else's. */
        @Override
        public void run() {
            schedule();
            for (int i = places.size() - 1; i >= 0; i--) {
                if (i < places.size()) {
                    turn(places.get(i).member);
                }
            }
        }

        private void turn(Member member) {
            try {
                member.turn();
            } catch (RuntimeException e) {
                meters.failed("in a turn of " + member.getClass().getSimpleName(), e);
            }
        }
    }
}
