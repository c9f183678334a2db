package org.relaysupervisor;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;

/** Which package may use which, and who may touch time and threads. */
@AnalyzeClasses(packages = ArchitectureTest.ROOT, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    static final String ROOT = "org.relaysupervisor";

    @ArchTest
    static final ArchRule loopUsesNothing = uses("loop");

    @ArchTest
    static final ArchRule logUsesNothing = uses("log");

    @ArchTest
    static final ArchRule httpUsesNothing = uses("http");

    @ArchTest
    static final ArchRule framesUseNothing = uses("frames");

    @ArchTest
    static final ArchRule filesUseNothing = uses("files");

    @ArchTest
    static final ArchRule audioUsesNothing = uses("audio");

    @ArchTest
    static final ArchRule configUsesNothing = uses("config");

    @ArchTest
    static final ArchRule processSitsOnLoopAndConfig = uses("process", "loop", "config", "files");

    @ArchTest
    static final ArchRule memorySitsOnProcess = uses("memory", "loop", "config", "process");

    @ArchTest
    static final ArchRule superviseSitsOnProcess = uses("supervise", "loop", "config", "process");

    @ArchTest
    static final ArchRule programsSitOnProcess = uses("programs", "loop", "config", "files", "process");

    @ArchTest
    static final ArchRule recordingSitsOnProcessAndArchive =
            uses("recording", "loop", "config", "files", "process", "frames", "store", "archive", "hls");

    @ArchTest
    static final ArchRule storeSitsOnLoopAndConfig = uses("store", "loop", "config", "files");

    @ArchTest
    static final ArchRule hlsSitsOnStore = uses("hls", "loop", "config", "files", "store");

    @ArchTest
    static final ArchRule archiveSitsOnStore = uses("archive", "loop", "config", "process", "frames", "store");

    @ArchTest
    static final ArchRule proxySitsOnProcessAndFrames = uses("proxy", "loop", "config", "frames", "process");

    @ArchTest
    static final ArchRule meteringSitsOnProcessAndAudio = uses("metering", "loop", "config", "process", "audio");

    @ArchTest
    static final ArchRule showsSitOnLoopAndConfig = uses("shows", "loop", "config", "files");

    @ArchTest
    static final ArchRule drillSitsOnWhatItBreaks = uses("drill", "loop", "config", "process", "supervise", "shows");

    @ArchTest
    static final ArchRule heartbeatSitsOnLoopAndConfig = uses("heartbeat", "loop", "config");

    /** Views are made of values: a record or an enum of L2, never something that acts. */
    @ArchTest
    static final ArchRule statusSeesOnlyValues = noClasses()
            .that()
            .resideInAPackage(inside("status"))
            .should()
            .dependOnClassesThat(ours().and(outside("status")).and(DescribedPredicate.not(value())))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule metricsSeeOnlyValues = noClasses()
            .that()
            .resideInAPackage(inside("metrics"))
            .should()
            .dependOnClassesThat(ours().and(outside("metrics", "status", "http", "loop", "log", "config"))
                    .and(DescribedPredicate.not(value())))
            .allowEmptyShould(true);

    /** It acts on the outside world; of what the daemon does it sees values alone. */
    @ArchTest
    static final ArchRule doctorSeesValuesAndWhatItTries = noClasses()
            .that()
            .resideInAPackage(inside("doctor"))
            .should()
            .dependOnClassesThat(
                    ours().and(outside("doctor", "loop", "config", "process", "store", "archive", "status"))
                            .and(DescribedPredicate.not(value())))
            .allowEmptyShould(true);

    /** It shows, and can't act. */
    @ArchTest
    static final ArchRule pageSeesOnlyValues = noClasses()
            .that()
            .resideInAPackage(inside("page"))
            .should()
            .dependOnClassesThat(ours().and(outside("page", "status", "http")).and(DescribedPredicate.not(value())))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule nothingButTheRootUsesAdminOrMetricsOrDoctorOrPage = noClasses()
            .that()
            .resideInAPackage(ROOT + ".*..")
            .and()
            .resideOutsideOfPackages(inside("admin"), inside("metrics"), inside("doctor"), inside("page"))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(inside("admin"), inside("metrics"), inside("doctor"), inside("page"))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule nothingUsesTheRoot = noClasses()
            .that()
            .resideInAPackage(ROOT + ".*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT)
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule packagesHaveNoCircles =
            slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule nettyStaysInProxyAndHttp = onlyIn("io.netty..", "proxy", "http");

    @ArchTest
    static final ArchRule theS3SdkStaysInStore = onlyIn("software.amazon..", "store");

    @ArchTest
    static final ArchRule micrometerStaysInMetrics = onlyIn("io.micrometer..", "metrics");

    @ArchTest
    static final ArchRule prometheusStaysInMetrics = onlyIn("io.prometheus..", "metrics");

    @ArchTest
    static final ArchRule theYamlParserStaysInConfig = onlyIn("org.snakeyaml..", "config");

    @ArchTest
    static final ArchRule nativeAccessStaysInProcessAndAudio = onlyIn("com.sun.jna..", "process", "audio");

    /** Arithmetic alone: whoever has the samples brings them. */
    @ArchTest
    static final ArchRule audioNeitherReadsNorWritesNorRuns = noClasses()
            .that()
            .resideInAPackage(inside("audio"))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.io", "java.net..", "java.nio.file..", "java.nio.channels..", "java.util.concurrent..")
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(Thread.class);

    @ArchTest
    static final ArchRule posixAccessStaysInProcess = onlyIn("jnr..", "process");

    @ArchTest
    static final ArchRule timeComesFromTheClock = neverTouches(Set.of(
            "java.lang.System.nanoTime",
            "java.lang.System.currentTimeMillis",
            "java.time.Instant.now",
            "java.time.LocalDate.now",
            "java.time.LocalDateTime.now",
            "java.time.ZonedDateTime.now",
            "java.time.OffsetDateTime.now",
            "java.time.Clock.systemUTC",
            "java.time.Clock.systemDefaultZone"));

    @ArchTest
    static final ArchRule nobodySleeps =
            neverTouches(Set.of("java.lang.Thread.sleep", "java.util.concurrent.TimeUnit.sleep"));

    @ArchTest
    static final ArchRule threadsComeFromOutside = noClasses()
            .that(mayNotTouchTimeOrThreads())
            .should()
            .accessTargetWhere(describe(
                    "it makes a thread",
                    access -> access.getTarget().getName().equals("<init>")
                            && access.getTargetOwner().isAssignableTo(Thread.class)))
            .allowEmptyShould(true);

    /** The package uses no other package of ours than these. */
    private static ArchRule uses(String name, String... others) {
        String[] allowed = Stream.concat(Stream.of(name), Arrays.stream(others)).toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(inside(name))
                .should()
                .dependOnClassesThat(ours().and(outside(allowed)))
                .allowEmptyShould(true);
    }

    private static ArchRule onlyIn(String library, String... packages) {
        return noClasses()
                .that(outside(packages))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .allowEmptyShould(true);
    }

    /** Neither by a call nor by a method reference. */
    private static ArchRule neverTouches(Set<String> targets) {
        return noClasses()
                .that(mayNotTouchTimeOrThreads())
                .should()
                .accessTargetWhere(describe(
                        "it is one of " + targets,
                        access -> targets.contains(access.getTargetOwner().getName() + "."
                                + access.getTarget().getName())))
                .allowEmptyShould(true);
    }

    private static DescribedPredicate<JavaClass> mayNotTouchTimeOrThreads() {
        return outside("loop", "log", "process").and(DescribedPredicate.not(resideInAnyPackage(ROOT)));
    }

    private static DescribedPredicate<JavaClass> ours() {
        return resideInAnyPackage(ROOT + "..");
    }

    private static DescribedPredicate<JavaClass> outside(String... packages) {
        String[] insides = Arrays.stream(packages).map(ArchitectureTest::inside).toArray(String[]::new);
        return DescribedPredicate.not(resideInAnyPackage(insides));
    }

    private static String inside(String name) {
        return ROOT + "." + name + "..";
    }

    private static DescribedPredicate<JavaClass> value() {
        return describe("values", type -> type.isRecord() || type.isEnum());
    }
}
