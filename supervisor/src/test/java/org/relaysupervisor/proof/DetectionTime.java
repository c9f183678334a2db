package org.relaysupervisor.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.relaysupervisor.station.Station;

/**
 * How soon dead air is told of, through the real chain: from the moment at which Liquidsoap plays something else, or nothing, to the
 * metric. Run by a script. The table goes to standard output, progress to standard error; fails when the aim is not met.
 */
final class DetectionTime {
    /** The exit status, other than that of a run that broke off. */
    private static final int AIM_MISSED = 3;

    private static final Duration REHEARSAL = Duration.ofMillis(300);
    /** Audio to spare for each time that a file is played: until it is told of, and back. */
    private static final double SPARE_SECONDS = 3;

    private final Path directory;
    private final int times;
    private final Random random;
    private final DetectionTable table = new DetectionTable();

    private DetectionTime(Path directory, int times, long seed) {
        this.directory = directory;
        this.times = times;
        this.random = new Random(seed);
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        DetectionTime proof =
                new DetectionTime(Path.of(arguments[0]), Integer.parseInt(arguments[1]), Long.parseLong(arguments[2]));
        proof.audio();
        proof.source();
        System.out.print(proof.table.markdown());
        Runtime.getRuntime().halt(proof.table.isMet() ? 0 : AIM_MISSED);
    }

    /** Liquidsoap plays something else. */
    private void audio() throws IOException, InterruptedException {
        List<DeadAirCase> cases = DeadAirMaterial.cases();
        List<String> names = new ArrayList<>(List.of(DeadAirMaterial.PROGRAMME));
        cases.forEach(which -> names.add(which.name()));
        Path own = Files.createDirectory(directory.resolve("audio"));
        DeadAirMaterial.write(own, times * (longest(cases) + SPARE_SECONDS));
        Station station = Station.prepare(own);
        DeadAirMaterial.configure(station);
        SwitchedLiquidsoap.install(station, own, names);
        try (HeardStation heard = new HeardStation(station, random);
                LiquidsoapSocket liquidsoap = new LiquidsoapSocket(station)) {
            rehearse(liquidsoap, names);
            // One after the other: a loop that was heard within the last minute would be known before its second pass.
            for (int time = 0; time < times; time++) {
                for (DeadAirCase which : cases) {
                    table.add(
                            which,
                            heard.measure(
                                    which,
                                    () -> SwitchedLiquidsoap.play(liquidsoap, which.name()),
                                    () -> SwitchedLiquidsoap.play(liquidsoap, DeadAirMaterial.PROGRAMME)));
                }
            }
        }
    }

    private static double longest(List<DeadAirCase> cases) {
        return cases.stream()
                .mapToDouble(which -> which.due().toMillis() / 1e3)
                .max()
                .orElseThrow();
    }

    /** The first time that a file is played Liquidsoap has to open it. */
    private static void rehearse(LiquidsoapSocket liquidsoap, List<String> names)
            throws IOException, InterruptedException {
        for (String name : names) {
            SwitchedLiquidsoap.play(liquidsoap, name);
            Thread.sleep(REHEARSAL.toMillis());
        }
        SwitchedLiquidsoap.play(liquidsoap, DeadAirMaterial.PROGRAMME);
    }

    /** The DJ leaves, or Liquidsoap sends nothing more. */
    private void source() throws IOException, InterruptedException {
        Path own = Files.createDirectory(directory.resolve("source"));
        Files.copy(
                directory.resolve("audio").resolve(DeadAirMaterial.PROGRAMME + ".wav"),
                own.resolve(DeadAirMaterial.PROGRAMME + ".wav"));
        Station station = Station.prepare(own);
        DeadAirMaterial.configure(station);
        AbsentSource.configure(station);
        try (HeardStation heard = new HeardStation(station, random);
                AbsentSource source = new AbsentSource(station, own.resolve(DeadAirMaterial.PROGRAMME + ".wav"))) {
            source.connectDj();
            for (int time = 0; time < times; time++) {
                table.add(
                        AbsentSource.DJ_LEFT,
                        heard.measure(AbsentSource.DJ_LEFT, source::disconnectDj, source::connectDj));
                for (DeadAirCase which : List.of(AbsentSource.FROM_MEMORY, AbsentSource.NO_BYTES)) {
                    table.add(which, heard.measure(which, source::stop, source::resume));
                }
            }
        }
    }
}
