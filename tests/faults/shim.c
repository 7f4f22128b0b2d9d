/* Stands between a program and the disk: the n-th write or fsync of a file fails, as asked.

   Loaded before the C library (LD_PRELOAD). Only files whose name holds a given text are counted. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITES = 1, SYNCS = 2 };

static int armed, lasting, error_given;
static long nth, counted[3];
static char named[PATH_MAX];

/* From now on the n-th of these fails with that error; with `for_ever` all behind it, too. */
void fault_arm(const char *name, int which, long n, int error, int for_ever)
{
    snprintf(named, sizeof named, "%s", name);
    memset(counted, 0, sizeof counted);
    nth = n, error_given = error, lasting = for_ever, armed = which;
}

/* Nothing fails any more; answers how many of these there were since it was armed. */
long fault_disarm(int which)
{
    armed = 0;
    return counted[which];
}

static int fails(int which, int fd)
{
    char link[64], path[PATH_MAX];
    ssize_t length;

    if (!named[0])
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    if (!strstr(path, named))
        return 0;
    counted[which]++;
    if (armed != which || !(counted[which] == nth || (lasting && counted[which] > nth)))
        return 0;
    errno = error_given;
    return 1;
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) \
        real = (__typeof__(&name)) dlsym(RTLD_NEXT, #name)

int fsync(int fd)
{
    REAL(fsync);
    return fails(SYNCS, fd) ? -1 : real(fd);
}

int fdatasync(int fd)
{
    REAL(fdatasync);
    return fails(SYNCS, fd) ? -1 : real(fd);
}

ssize_t write(int fd, const void *from, size_t length)
{
    REAL(write);
    return fails(WRITES, fd) ? -1 : real(fd, from, length);
}

ssize_t pwrite(int fd, const void *from, size_t length, off_t at)
{
    REAL(pwrite);
    return fails(WRITES, fd) ? -1 : real(fd, from, length, at);
}

ssize_t pwrite64(int fd, const void *from, size_t length, off64_t at)
{
    REAL(pwrite64);
    return fails(WRITES, fd) ? -1 : real(fd, from, length, at);
}
