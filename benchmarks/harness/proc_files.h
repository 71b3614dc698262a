// Reads the kernel's text files below /proc and /sys, of any length;
// lib/linux/procfs.h only reads what fits into a buffer.

#ifndef PIDLAB_BENCHMARKS_HARNESS_PROC_FILES_H_
#define PIDLAB_BENCHMARKS_HARNESS_PROC_FILES_H_

#include <cstdint>
#include <optional>
#include <string>

namespace pidlab {

// The whole file; "" if there is no such file.
std::string ReadText(const std::string& path);

// The number at the beginning of the file. Nothing if there is no such file, or
// if it has "max", which means no limit.
std::optional<int64_t> ReadNumber(const std::string& path);

// The number after a key, in a file whose lines are "KEY NUMBER" or "KEY:
// NUMBER kB". `key` includes the colon, if there is one.
std::optional<int64_t> ReadNumberOf(const std::string& path,
                                    const std::string& key);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_PROC_FILES_H_
