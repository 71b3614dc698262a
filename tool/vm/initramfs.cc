#include "tool/vm/initramfs.h"

#include <sys/sysmacros.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "lib/host/command.h"
#include "lib/host/error.h"
#include "lib/host/files.h"
#include "lib/host/find_program.h"
#include "tool/vm/cpio.h"

namespace pidlab {
namespace {

namespace fs = std::filesystem;

// The programs that the labs run, and those that their handouts let the reader
// type.
constexpr const char* kPrograms[] = {
    // Shells.
    "bash", "dash", "ksh93", "mksh", "sh", "zsh",
    // util-linux
    "findmnt", "flock", "hd", "ipcmk", "ipcs", "lsns", "more", "mount",
    "nsenter", "prlimit", "script", "setpriv", "setsid", "umount", "unshare",
    // procps, psmisc
    "free", "kill", "pgrep", "pidof", "pkill", "ps", "pstree", "sysctl", "top",
    "uptime", "w",
    // coreutils, grep, and the like
    "awk", "cat", "chmod", "chown", "chroot", "cp", "cut", "date", "dd", "echo",
    "env", "false", "find", "grep", "head", "hostname", "id", "less", "ln",
    "ls", "mkdir", "mkfifo", "mv", "perl", "printf", "pwd", "readlink",
    "realpath", "rm", "rmdir", "sed", "seq", "sleep", "sort", "stat", "stty",
    "tail", "tee", "test", "timeout", "touch", "tr", "true", "tty", "uname",
    "uniq", "wc", "which", "whoami", "xargs", "yes",
    // The rest.
    "bwrap", "busybox", "strace", "tmux"};

// The descriptions of terminals, the locale in which Chinese can be printed,
// and what zsh loads.
constexpr const char* kFolders[] = {"/usr/lib/locale/C.utf8", "/lib/terminfo",
                                    "/usr/lib/x86_64-linux-gnu/zsh"};

// On a machine with merged folders, these are links.
constexpr const char* kMergedFolders[] = {"/bin", "/lib", "/lib64", "/sbin"};

constexpr const char* kLoader = "/lib64/ld-linux-x86-64.so.2";

constexpr int kNever = -1;  // it is never interrupted

constexpr const char* kPasswd =
    "root:x:0:0:root:/root:/bin/bash\n"
    "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n";
constexpr const char* kGroup = "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n";

// The path of a file after the links of its folders are followed.
fs::path Place(const fs::path& path) {
  return fs::canonical(path.parent_path()) / path.filename();
}

void AddCopy(CpioArchive& archive, const fs::path& path) {
  const fs::path place = Place(path);
  if (!archive.Has(place)) archive.AddFile(place, ReadAll(path), 0755);
}

// This program, and pidlab-bench if it is beside it; with their libraries, if
// they have any.
void AddOurselves(CpioArchive& archive,
                  std::vector<std::string>& with_libraries) {
  archive.AddFile(kGuestInit, ReadAll("/proc/self/exe"), 0755);
  const fs::path self = fs::read_symlink("/proc/self/exe");
  with_libraries.push_back(self);
  const fs::path bench = self.parent_path() / "pidlab-bench";
  if (access(bench.c_str(), X_OK) != 0) return;
  archive.AddFile(fs::path(kGuestInit).parent_path() / "pidlab-bench",
                  ReadAll(bench), 0755);
  with_libraries.push_back(bench);
}

// Asks the loader, as ldd(1) does. Static programs have no libraries.
void AddLibraries(CpioArchive& archive,
                  const std::vector<std::string>& programs) {
  if (access(kLoader, X_OK) != 0) return;
  for (const std::string& program : programs) {
    const Finished list = Run({kLoader, "--list", program}, kNever);
    for (const std::string& library : LibrariesIn(list.out)) {
      AddCopy(archive, library);
    }
  }
}

void AddFolderOf(CpioArchive& archive, const fs::path& folder,
                 std::vector<std::string>& with_libraries) {
  std::error_code none;
  for (const auto& entry : fs::recursive_directory_iterator(folder, none)) {
    if (!entry.is_regular_file(none)) continue;
    AddCopy(archive, entry.path());
    if (entry.path().extension() == ".so") {
      with_libraries.push_back(entry.path());
    }
  }
}

// Busybox contains a hundred programs: it replaces those that are missing.
void AddBusybox(CpioArchive& archive) {
  const std::string busybox = FindProgram("busybox");
  if (busybox.empty()) return;
  std::istringstream names(Run({busybox, "--list"}, kNever).out);
  for (std::string name; std::getline(names, name);) {
    const fs::path path = fs::path("/usr/bin") / name;
    if (archive.Has(path) || archive.Has("/usr/sbin/" + name)) continue;
    archive.AddLink(path, "busybox");
  }
}

}  // namespace

std::vector<std::string> LibrariesIn(std::string_view list) {
  // "\tlibc.so.6 => /lib/libc.so.6 (0x00007f)", "\t/lib64/ld.so (0x00007f)"
  std::set<std::string> found;
  std::istringstream lines{std::string(list)};
  for (std::string line; std::getline(lines, line);) {
    const size_t path = line.find('/');
    const size_t end = line.rfind(" (0x");
    if (!line.starts_with('\t') || path == line.npos || end == line.npos) {
      continue;
    }
    found.insert(line.substr(path, end - path));
  }
  return {found.begin(), found.end()};
}

std::string MakeInitramfs(const Task& task) {
  CpioArchive archive;
  for (const fs::path folder : kMergedFolders) {
    if (fs::is_symlink(folder)) {
      archive.AddLink(folder, fs::read_symlink(folder).string());
    }
  }
  archive.AddCharacterDevice("/dev/console", 5, 1);
  archive.AddFolder("/tmp", 01777);
  archive.AddFolder("/root", 0700);
  archive.AddFile("/etc/passwd", kPasswd);
  archive.AddFile("/etc/group", kGroup);
  archive.AddFile(kTaskFile, ToText(task), 0600);

  std::vector<std::string> with_libraries;
  AddOurselves(archive, with_libraries);
  for (const char* program : kPrograms) {
    const std::string path = FindProgram(program);
    if (path.empty()) continue;
    AddCopy(archive, path);
    with_libraries.push_back(path);
  }
  for (const char* folder : kFolders) {
    AddFolderOf(archive, folder, with_libraries);
  }
  AddLibraries(archive, with_libraries);
  AddBusybox(archive);
  return archive.Bytes();
}

}  // namespace pidlab
