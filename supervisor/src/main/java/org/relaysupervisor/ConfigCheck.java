package org.relaysupervisor;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.relaysupervisor.admin.Check;
import org.relaysupervisor.config.ConfigReader;
import org.relaysupervisor.config.InvalidConfigException;
import org.relaysupervisor.config.Lane;
import org.relaysupervisor.config.Problem;
import org.relaysupervisor.config.RelayConfig;
import org.relaysupervisor.config.Secrets;
import org.relaysupervisor.process.Executables;
import org.relaysupervisor.process.SecretMask;
import org.relaysupervisor.programs.Directories;
import org.relaysupervisor.programs.IcecastProgram;
import org.relaysupervisor.programs.InstalledLiquidsoap;
import org.relaysupervisor.programs.LiquidsoapProgram;

/**
 * {@code relayctl check FILE}: all that can be said of a configuration without going on the air. Passwords that are generated are
 * made up for it, and nothing is kept.
 */
public final class ConfigCheck implements Check {
    @Override
    public int check(Path file, PrintStream out, PrintStream err) {
        try {
            ConfigReader.Loaded loaded = ConfigReader.read(file);
            loaded.warnings().forEach(err::println);
            return checkPrograms(file, loaded.config(), out, err);
        } catch (InvalidConfigException e) {
            e.problems().stream().map(Problem::toString).forEach(err::println);
        } catch (IOException e) {
            err.println(file.getFileName() + ": " + e.getMessage());
        }
        return 1;
    }

    private static int checkPrograms(Path file, RelayConfig config, PrintStream out, PrintStream err)
            throws IOException {
        Executables executables = new Executables(Installation.searchPath(System.getenv()));
        Path directory = Files.createTempDirectory("relay-check");
        try {
            MaskedSecrets secrets =
                    new MaskedSecrets(new Secrets(directory.resolve("secrets"), System.getenv()), new SecretMask());
            FrontSecrets.of(config, secrets);
            executables.ffmpeg(config.programs());
            if (config.isEdge()) {
                out.println(file + " is good, for an edge");
                return 0;
            }
            Passwords passwords = Passwords.of(config, secrets);
            IcecastProgram icecast = new IcecastProgram(
                    config, passwords.source(), passwords.admin(), directory, executables, (pid, port) -> false);
            LiquidsoapProgram liquidsoap = new LiquidsoapProgram(
                    config,
                    Lane.A,
                    passwords.source(),
                    passwords.djs(),
                    directory,
                    directory,
                    Installation.shippedStandby(),
                    new InstalledLiquidsoap(executables, directory),
                    LiquidsoapProgram.Observed.NOTHING);
            String versions = icecast.version() + ", " + liquidsoap.version();
            Optional<String> wrong = liquidsoap.check();
            if (wrong.isPresent()) {
                err.println(file.getFileName() + ": Liquidsoap does not accept what this file makes:\n" + wrong.get());
                return 1;
            }
            out.println(file + " is good (" + versions + ")");
            return 0;
        } finally {
            Directories.delete(directory);
        }
    }
}
