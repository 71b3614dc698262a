#include "lib/trial/need.h"

#include <fcntl.h>
#include <link.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <climits>
#include <cstring>
#include <filesystem>

#include "lib/host/find_program.h"
#include "lib/host/names.h"
#include "lib/linux/capabilities.h"
#include "lib/linux/clone.h"
#include "lib/linux/ending.h"
#include "lib/linux/fd.h"
#include "lib/linux/sys.h"
#include "lib/linux/user_namespace.h"
#include "lib/trial/exhaustion.h"
#include "lib/trial/process.h"

namespace pidlab {

namespace {

// The loader that a program asks for (elf(5), PT_INTERP); "" if it asks for
// none.
std::string LoaderOf(const std::string& path) {
  const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const auto read_at = [&](auto offset, void* to, size_t size) {
    return pread(file.get(), to, size, static_cast<off_t>(offset)) ==
           static_cast<ssize_t>(size);
  };
  ElfW(Ehdr) elf{};
  if (!read_at(0, &elf, sizeof(elf)) ||
      memcmp(elf.e_ident, ELFMAG, SELFMAG) != 0 ||
      elf.e_phentsize != sizeof(ElfW(Phdr))) {
    return "";
  }
  for (unsigned i = 0; i < elf.e_phnum; ++i) {
    ElfW(Phdr) part{};
    if (!read_at(elf.e_phoff + i * sizeof(part), &part, sizeof(part))) break;
    if (part.p_type != PT_INTERP || part.p_filesz > PATH_MAX) continue;
    std::string loader(part.p_filesz, '\0');
    if (!read_at(part.p_offset, loader.data(), loader.size())) break;
    loader.resize(strlen(loader.c_str()));  // it ends with a 0
    return loader;
  }
  return "";
}

std::optional<Skip> Missing(const std::string& program,
                            const std::string& package) {
  const std::string path = FindProgram(program);
  if (path.empty()) {
    return Skip{
        .code = Skip::Code::kToolMissing,
        .needs = "the program " + program,
        .probed =
            program + " was not found in /usr/local/bin, /usr/bin, /bin, ...",
        .to_run = "apt-get install " + package};
  }
  const std::string loader = LoaderOf(path);
  if (!loader.empty() && access(loader.c_str(), X_OK) != 0) {
    return Skip{.code = Skip::Code::kToolMissing,
                .needs = "the program " + program,
                .probed = path + " is loaded by " + loader + " -> " +
                          DescribeErrno(errno),
                .to_run = "where the loader is there, too"};
  }
  return {};
}

}  // namespace

Need Tool(const std::string& program, const std::string& package) {
  return {program, [=](Chamber&) { return Missing(program, package); }};
}

Need UtilLinux(const std::string& program) {
  return {
      program, [=](Chamber&) -> std::optional<Skip> {
        if (auto skip = Missing(program, "util-linux")) return skip;
        // The programs of BusyBox are links to BusyBox itself.
        const std::string path = FindProgram(program);
        std::error_code error;
        if (!std::filesystem::equivalent(path, FindProgram("busybox"), error)) {
          return {};
        }
        return Skip{
            .code = Skip::Code::kToolMissing,
            .needs = "the program " + program + " of util-linux",
            .probed = path + " is BusyBox",
            .to_run = "apt-get install util-linux (apk add util-linux)"};
      }};
}

Need Directory(const std::string& path) {
  return {"the directory " + path, [=](Chamber&) -> std::optional<Skip> {
            std::error_code error;
            if (std::filesystem::is_directory(path, error)) return {};
            return Skip{
                .code = Skip::Code::kSandboxed,
                .needs = "the directory " + path,
                .probed = "stat(" + path + ") -> " +
                          DescribeErrno(error ? error.value() : ENOTDIR),
                .to_run = "mkdir " + path + " (bwrap --tmpfs " + path + ")"};
          }};
}

Need Architecture(const std::string& machine) {
  return {machine, [=](Chamber&) -> std::optional<Skip> {
            utsname name{};
            uname(&name);
            if (machine == name.machine) return {};
            return Skip{.code = Skip::Code::kArch,
                        .needs = "a processor of the kind " + machine,
                        .probed = std::string("uname -m -> ") + name.machine,
                        .to_run = "on such a machine"};
          }};
}

Need FreshProc() {
  return {"a fresh /proc", [](Chamber& chamber) -> std::optional<Skip> {
            if (chamber.proc_error() == 0) return {};
            return Skip{
                .code = Skip::Code::kSandboxed,
                .needs = "a proc mount of its own",
                .probed = "mount(proc) in new PID and mount namespaces -> " +
                          DescribeErrno(chamber.proc_error()),
                .to_run =
                    "outside the container, or in one whose /proc is not "
                    "masked (docker run --security-opt systempaths="
                    "unconfined)"};
          }};
}

namespace {

// Why it is not possible, and what would help.
struct Obstacle {
  Skip::Code code;
  std::string to_run;
};

// A Need that the host tries out.
Need Probed(const std::string& what, Sys<int> (*probe)(),
            const std::function<Obstacle(int err)>& obstacle) {
  return {what, [=](Chamber& chamber) -> std::optional<Skip> {
            const auto seen =
                Call(Process(&chamber, &chamber.host()), what, [probe] {
                  return probe();
                }).Run();
            if (seen.ok()) return {};
            const Obstacle met =
                IsExhausted(seen.err)
                    ? Obstacle{Skip::Code::kResource,
                               "where there is more of it: see ulimit -a, and "
                               "pids.max of the cgroup"}
                    : obstacle(seen.err);
            return Skip{.code = met.code,
                        .needs = what,
                        .probed = "tried it -> " + DescribeErrno(seen.err),
                        .to_run = met.to_run};
          }};
}

Sys<int> TryUserNamespace() {
  const Sys<Ending> ending =
      InChild(CLONE_NEWUSER, [] { return MapRootTo(0, 0).err; });
  return {0, ending.ok() ? ending.value.number : ending.err};
}

// This changes nothing for the parent, which waits in a system call: it goes on
// waiting.
Sys<int> TraceParentForAMoment() {
  const pid_t parent = getppid();
  if (ptrace(PTRACE_SEIZE, parent, nullptr, 0) != 0 ||
      ptrace(PTRACE_INTERRUPT, parent, nullptr, nullptr) != 0) {
    return Sys<int>::Failed(errno);
  }
  const Sys<Signal> stop = WaitForStop(parent);
  if (!stop.ok()) return Sys<int>::Failed(stop.err);
  return FromErrno(
      static_cast<int>(ptrace(PTRACE_DETACH, parent, nullptr, nullptr)));
}

// A child does it, because the host itself would not be the same afterwards,
// even if it changed back: a process that has changed its uid is not dumpable
// (prctl(2), PR_SET_DUMPABLE).
Sys<int> LetAChildBeSecondUser() {
  const Sys<Ending> ending = InChild(0, [] { return BecomeSecondUser().err; });
  return {0, ending.ok() ? ending.value.number : ending.err};
}

}  // namespace

Need KernelFeature(const std::string& what, Sys<int> (*probe)()) {
  return Probed(what, probe, [](int err) -> Obstacle {
    if (err == EPERM || err == EACCES) {
      return {Skip::Code::kNoPrivilege,
              "as root; in a container, its seccomp profile may deny it"};
    }
    return {Skip::Code::kKernelFeature,
            "on a newer kernel (pidlab vm --kernel FILE), or outside the "
            "container that hides it"};
  });
}

Need Permission(const std::string& what, Sys<int> (*probe)(),
                const std::string& to_run) {
  return Probed(what, probe, [=](int err) -> Obstacle {
    const bool covered = err == EROFS || err == ENOENT;
    return {covered ? Skip::Code::kSandboxed : Skip::Code::kNoPrivilege,
            to_run};
  });
}

Need Capable(const std::string& name, int number) {
  return {
      name, [=](Chamber& chamber) -> std::optional<Skip> {
        const auto seen =
            ON(Process(&chamber, &chamber.host()), EffectiveCapabilities())
                .Run();
        if (seen.ok() && (seen.value & Capability(number)) != 0) return {};
        return Skip{
            .code = Skip::Code::kNoPrivilege,
            .needs = "the capability " + name,
            .probed = "capget() does not show it",
            .to_run = "as root with its capabilities (docker run --cap-add " +
                      name.substr(std::string("CAP_").size()) + ")"};
      }};
}

Need UserNamespaces() {
  return Permission("permission to create user namespaces", TryUserNamespace,
                    "allow user namespaces (sysctl user.max_user_namespaces; "
                    "a container's seccomp profile; CAP_SETFCAP)");
}

Need Tracing() {
  return Permission("permission to trace with ptrace(2)", TraceParentForAMoment,
                    "where sysctl kernel.yama.ptrace_scope is below 3, and "
                    "outside the container");
}

Need SecondUser() {
  return Permission("a second user id", LetAChildBeSecondUser,
                    "as root, with CAP_SETUID and CAP_SETGID");
}

// These are raw system calls: the functions of glibc look for other threads,
// and after a raw clone3(2) glibc does not know in which process it is.
Sys<int> BecomeSecondUser() {
  constexpr uid_t kId = kSecondUser;
  const bool done = syscall(SYS_setgroups, 0, nullptr) == 0 &&
                    syscall(SYS_setresgid, kId, kId, kId) == 0 &&
                    syscall(SYS_setresuid, kId, kId, kId) == 0;
  // Locked securebits may have kept the capabilities (capabilities(7)).
  return done ? KeepCapabilities(0) : Sys<int>::Failed(errno);
}

}  // namespace pidlab
