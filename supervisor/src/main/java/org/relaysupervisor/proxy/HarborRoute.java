package org.relaysupervisor.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.proxy.Ledger.Line;

/**
 * DJs' encoders on their way to the harbor of the Liquidsoap that is heard; who may send is for that to say. While a second Liquidsoap is
 * tried, it is sent the same, so that both have the DJs. Lives on the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel's end is told by its close future
final class HarborRoute extends ChannelInitializer<Channel> {
    /** At once; some that reconnect, and some that should not be there. */
    private static final int MOST = 64;

    private static final long AGAIN_MILLIS = 250;

    private final Policy policy;
    private final Function<Lane, ChannelFuture> dialler;
    private final Meters meters;
    private final Keeping keeping;
    private final EventExecutor loop;
    private final Set<DjConnection> djs = new LinkedHashSet<>();
    private ScheduledFuture<?> rehearsal;

    /** @param dialler connects to the harbor of the Liquidsoap in a lane; the channel must not read by itself */
    HarborRoute(
            Policy policy, Function<Lane, ChannelFuture> dialler, Meters meters, Keeping keeping, EventExecutor loop) {
        this.policy = policy;
        this.dialler = dialler;
        this.meters = meters;
        this.keeping = keeping;
        this.loop = loop;
    }

    @Override
    protected void initChannel(Channel channel) {
        if (djs.size() >= MOST) {
            meters.refused(Refusal.OVERLOAD);
            channel.close();
            return;
        }
        dj(channel).begin(dialler.apply(policy.lane()));
    }

    private DjConnection dj(Channel channel) {
        DjConnection dj = new DjConnection(channel, meters, keeping);
        djs.add(dj);
        channel.closeFuture().addListener(closed -> djs.remove(dj));
        return dj;
    }

    /** Goes on with one whom an earlier daemon had let in. */
    void resume(Channel channel, Line line, Channel liquidsoap) {
        dj(channel).resume(line, liquidsoap);
    }

    /** From now on, or no more, the Liquidsoap of the other lane gets what each DJ sends, as soon as its harbor is open. */
    void rehearse(boolean on) {
        if (rehearsal != null) {
            rehearsal.cancel(false);
            rehearsal = null;
        }
        if (on) {
            rehearsal = loop.scheduleAtFixedRate(this::connectBeside, 0, AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void connectBeside() {
        Lane beside = policy.lane().other();
        djs.stream().filter(DjConnection::isAlone).forEach(dj -> dj.beside(dialler.apply(beside)));
    }

    /** The other Liquidsoap is heard now. */
    void exchange() {
        List.copyOf(djs).forEach(DjConnection::exchange);
    }
}
