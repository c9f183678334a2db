/*
 * What libebur128 costs from C, fed and read as the daemon does it: blocks of 100 ms, momentary loudness after each, all else once
 * a second. Started by scripts/meter-benchmark; prints milliseconds of CPU time for each second of audio.
 *
 * usage: meter-cost FILE loudness|loudness-read|true-peak|true-peak-read
 */
#include <ebur128.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { CHANNELS = 2, SAMPLE_RATE = 48000, BLOCK_FRAMES = SAMPLE_RATE / 10 };

static void require(int condition, const char *what) {
    if (!condition) {
        fprintf(stderr, "meter-cost: %s\n", what);
        exit(1);
    }
}

static double cpu_milliseconds(void) {
    struct timespec now;
    require(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0, "there is no clock of the process's CPU time");
    return 1e3 * (double) now.tv_sec + (double) now.tv_nsec / 1e6;
}

static void read_values(ebur128_state *meter, int once_a_second, int true_peak) {
    double value;
    ebur128_loudness_momentary(meter, &value);
    if (!once_a_second)
        return;
    ebur128_loudness_shortterm(meter, &value);
    ebur128_loudness_global(meter, &value);
    ebur128_loudness_range(meter, &value);
    for (unsigned channel = 0; true_peak && channel < CHANNELS; channel++)
        ebur128_true_peak(meter, channel, &value);
}

int main(int count, char **arguments) {
    require(count == 3, "usage: meter-cost FILE loudness|loudness-read|true-peak|true-peak-read");
    int true_peak = strncmp(arguments[2], "true-peak", strlen("true-peak")) == 0;
    int reading = strstr(arguments[2], "-read") != NULL;
    int file = open(arguments[1], O_RDONLY);
    struct stat about;
    require(file >= 0 && fstat(file, &about) == 0 && about.st_size > 0, "the file can't be read");
    const float *samples = mmap(NULL, (size_t) about.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
    require(samples != MAP_FAILED, "the file can't be mapped");
    long blocks = about.st_size / (long) (sizeof(float) * CHANNELS * BLOCK_FRAMES);
    require(blocks > 0, "the file is shorter than 100 ms");
    int mode = EBUR128_MODE_S | EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_HISTOGRAM;
    ebur128_state *meter = ebur128_init(CHANNELS, SAMPLE_RATE, true_peak ? mode | EBUR128_MODE_TRUE_PEAK : mode);
    require(meter != NULL, "libebur128 could not make a state");
    double before = cpu_milliseconds();
    for (long block = 0; block < blocks; block++) {
        int error = ebur128_add_frames_float(meter, samples + block * CHANNELS * BLOCK_FRAMES, BLOCK_FRAMES);
        require(error == EBUR128_SUCCESS, "libebur128 refused a block");
        if (reading)
            read_values(meter, block % 10 == 9, true_peak);
    }
    printf("%.3f\n", (cpu_milliseconds() - before) / ((double) blocks / 10));
    ebur128_destroy(&meter);
    return 0;
}
