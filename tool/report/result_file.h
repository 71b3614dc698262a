// A file of results that is there, whole, when all has gone well. Whether it
// can be written is tried before anything runs, and what stands there stays
// until the end. What is no regular file (/dev/stdout, a pipe) is written to,
// like any other output.

#ifndef PIDLAB_TOOL_REPORT_RESULT_FILE_H_
#define PIDLAB_TOOL_REPORT_RESULT_FILE_H_

#include <filesystem>
#include <string>
#include <string_view>

#include "lib/linux/fd.h"

namespace pidlab {

class ResultFile {
 public:
  // Throws Error if it cannot be written; so does Commit().
  explicit ResultFile(const std::string& path);

  // Puts `text` in its place.
  void Commit(std::string_view text);

 private:
  [[noreturn]] void FailWithout(const std::string& draft) const;
  [[noreturn]] void Fail(std::string_view consequence = "") const;

  std::string path_;
  std::filesystem::path target_;  // empty: nothing is replaced
  Fd file_;
};

}  // namespace pidlab

#endif  // PIDLAB_TOOL_REPORT_RESULT_FILE_H_
