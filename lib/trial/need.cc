#include "lib/trial/need.h"

#include <sys/utsname.h>
#include <unistd.h>

#include "lib/linux/sys.h"

namespace pidlab {

Need Tool(const std::string& program, const std::string& package) {
  return {program, [=](const Chamber&) -> std::optional<Skip> {
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
  return {machine, [=](const Chamber&) -> std::optional<Skip> {
            utsname name{};
            uname(&name);
            if (machine == name.machine) return {};
            return Skip{"ARCH", "a processor of the kind " + machine,
                        std::string("uname -m -> ") + name.machine,
                        "on such a machine"};
          }};
}

Need FreshProc() {
  return {"a fresh /proc", [](const Chamber& chamber) -> std::optional<Skip> {
            if (chamber.proc_error() == 0) return {};
            return Skip{"SANDBOXED", "a proc mount of its own",
                        "mount(proc) in new PID and mount namespaces -> " +
                            DescribeErrno(chamber.proc_error()),
                        "outside the container, or in one whose /proc is not "
                        "masked (docker run --security-opt systempaths="
                        "unconfined)"};
          }};
}

}  // namespace pidlab
