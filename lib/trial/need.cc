#include "lib/trial/need.h"

#include <sched.h>
#include <sys/ptrace.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lib/linux/clone.h"
#include "lib/linux/ending.h"
#include "lib/linux/sys.h"
#include "lib/linux/user_namespace.h"
#include "lib/trial/process.h"

namespace pidlab {

Need Tool(const std::string& program, const std::string& package) {
  return {program, [=](Chamber&) -> std::optional<Skip> {
            for (const char* folder :
                 {"/usr/local/sbin/", "/usr/local/bin/", "/usr/sbin/",
                  "/usr/bin/", "/sbin/", "/bin/"}) {
              if (access((folder + program).c_str(), X_OK) == 0) return {};
            }
            return Skip{"TOOL_MISSING", "the program " + program,
                        "no " + program + " in /usr/bin and its fellows",
                        "apt-get install " + package};
          }};
}

Need Architecture(const std::string& machine) {
  return {machine, [=](Chamber&) -> std::optional<Skip> {
            utsname name{};
            uname(&name);
            if (machine == name.machine) return {};
            return Skip{"ARCH", "a processor of the kind " + machine,
                        std::string("uname -m -> ") + name.machine,
                        "on such a machine"};
          }};
}

Need FreshProc() {
  return {"a fresh /proc", [](Chamber& chamber) -> std::optional<Skip> {
            if (chamber.proc_error() == 0) return {};
            return Skip{"SANDBOXED", "a proc mount of its own",
                        "mount(proc) in new PID and mount namespaces -> " +
                            DescribeErrno(chamber.proc_error()),
                        "outside the container, or in one whose /proc is not "
                        "masked (docker run --security-opt systempaths="
                        "unconfined)"};
          }};
}

namespace {

// Lets the host try it.
Need Probed(const std::string& code, const std::string& what,
            Sys<int> (*probe)(), const std::string& to_run) {
  return {what, [=](Chamber& chamber) -> std::optional<Skip> {
            const auto seen =
                Call(Process(&chamber, &chamber.host()), what, [probe] {
                  return probe();
                }).Run();
            if (seen.ok()) return {};
            return Skip{code, what, "tried it -> " + DescribeErrno(seen.err),
                        to_run};
          }};
}

Sys<int> TryUserNamespace() {
  const Sys<Ending> ending =
      InChild(CLONE_NEWUSER, [] { return MapRootTo(0, 0).err; });
  return {0, ending.ok() ? ending.value.number : ending.err};
}

// It leaves no trace: the parent, which waits in a system call, goes on
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

Sys<int> BeSecondUserForAMoment() {
  const int result = setresuid(-1, kSecondUser, 0);
  return FromErrno(result == 0 ? setresuid(0, 0, 0) : result);
}

}  // namespace

Need KernelFeature(const std::string& what, Sys<int> (*probe)()) {
  return Probed("KERNEL_FEATURE", what, probe, "on a newer kernel");
}

Need Permission(const std::string& what, Sys<int> (*probe)(),
                const std::string& to_run) {
  return Probed("NO_PRIVILEGE", what, probe, to_run);
}

Need UserNamespaces() {
  return Permission("leave to make user namespaces", TryUserNamespace,
                    "allow user namespaces (sysctl user.max_user_namespaces; "
                    "a container's seccomp profile; CAP_SETFCAP)");
}

Need Tracing() {
  return Permission("leave to trace with ptrace(2)", TraceParentForAMoment,
                    "where sysctl kernel.yama.ptrace_scope is below 3, and "
                    "outside the container");
}

Need SecondUser() {
  return Permission("a second user id", BeSecondUserForAMoment, "as root");
}

}  // namespace pidlab
