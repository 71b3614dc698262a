#include "lib/trial/need.h"

#include <sys/utsname.h>
#include <unistd.h>

#include "lib/linux/sys.h"
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

Need KernelFeature(const std::string& what, Sys<int> (*probe)()) {
  return {what, [=](Chamber& chamber) -> std::optional<Skip> {
            const auto seen =
                Call(Process(&chamber, &chamber.host()), what, [probe] {
                  return probe();
                }).Run();
            if (seen.ok()) return {};
            return Skip{"KERNEL_FEATURE", what,
                        "tried it -> " + DescribeErrno(seen.err),
                        "on a newer kernel"};
          }};
}

Need SecondUser() {
  return {"a second user id", [](Chamber& chamber) -> std::optional<Skip> {
            const auto seen =
                Call(Process(&chamber, &chamber.host()), "setresuid()", [] {
                  const int err = setresuid(-1, kSecondUser, 0);
                  return err == 0 ? setresuid(0, 0, 0) : err;
                }).Run();
            if (seen.ok()) return {};
            return Skip{"NO_PRIVILEGE", "a second user id",
                        "setresuid() to " + std::to_string(kSecondUser) +
                            " -> " + DescribeErrno(seen.err),
                        "as root"};
          }};
}

}  // namespace pidlab
