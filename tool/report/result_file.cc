#include "tool/report/result_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "lib/host/error.h"
#include "lib/host/files.h"
#include "lib/host/names.h"
#include "lib/linux/sys.h"

namespace pidlab {

ResultFile::ResultFile(const std::string& path) : path_(path) {
  struct stat status {};
  const bool there = stat(path.c_str(), &status) == 0;
  if (there) {
    file_ = Fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file_.valid()) Fail(". Nothing was run.");
    if (!S_ISREG(status.st_mode)) return;
    file_.Close();
  }
  // A link stays: what it leads to is replaced.
  target_ = std::filesystem::weakly_canonical(std::filesystem::absolute(path));
  if (access(target_.parent_path().c_str(), W_OK | X_OK) != 0) {
    Fail(". Nothing was run.");
  }
}

void ResultFile::Commit(std::string_view text) {
  const std::string draft =
      target_.native() + "." + std::to_string(getpid()) + ".partial";
  if (!file_.valid()) {
    file_ =
        Fd(open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!file_.valid()) Fail();
  }
  if (const Sys<int> written = WriteAll(file_.get(), text); !written.ok()) {
    errno = written.err;
    FailWithout(draft);
  }
  file_.Close();
  if (!target_.empty() && rename(draft.c_str(), target_.c_str()) != 0) {
    FailWithout(draft);
  }
}

void ResultFile::FailWithout(const std::string& draft) const {
  const int err = errno;
  if (!target_.empty()) unlink(draft.c_str());
  errno = err;
  Fail();
}

void ResultFile::Fail(std::string_view consequence) const {
  FailAsHarness(fmt::format("cannot write {}: {}{}", path_,
                            DescribeErrno(errno), consequence));
}

}  // namespace pidlab
