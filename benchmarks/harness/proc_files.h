// The text files of the kernel below /proc and /sys, however long they are:
// lib/linux/procfs.h reads what fits into a buffer.

#ifndef PIDLAB_BENCHMARKS_HARNESS_PROC_FILES_H_
#define PIDLAB_BENCHMARKS_HARNESS_PROC_FILES_H_

#include <cstdint>
#include <optional>
#include <string>

namespace pidlab {

// All of it; "" where there is no such file.
std::string ReadText(const std::string& path);

// The number that the file begins with. Nothing where there is no such file,
// and nothing for "max", which is no limit.
std::optional<int64_t> ReadNumber(const std::string& path);

// The number behind a key, in a file whose lines are "KEY NUMBER" or "KEY:
// NUMBER kB". The key is given as it stands there, with its colon.
std::optional<int64_t> ReadNumberOf(const std::string& path,
                                    const std::string& key);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_PROC_FILES_H_
