#include "tool/vm/kernels.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string_view>
#include <system_error>

#include "lib/host/command.h"
#include "lib/host/error.h"
#include "lib/host/files.h"
#include "lib/host/kernel_release.h"
#include "lib/host/wait.h"

extern const char* const kFetchKernel;  // fetch_kernel.sh

namespace pidlab {
namespace {

namespace fs = std::filesystem;

// A path that is not absolute has to be ignored (XDG Base Directory
// Specification).
fs::path FolderIn(const char* variable) {
  const char* value = std::getenv(variable);
  const fs::path path = value == nullptr ? "" : value;
  return path.is_absolute() ? path : fs::path();
}

// Empty if the environment does not say where it is.
fs::path CacheFolder() {
  if (const fs::path cache = FolderIn("XDG_CACHE_HOME"); !cache.empty()) {
    return cache / "pidlab";
  }
  const fs::path home = FolderIn("HOME");
  return home.empty() ? home : home / ".cache/pidlab";
}

// This process blocks the signal of ^C (Interrupts), and a shell may inherit
// that. SIGUSR1 is not blocked: with it, the script ends at once, kills its
// commands and removes its drafts. If it does not, ~Command() kills it.
void End(Command& script) {
  (void)script.Send(SIGUSR1);
  (void)WaitToRead(script.pidfd(), -1, Deadline::In(std::chrono::seconds(10)));
}

// What the script prints when it gets the cache and these arguments.
std::string RunScript(const std::vector<std::string>& arguments,
                      int interrupt_fd) {
  const fs::path cache = CacheFolder();
  if (cache.empty()) {
    FailAsHarness(
        "neither XDG_CACHE_HOME nor HOME says where kernels are to be kept: "
        "set one of them to a folder, by its absolute path");
  }
  std::vector<std::string> words = {"/bin/sh", "-c", kFetchKernel,
                                    "fetch-kernel", cache};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const Fd out = MemoryFile("stdout");
  Command script =
      Command::Start(words, {.in = -1, .out = out.get(), .err = -1});
  Ending ending;
  try {
    ending = script.Wait(interrupt_fd);
  } catch (const Interrupted&) {
    End(script);
    throw;
  }
  std::string text = ContentsOf(out);
  if (ending == Exited(0)) return text;
  if (text.ends_with('\n')) text.pop_back();
  if (ending == Exited(kHarnessFailed) && !text.empty()) FailAsHarness(text);
  std::ostringstream message;
  message << "kernels cannot be fetched: /bin/sh " << ending
          << ". Try again, or give a kernel image by --kernel FILE";
  FailAsHarness(message.str());
}

}  // namespace

std::string FetchableKernels(int interrupt_fd) {
  return RunScript({}, interrupt_fd);
}

fs::path FetchKernel(const std::string& series, int interrupt_fd) {
  std::string path = RunScript({series}, interrupt_fd);
  path.pop_back();  // the newline
  return path;
}

std::vector<FetchedKernel> FetchedKernels() {
  constexpr std::string_view kPrefix = "vmlinuz-";
  const fs::path cache = CacheFolder();
  const fs::path folder = cache.empty() ? cache : cache / "kernels";
  std::vector<FetchedKernel> kernels;
  std::error_code not_there;
  for (const auto& entry : fs::directory_iterator(folder, not_there)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with(kPrefix)) continue;
    const std::string release = name.substr(kPrefix.size());
    const std::string series = KernelSeries(release);
    if (!series.empty()) kernels.push_back({series, release, entry.path()});
  }
  std::ranges::sort(kernels, [](const auto& a, const auto& b) {
    return strverscmp(a.release.c_str(), b.release.c_str()) < 0;
  });
  return kernels;
}

}  // namespace pidlab
